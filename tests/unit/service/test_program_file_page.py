"""The reference of program files names every key that there is, and no other."""

import re
from pathlib import Path

import pytest

from tarry.service.model.program_file.keys import TABLES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "program-file.md"
SECTIONS = {
    "service": ("The service",),
    "operation": ("Operations",),
    "input": ("Inputs",),
    "output": ("Outputs", "Inputs"),
    "from": ("Outputs",),
    "json": ("Outputs",),
    "progress": ("Progress",),
    "page": ("The status page", "Applications"),
    "plot": ("The status page",),
    "limits": ("Limits",),
    "box": ("The box",),
}
"""Where the keys of each table are explained."""


def sections() -> dict[str, str]:
    """Give the text of each section by its heading."""
    pieces = re.split(r"^## (.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def test_the_page_has_a_place_for_each_table() -> None:
    assert set(SECTIONS) == set(TABLES)
    assert {heading for headings in SECTIONS.values() for heading in headings} <= set(sections())


@pytest.mark.parametrize("table", TABLES)
def test_every_key_stands_in_its_section(table: str) -> None:
    text = "".join(sections()[heading] for heading in SECTIONS[table])
    in_code = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", text))))
    assert {key.name for key in TABLES[table]} - in_code == set(), "explain it in the page"


@pytest.mark.parametrize("heading", sorted({h for some in SECTIONS.values() for h in some}))
def test_no_section_lists_a_key_that_there_is_not(heading: str) -> None:
    known = {
        key.name for table, places in SECTIONS.items() if heading in places for key in TABLES[table]
    }
    told: set[str] = set()
    is_of_keys = False
    for line in sections()[heading].splitlines():
        if not line.startswith("|"):
            is_of_keys = False
        elif line.startswith("| key"):
            is_of_keys = True
        elif is_of_keys and not line.startswith("| ---"):
            told.update(re.findall(r"`(\w+)[^`]*`", line.split(" | ")[0]))
    assert told - known == set()
