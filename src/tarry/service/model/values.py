"""From what a program leaves behind to values and progress. Texts in, values out."""

import json
import re
from collections.abc import Iterable, Sequence

from tarry.contract.errors import InvalidValue
from tarry.contract.lists import write_list
from tarry.contract.ports import Port, PortType, items, parse

_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WHOLE_PERCENT = re.compile(r"\s*([0-9]{1,3})\s*", re.ASCII)
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-_])")


def sendable(text: str) -> str:
    """Replace what XML cannot carry, such as zero bytes."""
    return _UNSENDABLE.sub("\ufffd", text)


def readable(line: str) -> str:
    """Make a line of a log fit for a page: no colours of a terminal, nothing XML cannot carry."""
    return sendable(_ESCAPES.sub("", line).rstrip())


def value_of(port: Port, text: str) -> str:
    """Make an output's value of a text that a program wrote, held against the port.

    Only texts of many lines keep the blanks at their ends.

    Raises:
        InvalidValue: the text is no value of the port.
    """
    value = sendable(text)
    if port.type is not PortType.TEXT:
        value = value.strip()
    if port.type is PortType.BOOLEAN:
        value = value.lower()
    parse(port, value)
    return value


def list_of(port: Port, texts: Iterable[str]) -> str:
    """Make a list of the texts that a program wrote, each held against the port.

    Raises:
        InvalidValue: one of them is no value of the port, or they are too many.
    """
    text = write_list(value_of(port, text) for text in texts)
    items(port, text)
    return text


def all_matches(expression: re.Pattern[str], lines: Iterable[str]) -> list[str]:
    """Give the first group of every line that the expression is found in."""
    return [match.group(1) or "" for line in lines if (match := expression.search(line))]


def last_match(expression: re.Pattern[str], lines: Iterable[str]) -> str | None:
    """Give the first group of the last line that the expression is found in."""
    found: str | None = None
    for line in lines:
        if match := expression.search(line):
            found = match.group(1) or ""
    return found


def json_field(port: Port, text: str, path: Sequence[str]) -> str | None:
    """Find a field in a JSON text; `None` if it is not there.

    Raises:
        InvalidValue: the text is no JSON, or the field holds something that is no single value.
    """
    found = _found(port, text, path)
    return None if found is None else _single(port, found, path)


def json_list(port: Port, text: str, path: Sequence[str]) -> list[str] | None:
    """Find a list in a JSON text; `None` if it is not there.

    Raises:
        InvalidValue: the text is no JSON, or the field holds something that is no list of values.
    """
    found = _found(port, text, path)
    if found is None:
        return None
    if not isinstance(found, list):
        raise InvalidValue(port=port.name, got=".".join(path), rule="is no list")
    return [_single(port, item, path) for item in found]


def _found(port: Port, text: str, path: Sequence[str]) -> object:
    try:
        # Numbers stay as they are written: no digit of a result is lost on the way.
        value: object = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(port=port.name, got="its file", rule=f"is no JSON: {error}") from error
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _single(port: Port, value: object, path: Sequence[str]) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            rule = "holds a list or an object, no single value"
            raise InvalidValue(port=port.name, got=".".join(path), rule=rule)


def percent_of_file(text: str) -> float | None:
    """Read a progress file; `None` for anything but a whole number from 0 to 100."""
    found = _WHOLE_PERCENT.fullmatch(text)
    if found is None:
        return None
    percent = int(found.group(1))
    return float(percent) if percent <= 100 else None


PAIRS = (("step", "total"), ("time", "end_time"))
"""Names that tell progress together: how far it is, and how far it goes."""


def percent_of_lines(expression: re.Pattern[str], lines: Iterable[str]) -> float | None:
    """Read progress off lines of a log; the last line that says anything counts."""
    percent: float | None = None
    for line in lines:
        if match := expression.search(line):
            groups = match.groupdict()
            try:
                if groups.get("percent") is not None:
                    value = float(groups["percent"])
                elif groups.get("total") is not None:
                    value = 100 * float(groups["step"]) / float(groups["total"])
                else:
                    value = 100 * float(groups["time"]) / float(groups["end_time"])
            except (KeyError, TypeError, ValueError, ZeroDivisionError):
                continue
            if 0 <= value <= 100:
                percent = value
    return percent


def settled_percent(last: float | None, read: float | None, *, age: float) -> float | None:
    """Decide which progress to show, as the file may be caught while it is being written.

    A smaller number than before may be the first half of a larger one ("10" of "100"): it counts
    only if the file has been left alone for a while.

    Args:
        last: what was shown before.
        read: what the file says now, `None` if it says nothing.
        age: seconds since the file was last written.
    """
    if read is None or (last is not None and read < last and age < 0.5):
        return last
    return read
