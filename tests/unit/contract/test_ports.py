"""Ports take what they promise and refuse the rest with a reason."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract import ports
from tarry.contract.errors import InvalidValue, MissingValue, UnknownPort
from tarry.contract.ports import Port, PortType

SECONDS = Port(
    name="secondsToWait",
    type=PortType.INTEGER,
    minimum=Decimal(1),
    maximum=Decimal(604_800),
    default="300",
    unit="s",
)
SIZE = Port(
    name="size", type=PortType.DECIMAL, minimum=Decimal("0.1"), maximum=Decimal(20), unit="mm"
)


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (PortType.STRING, " a b ", " a b "),
        (PortType.TEXT, "a\nb", "a\nb"),
        (PortType.INTEGER, " -7 ", -7),
        (PortType.DECIMAL, "1.50", Decimal("1.50")),
        (PortType.DECIMAL, "1e-3", Decimal("0.001")),
        (PortType.BOOLEAN, "true", True),
        (PortType.BOOLEAN, "0", False),
        (PortType.DATE_TIME, "2026-11-24T06:00:00+00:00", datetime(2026, 11, 24, 6, tzinfo=UTC)),
        (PortType.FILE, "local://demo/uploads/a.step", "local://demo/uploads/a.step"),
    ],
)
def test_a_lexical_form_gives_its_value(type_: PortType, text: str, value: object) -> None:
    assert ports.parse(Port(name="x", type=type_), text) == value


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (PortType.STRING, "two\nlines"),
        (PortType.INTEGER, "abc"),
        (PortType.INTEGER, ""),
        (PortType.INTEGER, "1.0"),
        (PortType.INTEGER, "1_000"),
        (PortType.INTEGER, "٣"),
        (PortType.INTEGER, "9" * 5_000),
        (PortType.DECIMAL, "NaN"),
        (PortType.DECIMAL, "Infinity"),
        (PortType.DECIMAL, "1,5"),
        (PortType.DECIMAL, "1_0.5"),
        (PortType.DECIMAL, "٣.5"),
        (PortType.DECIMAL, "1e999999999"),
        (PortType.DECIMAL, "1e-999999999"),
        (PortType.DECIMAL, "1e99999999999999999999"),
        (PortType.BOOLEAN, "yes"),
        (PortType.DATE_TIME, "yesterday"),
        (PortType.FILE, "/etc/passwd"),
        (PortType.FILE, "bracket.step"),
    ],
)
def test_what_is_not_of_the_type_is_refused_by_name(type_: PortType, text: str) -> None:
    with pytest.raises(InvalidValue, match=r"^x: "):
        ports.parse(Port(name="x", type=type_), text)


@pytest.mark.parametrize("text", ["0", "-5", "604801", "99999999999999999999"])
def test_a_number_out_of_range_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"secondsToWait: .* (minimum of 1|maximum of 604800) s"):
        ports.parse(SECONDS, text)


@pytest.mark.parametrize("text", ["1", "604800", "300"])
def test_the_ends_of_a_range_belong_to_it(text: str) -> None:
    assert ports.parse(SECONDS, text) == int(text)


def test_a_choice_takes_only_what_is_offered() -> None:
    port = Port(name="dimension", type=PortType.CHOICE, choices=("2", "3"))
    assert ports.parse(port, "3") == "3"
    with pytest.raises(InvalidValue, match="none of: 2, 3"):
        ports.parse(port, "4")


def test_a_pattern_must_match_the_whole_text() -> None:
    port = Port(name="name", pattern="[a-z]+")
    assert ports.parse(port, "abc") == "abc"
    with pytest.raises(InvalidValue, match="pattern"):
        ports.parse(port, "abc;")


def test_a_file_of_another_kind_is_refused() -> None:
    port = Port(name="geometry", type=PortType.FILE, accept=(".step", ".stp"))
    assert ports.parse(port, "local://p/u/Bracket.STEP")
    with pytest.raises(InvalidValue, match=r"\.step, \.stp"):
        ports.parse(port, "local://p/u/bracket.geo")


def test_defaults_are_filled_in_and_optional_values_stay_away() -> None:
    optional = Port(name="note", type=PortType.INTEGER, required=False)
    assert ports.check([SECONDS, optional], {}) == {"secondsToWait": "300"}
    assert ports.check([SECONDS, optional], {"note": ""}) == {"secondsToWait": "300"}


def test_an_empty_string_is_a_string_but_no_number() -> None:
    assert ports.check([Port(name="text")], {"text": ""}) == {"text": ""}
    with pytest.raises(MissingValue, match="size"):
        ports.check([SIZE], {"size": ""})


def test_a_missing_value_and_an_unknown_port_are_named() -> None:
    with pytest.raises(MissingValue, match="size"):
        ports.check([SIZE], {})
    with pytest.raises(UnknownPort, match=r"sise: .* size"):
        ports.check([SIZE], {"sise": "1", "size": "1"})


@given(st.integers())
def test_every_whole_number_is_read_back(number: int) -> None:
    assert ports.parse(Port(name="n", type=PortType.INTEGER), str(number)) == number


@given(st.text())
def test_no_text_makes_a_number_port_fail_otherwise_than_by_refusing(text: str) -> None:
    for type_ in (PortType.INTEGER, PortType.DECIMAL, PortType.BOOLEAN, PortType.DATE_TIME):
        try:
            ports.parse(Port(name="n", type=type_), text)
        except InvalidValue as error:
            assert error.facts["port"] == "n"  # noqa: PT017 - any other error fails the test


numbers = st.none() | st.decimals(allow_nan=False, allow_infinity=False)


@given(
    st.builds(
        Port,
        name=st.text(min_size=1),
        type=st.sampled_from(PortType),
        title=st.text(),
        default=st.none() | st.text(),
        required=st.booleans(),
        minimum=numbers,
        maximum=numbers,
        unit=st.text(),
        choices=st.lists(st.text()).map(tuple),
        accept=st.lists(st.text()).map(tuple),
    )
)
def test_a_port_survives_json(port: Port) -> None:
    assert ports.from_json(ports.to_json(port)) == port
