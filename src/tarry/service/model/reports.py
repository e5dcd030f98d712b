"""What a program reports of itself: lines of JSON, each of them complete in itself. Pure."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tarry.service.model.values import PAIRS, readable

MAX_LINE = 4096
"""Bytes of a line that is read; longer ones are passed over."""
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Reported:
    """What a program has said so far.

    Attributes:
        percent: 0 to 100, or `None` if it has not said.
        message: a line for people.
    """

    percent: float | None = None
    message: str = ""


def taken_in(last: Reported, lines: Iterable[bytes]) -> Reported:
    """Take in further lines: of each thing that they say, the last counts.

    What is no JSON object, or says nothing that can be understood, is passed over: a program must
    not fail because of what it tells people.
    """
    for line in lines:
        said = _object(line)
        percent = _percent(said)
        if percent is not None:
            last = replace(last, percent=percent)
        message = said.get("message")
        if isinstance(message, str):
            last = replace(last, message=_shown(message))
    return last


def _object(line: bytes) -> Mapping[str, object]:
    if len(line) > MAX_LINE:
        return {}
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _percent(said: Mapping[str, object]) -> float | None:
    percent = _number(said.get("percent"))
    for done, whole in PAIRS:
        part, of = _number(said.get(done)), _number(said.get(whole))
        if percent is None and part is not None and of is not None and of > 0:
            percent = 100 * (part / of)
    return percent if percent is not None and 0 <= percent <= 100 else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _shown(message: str) -> str:
    text = " ".join(readable(message).split())
    return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"
