"""Attributes of ours that are numbers, times or truths."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.findings import Findings

_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class Settings:
    """What the attributes of an element say; what cannot be read is a fault.

    Args:
        given: attributes by name.
        place: of the element.
        found: takes what is wrong.
    """

    def __init__(self, given: Mapping[str, str], place: str, found: Findings) -> None:
        self._given = given
        self._place = place
        self._found = found

    def text(self, name: str) -> str:
        """Give a text as it is; "" for none."""
        return self._given.get(name, "")

    def number(self, name: str, default: int) -> int:
        """Give a whole number that is not negative."""
        if (text := self._given.get(name)) is None:
            return default
        if _NUMBER.fullmatch(text.strip()):
            return int(text)
        self._fault(name, text, "is no whole number")
        return default

    def seconds(self, name: str) -> timedelta | None:
        """Give a time that is written in seconds."""
        if (text := self._given.get(name)) is None:
            return None
        if _SECONDS.fullmatch(text.strip()):
            return timedelta(microseconds=int(Decimal(text.strip()) * 1_000_000))
        self._fault(name, text, "is no number of seconds")
        return None

    def truth(self, name: str, default: bool = False) -> bool:
        """Give `true` or `false`."""
        if (text := self._given.get(name)) is None:
            return default
        if (truth := _TRUTH.get(text.strip())) is None:
            self._fault(name, text, "is neither true nor false")
        return bool(truth)

    def _fault(self, name: str, text: str, rule: str) -> None:
        local = name.rpartition("}")[2]
        message = f"{names.PREFIX}:{local}: {text!r} {rule}"
        self._found.fault(self._place, "setting", message)


def write_seconds(time: timedelta) -> str:
    """Write a time in seconds, exactly."""
    whole, rest = divmod(time // timedelta(microseconds=1), 1_000_000)
    return f"{whole}.{rest:06}".rstrip("0") if rest else str(whole)
