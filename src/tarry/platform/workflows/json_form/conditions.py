"""Conditions in JSON."""

from tarry.contract.ports import PortType
from tarry.platform.workflows.json_form.forms import (
    Form,
    Items,
    Key,
    OneOf,
    Record,
    Ref,
    Text,
    Word,
)
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
from tarry.platform.workflows.model.conditions import Operand

DEFINITIONS: dict[str, Form] = {}
CONDITION = Ref("condition", DEFINITIONS)
_OPERAND = Ref("operand", DEFINITIONS)
_TYPES = (PortType.INTEGER, PortType.DECIMAL, PortType.BOOLEAN, PortType.STRING)


def _literal(kind: PortType) -> Record:
    key = Key(kind.value, Text(), "The value, in its lexical form", "text")
    return Record(
        make=lambda text: Literal(text, kind), keys=(key,), meaning=f"A value of type {kind.value}"
    )


def _which_operand(operand: Operand) -> str:
    return "id" if isinstance(operand, Variable) else operand.type.value


def _which(condition: Condition) -> str:
    match condition:
        case Compare():
            return "compare"
        case IsTrue():
            return "is_true"
        case Not():
            return "not"
        case AllOf():
            return "all"
        case AnyOf():
            return "any"


_MANY = Items(CONDITION, least=1)
DEFINITIONS["operand"] = OneOf(
    records={
        "id": Record(
            make=Variable,
            keys=(Key("id", Text(), "The id of the end that the value comes from", "id"),),
            meaning="A value that comes from an end of the workflow",
        ),
        **{kind.value: _literal(kind) for kind in _TYPES},
    },
    which=_which_operand,
)
DEFINITIONS["condition"] = OneOf(
    records={
        "compare": Record(
            make=Compare,
            keys=(
                Key(
                    "compare",
                    Word(tuple(comparison.value for comparison in Comparison), Comparison),
                    "How the values are compared",
                    "comparison",
                ),
                Key("left", _OPERAND, "The first value", "left"),
                Key("right", _OPERAND, "The second value", "right"),
            ),
            meaning="Holds if the comparison does",
        ),
        "is_true": Record(
            make=IsTrue,
            keys=(Key("is_true", _OPERAND, "A boolean value", "of"),),
            meaning="Holds if the value is true",
        ),
        "not": Record(
            make=Not,
            keys=(Key("not", CONDITION, "The other condition", "condition"),),
            meaning="Holds if the other does not",
        ),
        "all": Record(
            make=AllOf,
            keys=(Key("all", _MANY, "The other conditions", "conditions"),),
            meaning="Holds if each of them does",
        ),
        "any": Record(
            make=AnyOf,
            keys=(Key("any", _MANY, "The other conditions", "conditions"),),
            meaning="Holds if one of them does",
        ),
    },
    which=_which,
)
