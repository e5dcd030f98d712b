"""Reading a table of a TOML file: every key is asked for, and what nobody asked for is an error."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NoReturn

from tarry.contract.lists import write_list
from tarry.contract.ports import MAX_DIGITS
from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.toml_lines import KeyPath, line_of

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}


class Table:
    """A table of the file, with the place that its errors name.

    Attributes:
        path: the keys that lead to it.
    """

    def __init__(
        self, values: Mapping[str, object], *, file: str, text: str, path: KeyPath = ()
    ) -> None:
        self.path = path
        self._values = values
        self._file = file
        self._text = text
        self._asked: list[str] = []

    def fail(self, key: str | None, reason: str) -> NoReturn:
        """Raise an error that names file, line and key.

        Raises:
            ProgramFileInvalid: always.
        """
        path = self.path if key is None else (*self.path, key)
        line = line_of(self._text, path)
        where = self._file if line is None else f"{self._file}:{line}"
        if path:
            where += f": {'.'.join(path)}"
        raise ProgramFileInvalid(where=where, reason=reason)

    def has(self, key: str) -> bool:
        """Whether the file gives the key."""
        return key in self._values

    def take(self, key: str) -> object:
        """Give what stands there, of whatever type, or `None`."""
        self._asked.append(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text; without a default it must be there."""
        value = self.take(key)
        if value is None:
            if default is None:
                self.fail(None, f"{key} is missing")
            return default
        if not isinstance(value, str):
            self.fail(key, f"must be a text in quotes, not {_shown(value)}")
        return value

    def truth(self, key: str, *, default: bool = False) -> bool:
        """Give true or false."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fail(key, f"must be true or false, not {_shown(value)}")
        return value

    def whole(self, key: str, default: int, *, low: int, high: int) -> int:
        """Give a whole number of a range."""
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fail(key, f"must be a whole number from {low} to {high}, not {_shown(value)}")
        return value

    def number(self, key: str) -> Decimal | None:
        """Give a number exactly as it is written, or `None`."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.fail(key, f"must be a number, not {_shown(value)}")
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
            self.fail(key, f"must be a number that can be written out, not {value}")
        return number

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; empty if it is absent."""
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, f"must be a list of texts in quotes, not {_shown(value)}")
        return tuple(value)

    def duration(self, key: str, default: timedelta) -> timedelta:
        """Give a time span, which is written with its unit: `90 s`, `5 min`, `2 h`, `30 d`."""
        value = self.take(key)
        if value is None:
            return default
        found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,3})?)\s*(s|min|h|d)\s*", str(value))
        if not isinstance(value, str) or found is None:
            self.fail(key, f'must be a time span such as "90 s" or "30 d", not {_shown(value)}')
        return timedelta(seconds=float(found.group(1)) * _UNITS[found.group(2)])

    def lexical(self, key: str) -> str | None:
        """Give a value as a port would get it on the wire, or `None`."""
        value = self.take(key)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            return value.isoformat()
        if value is not None and not isinstance(value, str | int | Decimal):
            self.fail(key, f"must be a single value, not {_shown(value)}")
        return None if value is None else str(value)

    def lexical_list(self, key: str) -> str | None:
        """Give a list of values in its lexical form, or `None`."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self.fail(key, f"must be a list of values, not {_shown(value)}")
        items = [Table({key: item}, **self._place()).lexical(key) for item in value]
        return write_list([item for item in items if item is not None])

    def expression(self, key: str) -> re.Pattern[str]:
        """Give a compiled regular expression."""
        text = self.text(key)
        try:
            return re.compile(text)
        except re.error as error:
            self.fail(key, f"is no regular expression: {error}")

    def table(self, key: str) -> "Table":
        """Give the table that stands there; an empty one if it is absent."""
        value = self.take(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            self.fail(key, f"must be a table, not {_shown(value)}")
        return Table(value, file=self._file, text=self._text, path=(*self.path, key))

    def _place(self) -> dict[str, Any]:
        return {"file": self._file, "text": self._text, "path": self.path}

    def names(self) -> tuple[str, ...]:
        """Give all keys."""
        return tuple(self._values)

    def tables(self) -> list[tuple[str, "Table"]]:
        """Give all the tables in it by their names."""
        return [(key, self.table(key)) for key in self._values]

    def done(self) -> None:
        """Refuse keys that nobody asked for: they are most often misspelt."""
        for key in self._values:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, n=1)
                hint = f": did you mean {near[0]}?" if near else ""
                known = ", ".join(sorted(set(self._asked)))
                self.fail(key, f"is not known here{hint}" if hint else f"is not known: {known}")


def _shown(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list"
        case date() | time():
            return str(value)
        case Decimal():
            return str(value)
        case _:
            shown = repr(value)
            return shown if len(shown) <= 60 else shown[:57] + "…"
