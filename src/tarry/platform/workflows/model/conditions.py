"""Conditions of branches and loops: comparisons of values, and what joins them."""

from dataclasses import dataclass
from enum import StrEnum

from tarry.contract.ports import PortType


class Comparison(StrEnum):
    """How two values are compared; the names are those of the field's documents."""

    GREATER = "greaterThan"
    GREATER_OR_EQUAL = "greaterOrEqual"
    EQUAL = "equalTo"
    LESS_OR_EQUAL = "lessOrEqual"
    LESS = "lessThan"


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that comes from the end that defines this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the condition.

    Attributes:
        type: `INTEGER`, `DECIMAL`, `BOOLEAN` or `STRING`.
    """

    text: str
    type: PortType


Operand = Variable | Literal


@dataclass(frozen=True, slots=True)
class Compare:
    """Holds if the comparison does."""

    comparison: Comparison
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class IsTrue:
    """Holds if a boolean value is true."""

    of: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """Holds if the other does not."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds if each of them does."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds if one of them does."""

    conditions: tuple["Condition", ...]


Condition = Compare | IsTrue | Not | AllOf | AnyOf
