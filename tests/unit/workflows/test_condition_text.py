"""Conditions are read and written as the format page says."""

import pytest

from tarry.contract.ports import PortType
from tarry.platform.workflows.errors import DocumentUnreadable
from tarry.platform.workflows.model import (
    AllOf,
    Compare,
    Comparison,
    Condition,
    IsTrue,
    Literal,
    Not,
    Variable,
)
from tarry.platform.workflows.xml import read
from tarry.platform.workflows.xml.conditions import read_condition, write_condition


def more_than(end: str, number: str) -> Condition:
    return Compare(Comparison.GREATER, Variable(end), Literal(number, PortType.INTEGER))


def document(body: str) -> bytes:
    services = f"<services><sequence>{body}</sequence></services>"
    return f'<workflow URI="#w">{services}</workflow>'.encode()


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("greaterThan(x, 5)", more_than("x", "5")),
        (" greaterThan ( x ,\n-5 ) ", more_than("x", "-5")),
        (
            "lessOrEqual(2.50, a:b.c-d)",
            Compare(
                Comparison.LESS_OR_EQUAL, Literal("2.50", PortType.DECIMAL), Variable("a:b.c-d")
            ),
        ),
        (
            r'equalTo(name, "say \"a, b\"\n")',
            Compare(Comparison.EQUAL, Variable("name"), Literal('say "a, b"\n', PortType.STRING)),
        ),
        (
            "equalTo(x, true)",
            Compare(Comparison.EQUAL, Variable("x"), Literal("true", PortType.BOOLEAN)),
        ),
        ("isTrue(x)", IsTrue(Variable("x"))),
        ('isTrue(id("a b"))', IsTrue(Variable("a b"))),
        ('isTrue(id("true"))', IsTrue(Variable("true"))),
        ("isTrue(id)", IsTrue(Variable("id"))),
        (
            'greaterThan(x, decimal("5"))',
            Compare(Comparison.GREATER, Variable("x"), Literal("5", PortType.DECIMAL)),
        ),
        (
            "all(not(isTrue(x)), greaterThan(y, 5))",
            AllOf((Not(IsTrue(Variable("x"))), more_than("y", "5"))),
        ),
    ],
)
def test_conditions_have_a_text_form(text: str, condition: Condition) -> None:
    assert read_condition(text) == condition
    assert read_condition(write_condition(condition)) == condition


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "ends too early"),
        ("x", "ends too early"),
        ("greaterThan(x, 5", "ends too early"),
        ("greaterThan(x 5)", ", should stand where 5 does"),
        ("greaterThan(x, 5) and more", "nothing may follow the condition, but and does"),
        ("greaterThan(, 5)", "a value should stand where , does"),
        ("moreThan(x, 5)", "moreThan is no condition; there are: greaterThan"),
        ('equalTo(x, "a)', "quotation mark has no partner"),
        (r'equalTo(x, "\q")', "no text in quotation marks"),
        ("isTrue(id(x))", "x is no text in quotation marks"),
        ("all()", "a condition should stand where . does"),
        ("not(" * 40 + "isTrue(x)" + ")" * 40, "more than 32 deep"),
    ],
)
def test_a_condition_that_cannot_be_read_is_told_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(DocumentUnreadable, match=reason) as caught:
        read(document(f"<if><condition>{text}</condition></if>"))

    assert [(one.place, one.code) for one in caught.value.problems] == [
        ("i1/condition", "condition")
    ]
