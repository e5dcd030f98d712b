"""The lexical form of a list: a JSON array of the lexical forms of its items."""

import json
import re
from collections.abc import Iterable


class NotAList(ValueError):
    """A text is no JSON array of single values; becomes an `InvalidValue` where a port is known."""


def write_list(items: Iterable[str]) -> str:
    """Give the lexical form of a list."""
    return json.dumps(list(items), ensure_ascii=False)


def read_list(text: str) -> tuple[str, ...]:
    """Give the items of a list. Numbers and truths may stand without quotes; no digit is lost.

    Raises:
        NotAList: it is none.
    """
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise NotAList("no JSON") from error
    if not isinstance(found, list):
        raise NotAList("no array")
    return tuple(_item(item) for item in found)


def entries(text: str, *, blocks: bool = False) -> list[str]:
    """Give the items that people and programs write below each other: lines, without empty ones.

    Args:
        text: what they wrote.
        blocks: an item may have many lines; then a line `---` stands between two.
    """
    if blocks:
        found = re.split(r"(?m)^---[ \t]*$\n?", text.removesuffix("\n")) if text.strip() else []
        return [block.removesuffix("\n") for block in found]
    return [line.strip() for line in text.splitlines() if line.strip()]


def write_entries(items: Iterable[str], *, blocks: bool = False) -> str:
    """Write what `entries` reads."""
    return ("\n---\n" if blocks else "\n").join(items)


def _item(item: object) -> str:
    match item:
        case str():
            return item
        case bool():
            return "true" if item else "false"
        case _:
            raise NotAList("an item is no single value")
