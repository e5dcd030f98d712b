"""Ports and the values that may pass through them.

Inside Tarry a value travels in its *lexical form*, the text that stands between the tags on the
wire; `parse` turns it into a Python value where someone computes with it. The lexical form of a
list is a JSON array of those of its items; on the wire it is a repeated element, so a list without
items and no list are the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum

from tarry.contract.errors import InvalidValue, MissingValue, UnknownPort
from tarry.contract.lists import NotAList, read_list, write_list
from tarry.contract.patterns import matches

MAX_DIGITS = 1_000
"""Digits that a number may have, written out; beyond it is refused before any arithmetic."""
MAX_ITEMS = 10_000
"""Items that a list may have."""
MASK = "•••"
"""What stands wherever a secret would; it is no value of one itself."""


class PortType(StrEnum):
    """What a value is. On the wire all but numbers, booleans and times are strings."""

    STRING = "string"  # one line
    TEXT = "text"  # many lines
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE_TIME = "date-time"
    CHOICE = "choice"  # one of `choices`
    FILE = "file"  # a storage URI
    FOLDER = "folder"  # a storage URI that ends in a slash: all files beneath it
    SECRET = "secret"  # noqa: S105 - one line that nobody is shown


_TRUTH = {"true": True, "1": True, "false": False, "0": False}
NUMBERS = frozenset({PortType.INTEGER, PortType.DECIMAL})
STORED = frozenset({PortType.FILE, PortType.FOLDER})
"""What lives in a storage; the value is only its name there."""
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_MAY_BE_EMPTY = frozenset({PortType.STRING, PortType.TEXT})
_EXACT = Context(prec=2 * MAX_DIGITS, Emax=10**6, Emin=-(10**6), traps=[Inexact, InvalidOperation])

Value = str | int | Decimal | bool | datetime


@dataclass(frozen=True, kw_only=True)
class Port:
    """A named, typed input or output of a service or a workflow.

    Attributes:
        many: a list of such values; the rules hold for each of its items.
        default: lexical form; an input with a default is not required.
        minimum: smallest number, inclusive, in `unit`.
        maximum: largest number, inclusive, in `unit`.
        step: numbers are whole multiples of it, counted from the minimum or else from 0.
        unit: symbol of the unit of a number, such as `mm`; empty for a pure number.
        pattern: regular expression that the whole text must match.
        accept: endings of file names that are taken, with their dot; empty takes any.
        advanced: most callers leave it alone; forms show it apart.
    """

    name: str
    type: PortType = PortType.STRING
    many: bool = False
    title: str = ""
    description: str = ""
    default: str | None = None
    required: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    accept: tuple[str, ...] = ()
    advanced: bool = False

    @property
    def must_be_given(self) -> bool:
        """Whether a caller has to give a value."""
        return self.required and self.default is None


def parse(port: Port, text: str) -> Value:
    """Turn the lexical form of a value, or of one item of a list, into a Python value.

    Raises:
        InvalidValue: it names the port, the value and the rule that is broken.
    """
    value = _read(port, text)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        _check_range(port, value, text)
        _check_step(port, value, text)
    if port.pattern and not matches(port.pattern, text):
        raise _refused(port, text, f"does not match the pattern {port.pattern}")
    return value


def items(port: Port, text: str) -> tuple[str, ...]:
    """Give the lexical forms of the items of a list; of a single value, just that.

    Raises:
        InvalidValue: the text is no JSON array of single values, or is far too long a one.
    """
    if not port.many:
        return (text,)
    try:
        found = read_list(text)
    except NotAList as error:
        raise _refused(port, text, 'is no list such as ["a", "b"]') from error
    if len(found) > MAX_ITEMS:
        raise InvalidValue(
            port=port.name, got=f"a list of {len(found)}", rule=f"has more than {MAX_ITEMS} items"
        )
    return found


def check(ports: Iterable[Port], given: Mapping[str, str]) -> dict[str, str]:
    """Check a set of values against ports; defaults are filled in, nothing else changes.

    Values of optional ports that are empty and not texts count as absent, and so do lists that have
    no items.

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
        if text == "" and (port.many or port.type not in _MAY_BE_EMPTY):
            text = None
        if text is not None and port.many:
            text = _listed(port, text)
        if text is None:
            text = port.default
        if text is None:
            if port.required:
                raise MissingValue(port=name)
            continue
        for item in items(port, text):
            parse(port, item)
        checked[name] = text
    return checked


