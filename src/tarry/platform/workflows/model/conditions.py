"""Conditions of branches and loops: comparisons of values, and what joins them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from tarry.contract.errors import InvalidValue, Sort, TarryError
from tarry.contract.ports import NUMBERS, Port, PortType, Value, parse


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


class NotComparable(TarryError):
    """A condition asks for what the values at hand cannot answer."""

    code = "not-comparable"
    sort = Sort.INVALID
    message = "the condition cannot be decided: {reason}"


MOST_LEVELS = 32
"""How deep conditions may stand in each other."""


def levels_of(condition: Condition) -> int:
    """Tell how deep conditions stand in each other; a comparison is one deep."""
    match condition:
        case Compare() | IsTrue():
            return 1
        case Not(condition=inner):
            return 1 + levels_of(inner)
        case AllOf(conditions=inners) | AnyOf(conditions=inners):
            return 1 + max((levels_of(inner) for inner in inners), default=0)
        case _:
            assert_never(condition)


def variables_of(condition: Condition) -> Iterator[str]:
    """Give the ids that a condition uses, in its order."""
    match condition:
        case Compare(left=left, right=right):
            yield from (one.id for one in (left, right) if isinstance(one, Variable))
        case IsTrue(of=of):
            if isinstance(of, Variable):
                yield of.id
        case Not(condition=inner):
            yield from variables_of(inner)
        case AllOf(conditions=inners) | AnyOf(conditions=inners):
            for inner in inners:
                yield from variables_of(inner)
        case _:
            assert_never(condition)


def with_variables(condition: Condition, new: Callable[[str], str]) -> Condition:
    """Give the same condition over other ids."""

    def renamed(operand: Operand) -> Operand:
        return Variable(new(operand.id)) if isinstance(operand, Variable) else operand

    match condition:
        case Compare(left=left, right=right):
            return replace(condition, left=renamed(left), right=renamed(right))
        case IsTrue(of=of):
            return IsTrue(renamed(of))
        case Not(condition=inner):
            return Not(with_variables(inner, new))
        case AllOf(conditions=inners):
            return AllOf(tuple(with_variables(inner, new) for inner in inners))
        case AnyOf(conditions=inners):
            return AnyOf(tuple(with_variables(inner, new) for inner in inners))
        case _:
            assert_never(condition)


def evaluate(
    condition: Condition, values: Mapping[str, str], types: Mapping[str, PortType]
) -> bool:
    """Tell whether a condition holds.

    What need not be known is not asked: `AllOf` ends with the first that does not hold, `AnyOf`
    with the first that does.

    Args:
        condition: the condition.
        values: lexical forms by id; an id that is not in it has no value.
        types: of the ends that define the ids; what is not in it is a string.

    Raises:
        NotComparable: a value is missing, or is none of its type.
    """
    match condition:
        case Compare():
            return _compare(condition, values, types)
        case IsTrue(of=of):
            return _truth(of, values)
        case Not(condition=inner):
            return not evaluate(inner, values, types)
        case AllOf(conditions=inners):
            return all(evaluate(inner, values, types) for inner in inners)
        case AnyOf(conditions=inners):
            return any(evaluate(inner, values, types) for inner in inners)
        case _:
            assert_never(condition)


def comparison_type(left: PortType, right: PortType, comparison: Comparison) -> PortType | None:
    """Tell as what two values are compared: `DECIMAL`, `BOOLEAN` or `STRING`; none: as nothing.

    Only numbers have an order. Whole numbers are compared with decimals exactly.
    """
    if comparison is not Comparison.EQUAL:
        return PortType.DECIMAL if {left, right} <= NUMBERS else None
    if {left, right} <= NUMBERS:
        return PortType.DECIMAL
    if left is right is PortType.BOOLEAN:
        return PortType.BOOLEAN
    if not {left, right} & {*NUMBERS, PortType.BOOLEAN, PortType.SECRET}:
        return PortType.STRING
    return None


def _compare(condition: Compare, values: Mapping[str, str], types: Mapping[str, PortType]) -> bool:
    left, right = condition.left, condition.right
    kinds = _type(left, types), _type(right, types)
    match comparison_type(*kinds, condition.comparison):
        case PortType.DECIMAL:
            return _ordered(condition.comparison, _number(left, values), _number(right, values))
        case PortType.BOOLEAN:
            return _truth(left, values) == _truth(right, values)
        case PortType.STRING:
            return _text(left, values) == _text(right, values)
        case _:
            reason = f"{condition.comparison} does not compare {kinds[0]} with {kinds[1]}"
            raise NotComparable(reason=reason)


def _ordered(comparison: Comparison, left: Decimal, right: Decimal) -> bool:
    match comparison:
        case Comparison.GREATER:
            return left > right
        case Comparison.GREATER_OR_EQUAL:
            return left >= right
        case Comparison.EQUAL:
            return left == right
        case Comparison.LESS_OR_EQUAL:
            return left <= right
        case Comparison.LESS:
            return left < right
        case _:
            assert_never(comparison)


def _type(operand: Operand, types: Mapping[str, PortType]) -> PortType:
    if isinstance(operand, Variable):
        return types.get(operand.id, PortType.STRING)
    return operand.type


def _text(operand: Operand, values: Mapping[str, str]) -> str:
    if isinstance(operand, Literal):
        return operand.text
    try:
        return values[operand.id]
    except KeyError as error:
        raise NotComparable(reason=f"{operand.id} has no value") from error


def _number(operand: Operand, values: Mapping[str, str]) -> Decimal:
    # Whole numbers are decimals too; these are made and compared exactly, however long they are.
    value = _parsed(Port(name=_name(operand), type=PortType.DECIMAL), _text(operand, values))
    return value if isinstance(value, Decimal) else Decimal()


def _truth(operand: Operand, values: Mapping[str, str]) -> bool:
    port = Port(name=_name(operand), type=PortType.BOOLEAN)
    return _parsed(port, _text(operand, values)) is True


def _parsed(port: Port, text: str) -> Value:
    try:
        return parse(port, text)
    except InvalidValue as error:
        raise NotComparable(reason=str(error)) from error


def _name(operand: Operand) -> str:
    return operand.id if isinstance(operand, Variable) else "the value in the condition"
