"""Ports and the values that may pass through them.

Inside Tarry a value travels in its *lexical form*, the text that stands between the tags on the
wire; `parse` turns it into a Python value where someone computes with it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from tarry.contract.errors import InvalidValue, MissingValue, UnknownPort

MAX_DIGITS = 1_000
"""Digits that a number may have; beyond it is refused before any arithmetic."""


class PortType(StrEnum):
    """What a value is. On the wire `file` is a string that holds a storage URI."""

    STRING = "string"  # one line
    TEXT = "text"  # many lines
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE_TIME = "date-time"
    CHOICE = "choice"  # one of `choices`
    FILE = "file"


_TRUTH = {"true": True, "1": True, "false": False, "0": False}
NUMBERS = frozenset({PortType.INTEGER, PortType.DECIMAL})
Value = str | int | Decimal | bool | datetime


@dataclass(frozen=True, kw_only=True)
class Port:
    """A named, typed input or output of a service or a workflow.

    Attributes:
        default: lexical form; an input with a default is not required.
        minimum: smallest number, inclusive, in `unit`.
        maximum: largest number, inclusive, in `unit`.
        unit: symbol of the unit of a number, such as `mm`; empty for a pure number.
        pattern: regular expression that the whole text must match.
        accept: endings of file names that are taken, with their dot; empty takes any.
    """

    name: str
    type: PortType = PortType.STRING
    title: str = ""
    description: str = ""
    default: str | None = None
    required: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    accept: tuple[str, ...] = ()

    @property
    def must_be_given(self) -> bool:
        """Whether a caller has to give a value."""
        return self.required and self.default is None


def parse(port: Port, text: str) -> Value:
    """Turn a lexical form into a value and hold it against the port's rules.

    Raises:
        InvalidValue: it names the port, the value and the rule that is broken.
    """
    value = _read(port, text)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        _check_range(port, value, text)
    if port.pattern and not re.fullmatch(port.pattern, text):
        raise _refused(port, text, f"does not match the pattern {port.pattern}")
    return value


def check(ports: Iterable[Port], given: Mapping[str, str]) -> dict[str, str]:
    """Check a set of values against ports; defaults are filled in, nothing else changes.

    Values of optional ports that are empty and not texts count as absent.

    Raises:
        InvalidValue: a value breaks a rule of its port.
        MissingValue: a required value is absent.
        UnknownPort: a value has no port.
    """
    by_name = {port.name: port for port in ports}
    for name in given:
        if name not in by_name:
            raise UnknownPort(port=name, known=", ".join(by_name) or "none")
    checked: dict[str, str] = {}
    for name, port in by_name.items():
        text = given.get(name)
        if text == "" and port.type not in {PortType.STRING, PortType.TEXT}:
            text = None
        if text is None:
            text = port.default
        if text is None:
            if port.required:
                raise MissingValue(port=name)
            continue
        parse(port, text)
        checked[name] = text
    return checked


def _read(port: Port, text: str) -> Value:
    match port.type:
        case PortType.STRING:
            if "\n" in text or "\r" in text:
                raise _refused(port, text, "must be a single line")
            return text
        case PortType.TEXT:
            return text
        case PortType.INTEGER:
            if not re.fullmatch(r"\s*[+-]?[0-9]+\s*", text, re.ASCII) or len(text) > MAX_DIGITS:
                raise _refused(port, text, "is not a whole number")
            return int(text)
        case PortType.DECIMAL:
            return _read_decimal(port, text)
        case PortType.BOOLEAN:
            truth = _TRUTH.get(text.strip())
            if truth is None:
                raise _refused(port, text, "is neither true nor false")
            return truth
        case PortType.DATE_TIME:
            try:
                return datetime.fromisoformat(text.strip())
            except ValueError as error:
                raise _refused(port, text, "is not a date and time (ISO 8601)") from error
        case PortType.CHOICE:
            if text not in port.choices:
                raise _refused(port, text, f"is none of: {', '.join(port.choices)}")
            return text
        case PortType.FILE:
            return _read_file(port, text)


def _read_decimal(port: Port, text: str) -> Decimal:
    try:
        number = Decimal(text.strip()) if len(text) <= MAX_DIGITS else None
    except InvalidOperation:
        number = None
    if number is None or "_" in text or not number.is_finite():
        raise _refused(port, text, "is not a decimal number")
    return number


def _read_file(port: Port, text: str) -> str:
    if not re.match(r"[a-z][a-z0-9+.-]*://", text):
        raise _refused(port, text, "is not a storage URI such as local://project/file")
    if port.accept and not text.lower().endswith(tuple(end.lower() for end in port.accept)):
        raise _refused(port, text, f"is not one of the kinds taken: {', '.join(port.accept)}")
    return text


def _check_range(port: Port, number: int | Decimal, text: str) -> None:
    unit = f" {port.unit}" if port.unit else ""
    if port.minimum is not None and number < port.minimum:
        raise _refused(port, text, f"is below the minimum of {port.minimum}{unit}")
    if port.maximum is not None and number > port.maximum:
        raise _refused(port, text, f"is above the maximum of {port.maximum}{unit}")


def _refused(port: Port, text: str, rule: str) -> InvalidValue:
    shown = text if len(text) <= 60 else text[:57] + "…"
    return InvalidValue(port=port.name, got=repr(shown), rule=rule)


def to_json(port: Port) -> dict[str, object]:
    """Give a port as JSON-ready data; fields at their default are left out."""
    plain = asdict(port)
    found: dict[str, object] = {"name": port.name, "type": port.type.value}
    for field in fields(Port):
        value = plain[field.name]
        if field.name in found or value == field.default:
            continue
        found[field.name] = str(value) if isinstance(value, Decimal) else value
    return found


def from_json(data: Mapping[str, object]) -> Port:
    """Read what `to_json` gave."""
    known: dict[str, object] = dict(data)
    known["type"] = PortType(str(known.get("type", "string")))
    for name in ("minimum", "maximum"):
        if known.get(name) is not None:
            known[name] = Decimal(str(known[name]))
    for name in ("choices", "accept"):
        if name in known:
            known[name] = tuple(str(item) for item in known[name])  # type: ignore[attr-defined]
    return Port(**known)  # type: ignore[arg-type]