def masked(ports: Iterable[Port], values: Mapping[str, str]) -> dict[str, str]:
    """Give values as they may be shown and kept: secrets are covered."""
    secret = {port.name for port in ports if port.type is PortType.SECRET}
    return {name: MASK if name in secret else text for name, text in values.items()}


def secrets_among(ports: Iterable[Port], values: Mapping[str, str]) -> dict[str, str]:
    """Give the values that nobody may be shown."""
    return {
        port.name: values[port.name]
        for port in ports
        if port.type is PortType.SECRET and port.name in values
    }


def _listed(port: Port, text: str) -> str | None:
    """Write a list in one way, whoever wrote it; nothing if it has no items."""
    found = items(port, text)
    return write_list(found) if found else None


def _read(port: Port, text: str) -> Value:
    match port.type:
        case PortType.STRING | PortType.SECRET:
            return _read_line(port, text)
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
            return _read_time(port, text)
        case PortType.CHOICE:
            if text not in port.choices:
                raise _refused(port, text, f"is none of: {', '.join(port.choices)}")
            return text
        case PortType.FILE:
            return _read_file(port, text)
        case PortType.FOLDER:
            return _read_folder(port, text)


def _read_line(port: Port, text: str) -> str:
    if "\n" in text or "\r" in text:
        raise _refused(port, text, "must be a single line")
    if port.type is PortType.SECRET and text == MASK:
        raise _refused(port, text, "only stands for a secret and is none")
    return text


def _read_time(port: Port, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _refused(port, text, "is not a date and time (ISO 8601)") from error


def _read_decimal(port: Port, text: str) -> Decimal:
    if len(text) > MAX_DIGITS or not _DECIMAL.fullmatch(text.strip()):
        raise _refused(port, text, "is not a decimal number")
    try:
        number = Decimal(text.strip())
    except InvalidOperation:  # an exponent beyond all bounds
        number = None
    # An exponent takes few characters, and would take gigabytes where it is written out.
    if number is None or not -MAX_DIGITS <= number.adjusted() <= MAX_DIGITS:
        raise _refused(port, text, f"has more than {MAX_DIGITS} digits")
    return number


def _read_file(port: Port, text: str) -> str:
    if not re.match(r"[a-z][a-z0-9+.-]*://", text):
        raise _refused(port, text, "is not a storage URI such as local://project/file")
    if text.endswith("/"):
        raise _refused(port, text, "is the storage URI of a folder, not of a file")
    if port.accept and not text.lower().endswith(tuple(end.lower() for end in port.accept)):
        raise _refused(port, text, f"is not one of the kinds taken: {', '.join(port.accept)}")
    return text


def _read_folder(port: Port, text: str) -> str:
    if not re.match(r"[a-z][a-z0-9+.-]*://", text) or not text.endswith("/"):
        raise _refused(port, text, "is not a storage URI such as local://project/folder/")
    return text


def _check_range(port: Port, number: int | Decimal, text: str) -> None:
    unit = f" {port.unit}" if port.unit else ""
    if port.minimum is not None and number < port.minimum:
        raise _refused(port, text, f"is below the minimum of {port.minimum}{unit}")
    if port.maximum is not None and number > port.maximum:
        raise _refused(port, text, f"is above the maximum of {port.maximum}{unit}")


def _check_step(port: Port, number: int | Decimal, text: str) -> None:
    if port.step is None:
        return
    try:
        beyond = _EXACT.subtract(Decimal(number), port.minimum or Decimal(0))
        fits = _EXACT.remainder(beyond, port.step) == 0
    except ArithmeticError:  # so large or so fine that nobody can mean it
        fits = False
    if not fits:
        origin = f", counted from {port.minimum}" if port.minimum else ""
        raise _refused(port, text, f"is no multiple of {port.step}{origin}")


def _refused(port: Port, text: str, rule: str) -> InvalidValue:
    if port.type is PortType.SECRET:
        return InvalidValue(port=port.name, got=MASK, rule=rule)
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
    for name in ("minimum", "maximum", "step"):
        if known.get(name) is not None:
            known[name] = Decimal(str(known[name]))
    for name in ("choices", "accept"):
        if name in known:
            known[name] = tuple(str(item) for item in known[name])  # type: ignore[attr-defined]
    return Port(**known)  # type: ignore[arg-type]
