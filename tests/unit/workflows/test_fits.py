"""What may flow where, and what several ports take in common."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tarry.contract.errors import InvalidValue
from tarry.contract.ports import Port, PortType, parse
from tarry.platform.workflows.validation.fits import TEXTS, Misfit, check_flow, common

NUMBER_TYPES = [PortType.INTEGER, PortType.DECIMAL]


def port(kind: PortType, **rules: object) -> Port:
    return Port(name="p", type=kind, **rules)  # type: ignore[arg-type]


def number(minimum: str | None = None, maximum: str | None = None, unit: str = "") -> Port:
    return Port(
        name="p",
        type=PortType.DECIMAL,
        minimum=None if minimum is None else Decimal(minimum),
        maximum=None if maximum is None else Decimal(maximum),
        unit=unit,
    )


@pytest.mark.parametrize("target", [PortType.STRING, PortType.TEXT])
@pytest.mark.parametrize("source", sorted(set(PortType) - {PortType.SECRET}))
def test_anything_flows_into_a_string_or_a_text(source: PortType, target: PortType) -> None:
    check_flow(port(source, choices=("a",)), port(target))


@pytest.mark.parametrize("kind", list(PortType))
def test_every_type_flows_into_itself(kind: PortType) -> None:
    check_flow(port(kind, choices=("a",)), port(kind, choices=("a", "b")))


@pytest.mark.parametrize("target", sorted(set(PortType) - TEXTS))
@pytest.mark.parametrize("source", list(PortType))
def test_nothing_else_flows_but_integers_into_decimals(source: PortType, target: PortType) -> None:
    if source == target or (source, target) == (PortType.INTEGER, PortType.DECIMAL):
        return
    with pytest.raises(Misfit, match="does not fit"):
        check_flow(port(source), port(target))


def test_a_choice_that_may_be_refused_does_not_flow() -> None:
    with pytest.raises(Misfit, match="it may be c"):
        check_flow(
            port(PortType.CHOICE, choices=("a", "c")), port(PortType.CHOICE, choices=("a", "b"))
        )


def test_different_units_do_not_flow_but_an_unknown_one_does() -> None:
    check_flow(number(unit="mm"), number(unit=""))
    check_flow(number(unit=""), number(unit="mm"))
    with pytest.raises(Misfit, match="units mm and m differ"):
        check_flow(number(unit="mm"), number(unit="m"))


def test_ranges_that_never_meet_do_not_flow() -> None:
    check_flow(number("0", "10"), number("10", "20"))
    with pytest.raises(Misfit, match="at least 11 and at most 10"):
        check_flow(number("0", "10"), number("11", "20"))


def test_kinds_of_files_that_never_meet_do_not_flow() -> None:
    check_flow(port(PortType.FILE), port(PortType.FILE, accept=(".step",)))
    check_flow(port(PortType.FILE, accept=(".tar.gz",)), port(PortType.FILE, accept=(".GZ",)))
    with pytest.raises(Misfit, match=r"\.msh and \.step"):
        check_flow(port(PortType.FILE, accept=(".msh",)), port(PortType.FILE, accept=(".step",)))


def test_what_two_ports_take_has_the_narrower_type() -> None:
    kinds = PortType
    assert common(port(kinds.INTEGER), port(kinds.DECIMAL)).type == kinds.INTEGER
    assert common(port(kinds.STRING), port(kinds.TEXT)).type == kinds.STRING
    assert common(port(kinds.TEXT), port(kinds.FILE)).type == kinds.FILE
    assert common(port(kinds.BOOLEAN), port(kinds.STRING)).type == kinds.BOOLEAN
    with pytest.raises(Misfit, match="a boolean cannot also be an integer"):
        common(port(kinds.BOOLEAN), port(kinds.INTEGER))


def test_what_two_ports_take_keeps_every_rule_of_both() -> None:
    both = common(number("0", "10", "mm"), number("5"))
    assert (both.minimum, both.maximum, both.unit) == (Decimal(5), Decimal(10), "mm")
    choices = common(
        port(PortType.CHOICE, choices=("a", "b", "c")), port(PortType.CHOICE, choices=("c", "a"))
    )
    assert choices.choices == ("a", "c")
    files = common(
        port(PortType.FILE, accept=(".stp", ".step")), port(PortType.FILE, accept=(".STEP", ".igs"))
    )
    assert files.accept == (".step",)
    with pytest.raises(Misfit, match="nothing in common"):
        common(port(PortType.CHOICE, choices=("a",)), port(PortType.CHOICE, choices=("b",)))


@pytest.mark.parametrize(
    ("first", "second", "default", "must_be_given"),
    [
        ({"default": "1"}, {"default": "1"}, "1", False),
        ({"default": "1"}, {"default": "2"}, None, False),
        ({"default": "1"}, {"required": False}, None, False),
        ({"default": "1"}, {}, None, True),
        ({}, {"required": False}, None, True),
        ({"required": False}, {"required": False}, None, False),
    ],
)
def test_a_default_stays_only_if_both_have_it(
    first: dict[str, object], second: dict[str, object], default: str | None, must_be_given: bool
) -> None:
    for one, other in ((first, second), (second, first)):
        both = common(port(PortType.INTEGER, **one), port(PortType.INTEGER, **other))
        assert both.default == default
        assert both.must_be_given == must_be_given


def test_a_title_that_both_share_stays() -> None:
    titled, bare = port(PortType.STRING, title="Size"), port(PortType.STRING)
    other = port(PortType.STRING, title="Width")

    assert common(titled, titled).title == "Size"
    assert common(bare, titled).title == "Size"
    assert common(titled, other).title == ""


_BOUND = st.none() | st.integers(-5, 5).map(Decimal)
_NUMBERS = st.builds(
    Port,
    name=st.just("p"),
    type=st.sampled_from(NUMBER_TYPES),
    minimum=_BOUND,
    maximum=_BOUND,
)
_TEXTS = st.builds(
    Port,
    name=st.just("p"),
    type=st.sampled_from([PortType.STRING, PortType.TEXT]),
    pattern=st.sampled_from(["", "[0-9]+", "a|1", ".*1", "-?[0-9.]*"]),
)


def takes(target: Port, text: str) -> bool:
    try:
        parse(target, text)
    except InvalidValue:
        return False
    return True


@given(
    first=_NUMBERS | _TEXTS,
    second=_NUMBERS | _TEXTS,
    text=st.integers(-7, 7).map(str) | st.decimals(-7, 7, places=1).map(str) | st.text("a1\n.-"),
)
def test_a_value_fits_what_two_ports_have_in_common_if_both_take_it(
    first: Port, second: Port, text: str
) -> None:
    try:
        both = common(first, second)
    except Misfit:
        assert not (takes(first, text) and takes(second, text))
        return
    assert takes(both, text) == (takes(first, text) and takes(second, text))


@given(source=_NUMBERS, target=_NUMBERS, text=st.integers(-7, 7).map(str))
def test_a_wire_that_is_refused_could_not_have_carried_a_number(
    source: Port, target: Port, text: str
) -> None:
    assume(source.type == target.type)
    try:
        check_flow(source, target)
    except Misfit:
        assert not (takes(source, text) and takes(target, text))


def test_the_same_unit_flows_however_it_is_written() -> None:
    check_flow(number(unit="N/mm^2"), number(unit="MPa"))
    with pytest.raises(Misfit, match="kg and s do not measure the same"):
        check_flow(number(unit="kg"), number(unit="s"))


def test_a_list_flows_into_a_list_only() -> None:
    numbers = replace(number(), many=True)
    check_flow(numbers, numbers)
    for source, target in (
        (numbers, number()),
        (number(), numbers),
        (numbers, port(PortType.TEXT)),
    ):
        with pytest.raises(Misfit, match="does not fit"):
            check_flow(source, target)
    with pytest.raises(Misfit, match=r"a decimal cannot also be a list \(decimal\)"):
        common(number(), numbers)


@pytest.mark.parametrize("other", sorted(set(PortType) - {PortType.SECRET}))
def test_a_secret_flows_nowhere_else_and_shares_its_input_with_nothing(other: PortType) -> None:
    secret = port(PortType.SECRET)
    for attempt in (
        lambda: check_flow(secret, port(other, choices=("a",))),
        lambda: check_flow(port(other, choices=("a",)), secret),
        lambda: common(secret, port(other, choices=("a",))),
        lambda: common(port(other, choices=("a",)), secret),
    ):
        with pytest.raises(Misfit):
            attempt()


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (("0", "0.5"), ("0", "0.5"), "0.5"),
        (("0", "0.5"), ("0", None), "0.5"),
        (("0", "0.5"), ("1", None), None),
        (("0", "0.5"), ("0", "0.2"), None),
    ],
)
def test_a_step_is_shared_only_if_it_counts_from_the_same_number(
    first: tuple[str, str | None], second: tuple[str, str | None], shared: str | None
) -> None:
    one, other = (
        replace(number(minimum=low), step=Decimal(step) if step else None)
        for low, step in (first, second)
    )
    assert common(one, other).step == (Decimal(shared) if shared else None)
