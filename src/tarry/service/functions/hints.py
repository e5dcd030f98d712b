"""From a type hint to a type of port, and how values pass between Python and the wire."""

import enum
import operator
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from tarry.contract.lists import read_list
from tarry.contract.ports import Port, PortType, parse
from tarry.service.functions.facets import Facets


class Secret(str):
    """A text that is never shown: a password, a licence key. It is a `str` in all else."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('•••')"


@dataclass(frozen=True, kw_only=True)
class Hint:
    """What a type hint says of a value.

    Attributes:
        type: the word that program files have for it.
        facets: what `port(...)` says besides.
        choices: values by what stands for them on the wire, if it is one of a few.
        optional: it may be absent.
        many: it is a list.
        floats: numbers are `float` in the function, not `Decimal`.
    """

    type: str
    facets: Mapping[str, object] = field(default_factory=dict)
    choices: Mapping[str, object] = field(default_factory=dict)
    optional: bool = False
    many: bool = False
    floats: bool = False

    @property
    def is_path(self) -> bool:
        """Whether the value is a file or a folder."""
        return self.type in {"file", "folder"}

    def read(self, value: str) -> object:
        """Make the function's argument of a lexical form; a file's is its local path."""
        if self.many:
            return [self._read(item) for item in read_list(value)]
        return self._read(value)

    def write(self, value: object) -> object:
        """Make what stands in the file of outputs of what the function returned.

        Raises:
            TypeError: it returned something else than it promised.
            ValueError: likewise.
        """
        if self.many:
            if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
                raise TypeError(f"{value!r} is no list")
            return [self._write(item) for item in value]
        return self._write(value)

    def _read(self, text: str) -> object:
        match self.type:
            case "choice":
                return self.choices[text]
            case "file" | "folder":
                return Path(text)
            case "secret":
                return Secret(Path(text).read_text("utf-8"))
            case "decimal" if self.floats:
                return float(text)
            case other:
                return parse(Port(name="value", type=PortType(other)), text)

    def _write(self, value: Any) -> str:
        match self.type:
            case "integer":
                return str(operator.index(value))
            case "decimal":
                # as people write it: clients read no exponents in an xs:decimal
                number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
                if not number.is_finite():
                    raise ValueError(f"{value} is no number")
                return f"{number:f}"
            case "boolean":
                return "true" if bool(value) else "false"
            case "date-time":
                return str(value.isoformat())
            case "choice":
                found = [text for text, choice in self.choices.items() if choice == value]
                if not found:
                    raise ValueError(f"{value!r} is none of: {', '.join(self.choices)}")
                return found[0]
            case "file" | "folder":
                return str(Path(value))
            case _:
                if not isinstance(value, str):
                    raise TypeError(f"{value!r} is no text")
                return value


_TYPES: dict[object, str] = {
    str: "string",
    int: "integer",
    float: "decimal",
    Decimal: "decimal",
    bool: "boolean",
    datetime: "date-time",
    Path: "file",
    Secret: "secret",
}
_OTHER_TYPES = {"string": {"text"}, "file": {"folder"}}


def read_hint(hint: object) -> Hint:
    """Read a type hint.

    Raises:
        ValueError: no port carries such values; the message says which hints there are.
    """
    facets: dict[str, object] = {}
    while get_origin(hint) is Annotated:
        hint, *more = get_args(hint)
        for found in more:
            if isinstance(found, Facets):
                facets = found.given() | facets
    if get_origin(hint) in {Union, types.UnionType}:
        return _optional(hint, facets)
    if get_origin(hint) is list and len(get_args(hint)) == 1:
        inner = read_hint(get_args(hint)[0])
        if inner.many or inner.optional:
            raise ValueError("a list holds plain values")
        return _with(inner, facets, many=True)
    choices = _choices(hint)
    if choices:
        return Hint(type="choice", facets=facets, choices=choices)
    word = _TYPES.get(hint) if isinstance(hint, type) else None
    if word is None:
        raise ValueError(
            f"{_name(hint)} is no type of an input or output; there are str, int, float, Decimal, "
            "bool, datetime, Path, Secret, Literal, Enum, and list[…] or … | None of them"
        )
    other = facets.pop("type", word)
    if other != word and other not in _OTHER_TYPES.get(word, ()):
        raise ValueError(f"type {other!r} does not go with {_name(hint)}")
    return Hint(type=str(other), facets=facets, floats=hint is float)


def _optional(hint: object, facets: Mapping[str, object]) -> Hint:
    inner = [part for part in get_args(hint) if part is not types.NoneType]
    if len(inner) != 1 or len(get_args(hint)) == 1:
        raise ValueError(f"{_name(hint)} is several types; only '… | None' can be")
    return _with(read_hint(inner[0]), facets, optional=True)


def _with(
    hint: Hint, facets: Mapping[str, object], *, many: bool = False, optional: bool = False
) -> Hint:
    return Hint(
        type=hint.type,
        facets={**hint.facets, **facets},
        choices=hint.choices,
        optional=hint.optional or optional,
        many=hint.many or many,
        floats=hint.floats,
    )


def _choices(hint: object) -> dict[str, object]:
    if get_origin(hint) is Literal:
        return {str(value): value for value in get_args(hint)}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        named: dict[str, object] = {
            member.value if isinstance(member.value, str) else member.name: member
            for member in hint
        }
        if not named:
            raise ValueError(f"{_name(hint)} has no members")
        return named
    return {}


def _name(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
