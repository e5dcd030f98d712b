"""Reading docstrings as Google writes them: a description, then sections such as `Args:`."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SECTION = re.compile(
    r"(Args|Arguments|Parameters|Attributes|Returns|Yields|Raises|Examples?|Notes?|See Also):\s*"
)
_NAMED = frozenset({"Args", "Arguments", "Parameters", "Attributes"})
_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Docstring:
    """What a docstring says.

    Attributes:
        text: all that stands before the first section, one paragraph a line.
        names: what it says of each argument or attribute.
        returns: what it says of the result.
    """

    text: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    returns: str = ""


def read_docstring(docstring: str | None) -> Docstring:
    """Read a docstring; what is written in another style is all description."""
    before, names, returns = [], dict[str, str](), list[str]()
    for title, lines in _sections(inspect.cleandoc(docstring or "")):
        if not title:
            before = lines
        elif title in _NAMED:
            names.update(_entries(lines))
        elif title in {"Returns", "Yields"}:
            returns += lines
    return Docstring(_joined(before), names, _joined(returns))


def _sections(text: str) -> list[tuple[str, list[str]]]:
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines():
        if found := _SECTION.fullmatch(line):
            sections.append((found[1], []))
        else:
            sections[-1][1].append(line)
    return sections


def _entries(lines: list[str]) -> dict[str, str]:
    """Take `name: text` lines apart; a line that stands further in goes on with the entry."""
    entries: dict[str, str] = {}
    name, edge = "", min((_indent(line) for line in lines if line.strip()), default=0)
    for line in lines:
        if _indent(line) == edge and (found := _ENTRY.fullmatch(line.strip())):
            name, entries[found[1]] = found[1], found[2]
        elif name and line.strip():
            entries[name] = f"{entries[name]} {line.strip()}".strip()
    return entries


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _joined(lines: list[str]) -> str:
    paragraphs = re.split(r"\n\s*\n", "\n".join(line.strip() for line in lines).strip())
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
