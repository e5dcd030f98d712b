"""Writing TOML: just what a program file needs."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def write_toml(document: Mapping[str, object]) -> str:
    """Give a document; tables of tables get a heading each, all else stands on one line.

    Raises:
        TypeError: something in it has no place in TOML.
    """
    return "\n".join(_table(document, ())).lstrip("\n") + "\n"


def _table(table: Mapping[str, object], path: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    inner: list[tuple[str, Mapping[str, object]]] = []
    for key, value in table.items():
        if isinstance(value, Mapping) and (
            len(path) < 2 or (len(path) == 2 and _holds_tables(value))
        ):
            inner.append((key, value))
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    if path and lines:
        lines = ["", f"[{'.'.join(_key(part) for part in path)}]", *lines]
    for key, value in inner:
        lines += _table(value, (*path, key))
    return lines


def _holds_tables(value: Mapping[str, object]) -> bool:
    return bool(value) and all(isinstance(item, Mapping) for item in value.values())


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int():
            return str(value)
        case float() | Decimal():
            return _number(value)
        case datetime():
            return _text(value.isoformat())
        case Mapping():
            pairs = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case list() | tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
        case _:
            raise TypeError(f"{value!r} has no place in a program file")


def _number(value: float | Decimal) -> str:
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite():
        raise TypeError(f"{value} is no number")
    return f"{number:f}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    # JSON writes a text as TOML reads it, but for DEL and for what is no character at all
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace(
        "\x7f", "\\u007f"
    )
