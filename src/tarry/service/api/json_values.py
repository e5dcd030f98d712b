"""Values as JSON: read into their lexical form, and written so that numbers keep their digits."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NoReturn

from tarry.contract.errors import InvalidValue, Sort, TarryError, UnknownPort
from tarry.contract.lists import write_list
from tarry.contract.ports import MASK, NUMBERS, Port, PortType, items, parse
from tarry.soap.errors import UnwritableText

Json = None | bool | int | Decimal | str | Sequence["Json"] | Mapping[str, "Json"]

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_SHOWN = 60


class MalformedJson(TarryError):
    """A request's body is no JSON object that we can read."""

    code = "malformed-request"
    sort = Sort.INVALID
    message = "The request cannot be read: {reason}"


class Digits(str):
    """A number as it was written."""

    __slots__ = ()


def read_object(body: bytes) -> dict[str, object]:
    """Read a JSON object; numbers are given as `Digits`.

    Raises:
        MalformedJson: it is none, or says something twice.
    """
    try:
        found = json.loads(
            body.decode("utf-8"),
            parse_float=Digits,
            parse_int=Digits,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        raise MalformedJson(reason="the body must be a JSON object in UTF-8") from error
    if not isinstance(found, dict):
        raise MalformedJson(reason="the body must be a JSON object")
    return found


def lexical(ports: Iterable[Port], given: Mapping[str, object]) -> dict[str, str]:
    """Give the lexical forms of what was given; `null` counts as not given.

    Raises:
        InvalidValue: a value cannot be one of its port's type.
        UnknownPort: a value has no port.
        UnwritableText: a text could not pass through the other doors.
    """
    by_name = {port.name: port for port in ports}
    found: dict[str, str] = {}
    for name, value in given.items():
        port = by_name.get(name)
        if port is None:
            shown = writable(name[:_LONGEST_SHOWN], port="inputs")
            raise UnknownPort(port=shown, known=", ".join(by_name) or "none")
        if value is None:
            continue
        found[name] = _many(port, value) if port.many else _item(port, value)
    return found


def natural(port: Port, text: str) -> Json:
    """Give a value that was checked as JSON has it; secrets are covered."""
    if port.many:
        return [_natural(port, item) for item in items(port, text)]
    return _natural(port, text)


def write(value: Json) -> str:
    """Write JSON; decimal numbers keep their digits, which `json` would take from them."""
    match value:
        case Decimal():
            return str(value)
        case Mapping():
            inside = (f"{json.dumps(name)}: {write(item)}" for name, item in value.items())
            return "{" + ", ".join(inside) + "}"
        case list() | tuple():
            return "[" + ", ".join(write(item) for item in value) + "]"
        case _:
            return json.dumps(value)


def writable(text: str, *, port: str) -> str:
    """Give a text back if every door can carry it.

    Raises:
        UnwritableText: it cannot stand in XML.
    """
    if _UNWRITABLE.search(text):
        raise UnwritableText(port=port)
    return text


def _natural(port: Port, text: str) -> Json:
    if port.type is PortType.SECRET:
        return MASK
    if port.type in NUMBERS or port.type is PortType.BOOLEAN:
        value = parse(port, text)
        return value if isinstance(value, bool | int | Decimal) else text
    return text


def _many(port: Port, value: object) -> str:
    if not isinstance(value, list):
        raise _refused(port, value, "is no list")
    return write_list(_item(port, item) for item in value)


def _item(port: Port, value: object) -> str:
    match value:
        case Digits() if port.type in NUMBERS:
            return str(value)
        case bool() if port.type is PortType.BOOLEAN:
            return "true" if value else "false"
        case str() if not isinstance(value, Digits):
            return writable(value, port=port.name)
        case _:
            raise _refused(port, value, f"is no {port.type.value} in JSON")


def _refused(port: Port, value: object, rule: str) -> InvalidValue:
    if port.type is PortType.SECRET:
        return InvalidValue(port=port.name, got=MASK, rule=rule)
    shown = {dict: "an object", list: "a list", bool: "a truth value"}.get(type(value))
    if shown is None:
        shown = "nothing" if value is None else str(value)[:_LONGEST_SHOWN]
    return InvalidValue(port=port.name, got=shown, rule=rule)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedJson(reason="an object says something twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise MalformedJson(reason=f"{word} is no number")
