"""The text form of conditions, such as `greaterThan(s1io2, 5)`."""

import json
import re
from dataclasses import dataclass
from typing import assert_never

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
    Variable,
)
from tarry.platform.workflows.model.conditions import MOST_LEVELS, Operand

_TOKEN = re.compile(r"\s*(?:([(),])|(\"(?:[^\"\\]|\\.)*\")|([^\s(),\"]+))")
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_TYPED = {kind.value: kind for kind in (PortType.INTEGER, PortType.DECIMAL, PortType.BOOLEAN)}
_SIGNS = {"(", ")", ","}
_WORDS = {"true", "false"}
_COMPARISONS = {comparison.value: comparison for comparison in Comparison}
_ID, _IS_TRUE, _NOT, _ALL, _ANY = "id", "isTrue", "not", "all", "any"


class ConditionUnreadable(ValueError):
    """A text is no condition; it becomes a `Problem` in this room."""


def read_condition(text: str) -> Condition:
    """Read a condition.

    Raises:
        ConditionUnreadable: it is none.
    """
    reader = _Reader(_tokens(text))
    found = reader.condition(MOST_LEVELS)
    if not reader.at_end:
        raise ConditionUnreadable(f"nothing may follow the condition, but {reader.next()} does")
    return found


def write_condition(condition: Condition) -> str:
    """Write a condition; `read_condition` gives the same one back."""
    match condition:
        case Compare(comparison=comparison, left=left, right=right):
            return f"{comparison}({_operand(left)}, {_operand(right)})"
        case IsTrue(of=of):
            return f"{_IS_TRUE}({_operand(of)})"
        case Not(condition=inner):
            return f"{_NOT}({write_condition(inner)})"
        case AllOf(conditions=inners):
            return f"{_ALL}({', '.join(write_condition(inner) for inner in inners)})"
        case AnyOf(conditions=inners):
            return f"{_ANY}({', '.join(write_condition(inner) for inner in inners)})"
        case _:
            assert_never(condition)


def is_plain(condition: Condition) -> bool:
    """Tell whether readers of the old format understand a condition."""
    return (
        isinstance(condition, Compare)
        and isinstance(condition.left, Variable)
        and _is_bare(condition.left.id)
        and isinstance(condition.right, Literal)
        and _is_whole(condition.right)
    )


def _is_whole(literal: Literal) -> bool:
    return literal.type is PortType.INTEGER and _INTEGER.fullmatch(literal.text) is not None


def _is_bare(end: str) -> bool:
    """Tell whether an id can stand as it is, and is taken for one."""
    token = _TOKEN.fullmatch(end)
    return token is not None and token[3] == end and isinstance(_bare(end), Variable)


def _operand(operand: Operand) -> str:
    if isinstance(operand, Variable):
        return operand.id if _is_bare(operand.id) else f"{_ID}({_quoted(operand.id)})"
    if operand.type is PortType.STRING:
        return _quoted(operand.text)
    if _TOKEN.fullmatch(operand.text) and _bare(operand.text) == operand:
        return operand.text
    return f"{operand.type}({_quoted(operand.text)})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _bare(text: str) -> Operand:
    """Give what a text means that stands there without quotes."""
    if _INTEGER.fullmatch(text):
        return Literal(text, PortType.INTEGER)
    if _DECIMAL.fullmatch(text):
        return Literal(text, PortType.DECIMAL)
    if text in _WORDS:
        return Literal(text, PortType.BOOLEAN)
    return Variable(text)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    position, text = 0, text.rstrip()
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ConditionUnreadable(f"a quotation mark has no partner: {text[position:].strip()}")
        found.append(token[1] or token[2] or token[3])
        position = token.end()
    return found


@dataclass
class _Reader:
    """Reads the tokens of a condition from left to right."""

    tokens: list[str]
    position: int = 0

    @property
    def at_end(self) -> bool:
        return self.position == len(self.tokens)

    def next(self) -> str:
        """Take the next token."""
        if self.at_end:
            raise ConditionUnreadable("the condition ends too early")
        self.position += 1
        return self.tokens[self.position - 1]

    def take(self, wanted: str) -> None:
        """Take a sign that has to stand here."""
        if (found := self.next()) != wanted:
            raise ConditionUnreadable(f"{wanted} should stand where {found} does")

    def condition(self, levels: int) -> Condition:
        """Read one condition."""
        if not levels:
            raise ConditionUnreadable(
                f"conditions stand in each other more than {MOST_LEVELS} deep"
            )
        name = self.next()
        if name in _SIGNS:
            raise ConditionUnreadable(f"a condition should stand where {name} does")
        self.take("(")
        found: Condition
        if name in _COMPARISONS:
            left = self.operand()
            self.take(",")
            found = Compare(_COMPARISONS[name], left, self.operand())
        elif name == _IS_TRUE:
            found = IsTrue(self.operand())
        elif name == _NOT:
            found = Not(self.condition(levels - 1))
        elif name in {_ALL, _ANY}:
            inner = [self.condition(levels - 1)]
            while not self.at_end and self.tokens[self.position] == ",":
                self.take(",")
                inner.append(self.condition(levels - 1))
            found = AllOf(tuple(inner)) if name == _ALL else AnyOf(tuple(inner))
        else:
            known = ", ".join([*_COMPARISONS, _IS_TRUE, _NOT, _ALL, _ANY])
            raise ConditionUnreadable(f"{name} is no condition; there are: {known}")
        self.take(")")
        return found

    def operand(self) -> Operand:
        """Read one value."""
        token = self.next()
        if token in _SIGNS:
            raise ConditionUnreadable(f"a value should stand where {token} does")
        if token.startswith('"'):
            return Literal(_unquoted(token), PortType.STRING)
        if (token == _ID or token in _TYPED) and not self.at_end and self.peek() == "(":
            self.take("(")
            text = _unquoted(self.next())
            self.take(")")
            return Variable(text) if token == _ID else Literal(text, _TYPED[token])
        return _bare(token)

    def peek(self) -> str:
        """Give the next token without taking it."""
        return self.tokens[self.position]


def _unquoted(token: str) -> str:
    try:
        found = json.loads(token, strict=False)
    except ValueError:
        found = None
    if not isinstance(found, str):
        raise ConditionUnreadable(f"{token} is no text in quotation marks")
    return found
