"""Conditions compare values as what they are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.ports import PortType
from tarry.platform.workflows.model import (
    AllOf,
    AnyOf,
    Compare,
    Comparison,
    Condition,
    IsTrue,
    Literal,
    Not,
    NotComparable,
    Variable,
    evaluate,
)
from tarry.platform.workflows.model.conditions import variables_of, with_variables

INTEGER, DECIMAL = PortType.INTEGER, PortType.DECIMAL
STRING, BOOLEAN = PortType.STRING, PortType.BOOLEAN
X, Y = Variable("x"), Variable("y")

MEANING = {
    Comparison.GREATER: lambda a, b: a > b,
    Comparison.GREATER_OR_EQUAL: lambda a, b: a >= b,
    Comparison.EQUAL: lambda a, b: a == b,
    Comparison.LESS_OR_EQUAL: lambda a, b: a <= b,
    Comparison.LESS: lambda a, b: a < b,
}
INTEGERS = st.integers(-(10**40), 10**40)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3)


def number(text: str) -> Literal:
    return Literal(text, INTEGER)


def holds(condition: Condition, kind: PortType, **values: str) -> bool:
    return evaluate(condition, values, dict.fromkeys(values, kind))


@given(st.sampled_from(Comparison), INTEGERS, INTEGERS)
def test_whole_numbers_are_compared_exactly(how: Comparison, a: int, b: int) -> None:
    expected = MEANING[how](a, b)

    assert holds(Compare(how, X, number(str(b))), INTEGER, x=str(a)) == expected
    assert holds(Compare(how, number(str(a)), X), INTEGER, x=str(b)) == expected
    assert holds(Compare(how, X, Y), INTEGER, x=str(a), y=str(b)) == expected


@given(st.sampled_from(Comparison), DECIMALS, INTEGERS)
def test_decimals_are_compared_exactly_and_with_whole_numbers(
    how: Comparison, a: Decimal, b: int
) -> None:
    condition = Compare(how, X, number(str(b)))

    assert holds(condition, DECIMAL, x=str(a)) == MEANING[how](a, Decimal(b))


def test_a_number_is_equal_however_it_is_written() -> None:
    equal = Compare(Comparison.EQUAL, X, Literal("0.10", DECIMAL))
    assert holds(equal, DECIMAL, x="1e-1")
    assert holds(Compare(Comparison.EQUAL, X, number("5")), INTEGER, x=" +05 ")


def test_long_numbers_differ_in_their_last_digit() -> None:
    long = "9" * 60
    assert not holds(Compare(Comparison.EQUAL, X, number(long + "0")), INTEGER, x=long + "1")


@given(st.text(), st.text())
def test_texts_are_equal_letter_by_letter(a: str, b: str) -> None:
    assert holds(Compare(Comparison.EQUAL, X, Literal(b, STRING)), STRING, x=a) == (a == b)


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("1", True), ("false", False), ("0", False)]
)
def test_booleans_have_two_forms(text: str, expected: bool) -> None:
    assert holds(IsTrue(X), BOOLEAN, x=text) is expected
    assert holds(Not(IsTrue(X)), BOOLEAN, x=text) is not expected
    equal = Compare(Comparison.EQUAL, X, Literal("true", BOOLEAN))
    assert holds(equal, BOOLEAN, x=text) is expected


@given(st.lists(st.booleans(), max_size=4))
def test_all_and_any_mean_what_they_say(truths: list[bool]) -> None:
    inner = tuple(IsTrue(Literal(str(truth).lower(), BOOLEAN)) for truth in truths)

    assert evaluate(AllOf(inner), {}, {}) == all(truths)
    assert evaluate(AnyOf(inner), {}, {}) == any(truths)


def test_what_need_not_be_known_is_not_asked() -> None:
    unknown, no = IsTrue(Variable("nowhere")), IsTrue(Literal("false", BOOLEAN))

    assert not evaluate(AllOf((no, unknown)), {}, {})
    assert evaluate(AnyOf((Not(no), unknown)), {}, {})


@pytest.mark.parametrize(
    ("condition", "kind", "values", "reason"),
    [
        (Compare(Comparison.LESS, X, number("3")), INTEGER, {}, "x has no value|compare"),
        (Compare(Comparison.LESS, X, number("3")), INTEGER, {"x": "many"}, "decimal number"),
        (Compare(Comparison.LESS, X, number("3")), DECIMAL, {"x": "NaN"}, "decimal number"),
        (Compare(Comparison.LESS, X, Literal("b", STRING)), STRING, {"x": "a"}, "lessThan"),
        (Compare(Comparison.EQUAL, X, number("3")), STRING, {"x": "3"}, "string with integer"),
        (Compare(Comparison.EQUAL, X, Y), BOOLEAN, {"x": "true", "y": "yes"}, "true nor false"),
        (IsTrue(X), BOOLEAN, {"x": ""}, "true nor false"),
        (IsTrue(X), BOOLEAN, {}, "x has no value"),
    ],
)
def test_what_cannot_be_compared_is_told(
    condition: Condition, kind: PortType, values: dict[str, str], reason: str
) -> None:
    with pytest.raises(NotComparable, match=reason):
        holds(condition, kind, **values)


def test_the_ids_of_a_condition_are_known_and_can_be_renamed() -> None:
    condition = AllOf(
        (AnyOf((IsTrue(X), Not(IsTrue(Y)))), Compare(Comparison.EQUAL, Y, number("1")))
    )

    assert list(variables_of(condition)) == ["x", "y", "y"]
    renamed = with_variables(condition, lambda end: end * 2)
    assert list(variables_of(renamed)) == ["xx", "yy", "yy"]
    assert with_variables(renamed, lambda end: end[0]) == condition
