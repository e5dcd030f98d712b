"""The format page says what the code does."""

import re
from pathlib import Path

import pytest

from tarry.platform.workflows.model import Constant, Wire, numbered
from tarry.platform.workflows.validation import fits, rules
from tarry.platform.workflows.xml import names, read, write

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "workflow-documents.md"


@pytest.fixture
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_example_is_read_as_the_page_explains_it(page: str) -> None:
    example = re.search(r"```xml\n(<\?xml.*?)```", page, re.DOTALL)
    assert example is not None

    document = read(example.group(1).encode())

    first, second = document.steps
    assert document.title == "Mesh and rate"
    assert first.name == "Fine mesh"
    assert first.inputs == {"geometry": Wire("main_input1"), "size": Constant("0.5")}
    assert second.inputs == {"mesh": Wire("s1io5")}
    assert numbered(document) == document
    assert write(document).decode().split() == example.group(1).split()


def test_every_refused_construct_stands_on_the_page(page: str) -> None:
    assert {name for name in names.CONSTRUCTS if f"`{name}`" not in page} == set()


def test_every_code_of_a_problem_stands_on_the_page(page: str) -> None:
    code = Path(rules.__file__).read_text() + Path(fits.__file__).read_text()
    used = set(re.findall(r'(?:_problem\([^,]+|Misfit\()\s*,?\s*"([a-z-]+)"', code))

    assert len(used) >= 10
    assert {one for one in used if f"`{one}`" not in page} == set()
