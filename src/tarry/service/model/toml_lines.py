"""On which line of a TOML text a key stands, for errors that people can act on.

Python's reader gives values without places. This scanner knows just enough of TOML to find keys:
headers, dotted and quoted keys, and what to skip (strings, comments, arrays over several lines).
"""

import re

KeyPath = tuple[str, ...]

_PART = r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*"""
_KEY = re.compile(rf"{_PART}(?:\.{_PART})*")
_SKIP = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)


def line_of(text: str, path: KeyPath) -> int | None:
    """Find the line (from 1) of a key, or of the nearest table around it, or `None`.

    Keys inside an inline table are found as the line of the key that holds the table.
    """
    places = _places(text)
    for length in range(len(path), 0, -1):
        if (line := places.get(path[:length])) is not None:
            return line
    return None


def _places(text: str) -> dict[KeyPath, int]:
    table: KeyPath = ()
    places: dict[KeyPath, int] = {}
    position = 0
    while position < len(text):
        start = position
        position = _end_of_statement(text, position)
        statement = text[start:position]
        line = text.count("\n", 0, start + len(statement) - len(statement.lstrip())) + 1
        stripped = statement.strip()
        if stripped.startswith("["):
            if header := _KEY.match(stripped.lstrip("[")):
                table = _parts(header.group(0))
                places.setdefault(table, line)
        elif (key := _KEY.match(stripped)) and stripped[key.end() :].startswith("="):
            parts = _parts(key.group(0))
            for length in range(1, len(parts) + 1):
                places.setdefault(table + parts[:length], line)
        position += 1
    return places


def _end_of_statement(text: str, position: int) -> int:
    """Find the line end that closes a statement: none within strings, arrays or comments."""
    depth = 0
    while position < len(text):
        if skipped := _SKIP.match(text, position):
            position = skipped.end()
            continue
        match text[position]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth <= 0:
                return position
        position += 1
    return position


def _parts(key: str) -> KeyPath:
    return tuple(
        next(part for part in found.groups() if part is not None)
        for found in re.finditer(_PART.replace(r"\s*", ""), key)
    )
