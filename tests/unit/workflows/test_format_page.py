"""The format page says what the code does."""

import re
from pathlib import Path

import pytest

from tarry.platform.workflows import json_form, validation
from tarry.platform.workflows.model import Constant, Wire, conditions, numbered
from tarry.platform.workflows.model.nodes import MOST_ROUNDS, RETRY_PAUSE, WIDTH
from tarry.platform.workflows.model.walking import MOST_LEVELS
from tarry.platform.workflows.validation import constructs, nesting, using
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
    code = "".join(path.read_text() for path in Path(validation.__file__).parent.glob("*.py"))
    # Every problem is made in one of these three ways.
    made = r'(?:problem\([^,]+,\s*|Misfit\(|return (?=")|code=)"([a-z-]+)"'
    used = set(re.findall(made, code))

    assert len(used) >= 35
    assert {one for one in used if f"`{one}`" not in page} == set()


def snippets(page: str) -> list[str]:
    """The pieces of XML on the page that are no whole document, with a step where `…` stands."""
    found = re.findall(r"```xml\n(<(?!\?xml).*?)```", page, re.DOTALL)
    return [piece.replace("…", '<service URI="#x"/>') for piece in found]


def test_every_piece_of_xml_on_the_page_is_read_and_written_back(page: str) -> None:
    kinds: set[str] = set()
    for piece in snippets(page):
        inside = piece
        if piece.startswith(("<input", "<t:on-failure")):
            inside = (
                f'<service URI="http://company/async/mesher.owl#mesh_Service">{piece}</service>'
            )
        data = (
            f'<workflow xmlns:t="{names.NAMESPACE}" URI="#w"><services><sequence>'
            f"{inside}</sequence></services></workflow>"
        )
        document = read(data.encode())

        assert document.unknown == ()
        assert read(write(document)) == document
        kinds |= {type(node).__name__ for node in document.body.nodes}
    assert kinds == {"Step", "Branch", "Repeat", "ForEach"}


def test_the_json_example_says_the_same_as_the_xml_one(page: str) -> None:
    in_xml = re.search(r"```xml\n(<\?xml.*?)```", page, re.DOTALL)
    in_json = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert in_xml is not None
    assert in_json is not None

    assert json_form.read(in_json.group(1).encode()) == read(in_xml.group(1).encode())


def test_limits_and_defaults_stand_on_the_page(page: str) -> None:
    flat = " ".join(page.split())

    assert f"(1 to {constructs.MOST_ROUNDS:,}; {MOST_ROUNDS:,} if it is not there)" in flat
    assert f"(1 to {constructs.MOST_WIDTH:,}; {WIDTH} if it is not there)" in flat
    assert f"0 to {using.MOST_RETRIES} | 0 |" in flat
    assert f"up to {using.LONGEST_TIME_OUT.days} days" in flat
    assert f"| {int(RETRY_PAUSE.total_seconds())} |" in flat
    assert f"Constructs may stand in each other {MOST_LEVELS} deep" in flat
    assert f"Conditions may stand in each other {conditions.MOST_LEVELS} deep" in flat
    assert f"takes its place, {nesting.MOST_LEVELS} deep at most" in flat
    assert f"({nesting.MOST_LEVELS}; constructs {nesting.MOST_CONSTRUCTS})" in flat
    assert f"more than {nesting.MOST_NODES:,} nodes" in flat


def test_every_form_of_a_condition_stands_on_the_page(page: str) -> None:
    forms = re.findall(r"`([a-zA-Z]+)\([a-c](?:, [b…])?\)`", page)

    assert {"isTrue", "not", "all", "any", *conditions.Comparison} == set(forms)


def test_every_kind_of_node_and_key_of_the_schema_is_named_in_the_xml_or_json_form(
    page: str,
) -> None:
    definitions = json_form.json_schema()["$defs"]
    kinds = {ref["$ref"].rpartition("/")[2] for ref in definitions["node"]["oneOf"]}

    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()


def test_every_element_and_attribute_of_ours_stands_on_the_page(page: str) -> None:
    ours = {
        value.rpartition("}")[2]
        for value in vars(names).values()
        if isinstance(value, str) and value.startswith(f"{{{names.NAMESPACE}}}")
    }

    assert len(ours) >= 25
    assert {name for name in ours if f"t:{name}" not in page} == set()
