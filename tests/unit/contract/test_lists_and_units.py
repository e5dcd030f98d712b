"""Lists, steps, secrets and units of ports."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.errors import InvalidValue, MissingValue
from tarry.contract.lists import NotAList, read_list, write_list
from tarry.contract.ports import (
    MASK,
    MAX_ITEMS,
    Port,
    PortType,
    check,
    from_json,
    items,
    masked,
    parse,
    secrets_among,
    to_json,
)
from tarry.contract.units import differ, is_unit
from tarry.contract.words import rule_words

SIZES = Port(name="sizes", type=PortType.DECIMAL, many=True, minimum=Decimal(0))
PASSWORD = Port(name="password", type=PortType.SECRET, pattern="[a-z0-9]+")


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]))))
def test_a_list_is_read_as_it_was_written(values: list[str]) -> None:
    assert read_list(write_list(values)) == tuple(values)


def test_a_list_may_hold_numbers_and_truths_and_loses_no_digit() -> None:
    text = '[0.1000000000000000000001, 12345678901234567890123, true, "x"]'
    assert read_list(text) == (
        "0.1000000000000000000001",
        "12345678901234567890123",
        "true",
        "x",
    )


@pytest.mark.parametrize("text", ["", "a", '{"a": 1}', "[[1]]", "[null]", '["a"', "[" * 100_000])
def test_what_is_no_list_of_single_values_is_refused(text: str) -> None:
    with pytest.raises(NotAList):
        read_list(text)


def test_the_rules_of_a_list_hold_for_each_item() -> None:
    assert check([SIZES], {"sizes": '["1", 2.50]'}) == {"sizes": '["1", "2.50"]'}
    with pytest.raises(InvalidValue, match="sizes: '-1' is below the minimum of 0"):
        check([SIZES], {"sizes": '["1", "-1"]'})
    with pytest.raises(InvalidValue, match="sizes: '1' is no list"):
        check([SIZES], {"sizes": "1"})


@pytest.mark.parametrize("empty", ["", "[]", " [ ] "])
def test_a_list_without_items_is_no_list_at_all(empty: str) -> None:
    with pytest.raises(MissingValue):
        check([SIZES], {"sizes": empty})
    with_default = Port(name="sizes", many=True, default='["a"]')
    assert check([with_default], {"sizes": empty}) == {"sizes": '["a"]'}
    assert check([Port(name="sizes", many=True, required=False)], {"sizes": empty}) == {}


def test_a_list_has_an_end() -> None:
    with pytest.raises(InvalidValue, match=f"more than {MAX_ITEMS} items"):
        items(SIZES, write_list(["1"] * (MAX_ITEMS + 1)))


@pytest.mark.parametrize(
    ("minimum", "step", "good", "bad"),
    [
        (None, "0.1", ["0", "0.3", "-0.7", "1e3"], ["0.05", "1e-30"]),
        ("0.2", "0.5", ["0.2", "0.7", "100.2"], ["0.5", "1"]),
        (None, "3", ["0", "9", "-3"], ["1", "10"]),
    ],
)
def test_a_step_is_exact_and_counts_from_the_minimum(
    minimum: str | None, step: str, good: list[str], bad: list[str]
) -> None:
    port = Port(
        name="x",
        type=PortType.DECIMAL,
        minimum=Decimal(minimum) if minimum else None,
        step=Decimal(step),
    )
    for text in good:
        parse(port, text)
    for text in [*bad, "1e-999999999999"]:
        with pytest.raises(
            InvalidValue, match=r"no multiple of|below the minimum|than 1000 digits"
        ):
            parse(port, text)


@pytest.mark.parametrize("text", ["1e999999999", "1e5000", "9" * 999 + "e-5000"])
def test_a_step_answers_at_once_whatever_number_is_given(text: str) -> None:
    port = Port(name="x", type=PortType.DECIMAL, step=Decimal("0.7"))
    with pytest.raises(InvalidValue):
        parse(port, text)


@pytest.mark.parametrize("text", ["hunter2\n", "HUNTER2", MASK, "hunter2 "])
def test_a_refused_secret_is_not_said(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check([PASSWORD], {"password": text})
    assert "unter" not in str(refused.value).lower()
    assert MASK in str(refused.value)


def test_secrets_are_covered_and_the_rest_is_not() -> None:
    ports, values = [PASSWORD, Port(name="user")], {"password": "x", "user": "u"}
    assert masked(ports, values) == {"password": MASK, "user": "u"}
    assert secrets_among(ports, values) == {"password": "x"}


def test_files_and_folders_are_told_apart_by_the_slash() -> None:
    file, folder = Port(name="f", type=PortType.FILE), Port(name="d", type=PortType.FOLDER)
    parse(file, "local://demo/a.txt")
    parse(folder, "local://demo/a/")
    for port, text in ((file, "local://demo/a/"), (folder, "local://demo/a"), (folder, "/a/")):
        with pytest.raises(InvalidValue):
            parse(port, text)


def test_ports_survive_json_with_all_they_have() -> None:
    port = Port(
        name="sizes",
        type=PortType.DECIMAL,
        many=True,
        default='["1"]',
        step=Decimal("0.5"),
        unit="mm",
        advanced=True,
    )
    assert from_json(to_json(port)) == port


@pytest.mark.parametrize("unit", ["mm", "°C", "%", "N/mm^2", "N/mm²", "1/s", "W/(m*K)", "m^2 s^2"])
def test_units_of_engineers_are_known(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize(
    "unit", ["", "furlongz", "2 mm", "mm;import os", "9**9**9**9", "m**999999", "__import__", "-"]
)
def test_what_is_no_unit_is_refused_and_never_computed(unit: str) -> None:
    assert not is_unit(unit)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("mm", "millimeter", ""),
        ("N/mm^2", "MPa", ""),
        ("kg", "s", "kg and s do not measure the same"),
        ("mm", "m", "the units mm and m differ, and nothing is converted"),
        ("°C", "K", "the units °C and K differ, and nothing is converted"),
        ("smoot", "smoot", ""),
        ("smoots", "m", "the units smoots and m differ"),
    ],
)
def test_units_fit_only_if_no_number_would_change(first: str, second: str, said: str) -> None:
    assert differ(first, second) == said


def test_the_rules_of_a_port_are_said_in_words_but_no_secret() -> None:
    port = Port(
        name="x",
        type=PortType.DECIMAL,
        minimum=Decimal("0.2"),
        maximum=Decimal(100),
        step=Decimal("0.1"),
        unit="mm",
        default="2",
    )
    assert rule_words(port) == "0.2 to 100\u202fmm; in steps of 0.1; default: 2"
    assert rule_words(Port(name="p", type=PortType.SECRET, default="hunter2")) == ""
