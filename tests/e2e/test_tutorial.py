"""The tutorial, done for real."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOT, free_tcp_port
from tests.e2e.reader import Reader, blocks

TUTORIAL = ROOT / "docs" / "tutorial" / "waiter.md"
WAITER = ROOT / "examples" / "waiter"


@pytest.mark.timeout(600)
def test_who_does_what_the_tutorial_says_sees_what_it_shows(tmp_path: Path) -> None:
    reader = Reader(tmp_path, ROOT, {"8080": free_tcp_port(), "8081": free_tcp_port()})
    try:
        reader.do(TUTORIAL.read_text(encoding="utf-8"))
    finally:
        reader.close()


def test_the_service_of_the_tutorial_is_that_of_the_example() -> None:
    page = TUTORIAL.read_text(encoding="utf-8")
    written = "".join(
        block.text for block in blocks(page) if block.marks.get("file") == "waiter.toml"
    )
    example = tomllib.loads((WAITER / "waiter.toml").read_text(encoding="utf-8"))
    assert without_words(tomllib.loads(written)) == without_words(example)


def test_the_container_of_the_tutorial_gets_all_that_the_package_is_built_from() -> None:
    recipe = (WAITER / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        Path(word).parts[0]
        for line in re.findall(r"^COPY (.+) \S+$", recipe, re.MULTILINE)
        for word in line.split()
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [*wheel["packages"], *wheel["force-include"], project["project"]["readme"]]
    assert {Path(piece).parts[0] for piece in needed} <= copied


def without_words(table: dict[str, object]) -> dict[str, object]:
    """Leave out what is for people only, and what says what holds anyway."""
    return {
        name: without_words(value) if isinstance(value, dict) else value
        for name, value in table.items()
        if name not in {"title", "description"} and (name, value) != ("unset", "UNSET")
    }
