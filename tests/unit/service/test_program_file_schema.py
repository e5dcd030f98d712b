"""The JSON Schema of program files and their reader say the same, as far as a schema can."""

import json
import re
import tomllib
from datetime import date, datetime
from pathlib import Path

import jsonschema
import pytest

from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.program_file import read
from tarry.service.model.program_file.keys import TABLES
from tarry.service.model.program_file.schema import json_schema

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "reference" / "program-file.schema.json"
SCHEMA = json_schema()
FILES = sorted(
    file
    for folder in ("examples", "tests/fakes", "tests/interop", "docs")
    for file in (ROOT / folder).rglob("*.toml")
    if "[operations." in file.read_text()
)

START = """
name = "Mesher"
[operations.mesh]
command = ["mesh"]
"""
FULL = r"""
name = "Mesher"
path = "m/Mesher"
namespace = "http://company.example/mesher"
title = "Mesher"
description = "Fills."
keep_for = "12 h"
[operations.mesh]
kind = "asynchronous"
title = "Mesh"
description = "Does it."
command = ["mesh", "{part}", "{case}", "{password}", "{sizes}"]
shell = false
environment = { OMP_NUM_THREADS = "2" }
repeatable = true
grace = "10 s"
after_restart = "again"
box = { network = false, read = ["/opt"] }
limits = { wall_time = "2 h", memory = "1 GiB", output_size = "2 GB" }
page = { picture = "a/b.png", log_lines = 5 }
[operations.mesh.inputs]
part = { type = "file", accept = [".step"], title = "Part", description = "x", required = false }
case = { type = "folder" }
password = { type = "secret" }
kind = { type = "choice", choices = ["a", "b"], default = "a", advanced = true }
sizes = { type = "decimal", many = true, minimum = 0.5, maximum = 9, step = 0.5, default = [1, 2] }
size = { type = "decimal", unit = "mm" }
word = { pattern = "[a-z]+" }
when = { type = "date-time", default = 2026-01-01T00:00:00Z }
[operations.mesh.outputs]
text = { from = { text = "a.txt" }, unset = "-" }
mesh = { type = "file", from = { file = "out/mesh.msh" } }
all = { type = "file", many = true, from = { file = "*.vtu" } }
results = { type = "folder", from = { folder = "results" } }
nodes = { type = "integer", from = { log = '(\d+) nodes' } }
quality = { type = "decimal", from = { json = { file = "q.json", field = "a.0" } } }
code = { type = "integer", from = { exit_code = true } }
many = { many = true, unset = ["x"], from = { log = '(\w+)' } }
[operations.mesh.progress]
log = '(?P<percent>\d+)%'
[operations.again]
kind = "asynchronous"
command = ["again"]
after_restart = ["{here}/resume", "x"]
box = true
limits = { runs_at_once = 2, free_disk = "1 GB" }
progress = { file = "progress" }
[operations.ask]
kind = "synchronous"
command = 'ls "$TARRY_WORK"'
shell = true
time_limit = "3 s"
limits = { runs_at_once = 1 }
[operations.ask.outputs]
listed = { from = { log = '(.*)' } }
[operations.show]
kind = "application"
page = { template = "dialog.html" }
[operations.show.outputs]
answer = { type = "boolean" }
[operations.shown]
kind = "application"
command = ["{python}", "{here}/a.py"]
page = { html = "page.html" }
[operations.shown.outputs]
answer = { from = { text = "answer" } }
"""


def as_json(text: str) -> object:
    """Give a TOML text as an editor hands it to a schema."""

    def plain(value: object) -> object:
        match value:
            case dict():
                return {name: plain(inner) for name, inner in value.items()}
            case list():
                return [plain(inner) for inner in value]
            case datetime() | date():
                return value.isoformat()
            case _:
                return value

    return plain(tomllib.loads(text))


def is_valid(text: str) -> bool:
    """Whether the schema takes a file."""
    return not complaints(text)


def complaints(text: str) -> list[str]:
    """Say what the schema says of a file."""
    return [
        error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(as_json(text))
    ]


def test_the_published_schema_is_that_of_this_version() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == SCHEMA, (
        "run: tarry schema > docs/reference/program-file.schema.json"
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_program_file_of_ours_is_taken_by_both(file: Path) -> None:
    text = file.read_text("utf-8")
    read(text, file=str(file), here=str(file.parent))
    assert complaints(text) == []


def test_a_file_with_every_key_is_taken_by_both() -> None:
    read(FULL)
    assert complaints(FULL) == []


def test_the_example_of_the_reference_is_taken_by_both() -> None:
    page = (ROOT / "docs" / "reference" / "program-file.md").read_text("utf-8")
    example = re.search(r"```toml\n(name = .*?)```", page, re.DOTALL)
    assert example is not None
    read(example[1])
    assert complaints(example[1]) == []


@pytest.mark.parametrize(
    "rest",
    [
        'colour = "red"',
        "repeatable = 1",
        'grace = "5"',
        'kind = "dialog"',
        'command = "ls"',
        'time_limit = "3 s"',
        'kind = "synchronous"\nprogress = { file = "p" }',
        'kind = "synchronous"\npage = { log_lines = 3 }',
        'kind = "synchronous"\nafter_restart = "again"',
        'kind = "synchronous"\nlimits = { wall_time = "3 s" }',
        'kind = "application"',
        'kind = "application"\npage = { picture = "a.png" }',
        'kind = "application"\npage = { template = "a", html = "b" }',
        'kind = "application"\npage = { html = "b" }\nprogress = { file = "p" }',
        'page = { template = "a.html", html = "b.html" }',
        'page = { pictures = "../a.json" }',
        "page = { log_lines = 201 }",
        'page = { picture = "../a.png" }',
        'progress = { file = "a", log = "b" }',
        "progress = {}",
        "progress = { lines = false }",
        'progress = { lines = true, file = "a" }',
        'environment = { TARRY_X = "1" }',
        "environment = { X = 1 }",
        'limits = { memory = "3" }',
        "limits = { runs_at_once = 0 }",
        'limits = { colour = "red" }',
        'after_restart = "never"',
        'box = "yes"',
        "box = { network = 1 }",
        "inputs.serviceID = {}",
        "inputs.work = {}",
        "inputs.1a = {}",
        'inputs.x = { type = "float" }',
        'inputs.x = { type = "string", minimum = 1 }',
        'inputs.x = { unit = "mm" }',
        "inputs.x = { choices = [] , type = 'choice' }",
        'inputs.x = { type = "choice" }',
        'inputs.x = { choices = ["a"] }',
        'inputs.x = { accept = [".a"] }',
        'inputs.x = { type = "file", accept = ["a"] }',
        'inputs.x = { type = "integer", step = 0 }',
        'inputs.x = { type = "integer", step = -1 }',
        'inputs.x = { type = "secret", default = "hunter2" }',
        'inputs.x = { type = "secret", many = true }',
        'inputs.x = { many = true, default = "a" }',
        'inputs.x = { default = ["a"] }',
        'inputs.x = { many = "yes" }',
        'inputs.x = { from = { text = "a" } }',
        "outputs.x = {}",
        "outputs.x = { from = {} }",
        'outputs.x = { from = { text = "a", log = "(b)" } }',
        'outputs.x = { from = { text = "/etc/passwd" } }',
        'outputs.x = { from = { text = "a//b" } }',
        'outputs.x = { from = { file = "a" } }',
        'outputs.x = { type = "file", from = { text = "a" } }',
        'outputs.x = { type = "folder", from = { file = "a" } }',
        'outputs.x = { from = { folder = "a" } }',
        'outputs.x = { type = "folder", many = true, from = { folder = "a" } }',
        'outputs.x = { type = "integer", many = true, from = { exit_code = true } }',
        "outputs.x = { type = 'integer', from = { exit_code = false } }",
        'outputs.x = { from = { json = { file = "a" } } }',
        'outputs.x = { type = "secret", from = { text = "a" } }',
        'outputs.x = { type = "integer", step = 1, from = { text = "a" } }',
        'outputs.x = { advanced = true, from = { text = "a" } }',
        'outputs.x = { default = "a", from = { text = "a" } }',
        'outputs.x = { many = true, unset = "a", from = { text = "a" } }',
    ],
)
def test_what_is_wrong_in_an_operation_is_refused_by_both(rest: str) -> None:
    text = START + rest
    if rest.startswith("command"):
        text = text.replace('command = ["mesh"]\n', "")
    with pytest.raises(ProgramFileInvalid):
        read(text)
    assert not is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'name = "Mesher"',
        'name = "1"\n[operations.a]\ncommand = ["a"]',
        'name = "A"\n[operations]',
        'name = "A"\n[operations.getServiceStatus]\ncommand = ["a"]',
        'name = "A"\n[operations.a-b]\ncommand = ["a"]',
        'name = "A"\n[operations.a]\ncommand = []',
        'name = "A"\n[operations.a]',
        'name = "A"\nkeep_for = 3\n[operations.a]\ncommand = ["a"]',
        'name = "A"\nkeep = "3 d"\n[operations.a]\ncommand = ["a"]',
    ],
)
def test_what_is_wrong_with_the_whole_is_refused_by_both(text: str) -> None:
    with pytest.raises(ProgramFileInvalid):
        read(text)
    assert not is_valid(text)


def known_keys(text: str) -> set[str]:
    """Let the reader say which keys it knows in the table that holds the key `zzzzzz`."""
    with pytest.raises(ProgramFileInvalid) as refused:
        read(text)
    said = re.search(r"zzzzzz: is not known: (.*)", str(refused.value))
    assert said is not None, refused.value
    return set(said[1].split(", "))


PORT = 'pattern = "a", '
SAMPLES = {
    "service": ["zzzzzz = 1\n" + START],
    "operation": [
        START + 'zzzzzz = 1\nprogress = { file = "p" }',
        START + 'zzzzzz = 1\nkind = "application"\npage = { template = "a" }',
    ],
    "input": [START + f"inputs.x = {{ {PORT} zzzzzz = 1 }}"],
    "output": [START + f'outputs.x = {{ {PORT} from = {{ text = "a" }}, zzzzzz = 1 }}'],
    "from": [
        START + f"outputs.x = {{ type = '{kind}', from = {{ {source}, zzzzzz = 1 }} }}"
        for kind, source in (
            ("string", 'text = "a"'),
            ("file", 'file = "a"'),
            ("folder", 'folder = "a"'),
            ("string", 'log = "(a)"'),
            ("string", 'json = { file = "a", field = "b" }'),
            ("integer", "exit_code = true"),
        )
    ],
    "json": [
        START + 'outputs.x = { from = { json = { file = "a", field = "b", zzzzzz = 1 } } }',
    ],
    "progress": [
        START + 'progress = { file = "a", zzzzzz = 1 }',
        START + "progress = { log = '(?P<percent>a)', zzzzzz = 1 }",
        START + "progress = { lines = true, zzzzzz = 1 }",
    ],
    "page": [
        START + 'page = { picture = "a", zzzzzz = 1 }',
        START + 'page = { pictures = "a", template = "b", zzzzzz = 1 }',
        START + 'page = { html = "b", zzzzzz = 1 }',
        START + 'kind = "application"\npage = { template = "a", zzzzzz = 1 }',
        START + 'kind = "application"\npage = { html = "a", zzzzzz = 1 }',
    ],
    "plot": [START + "page = { plot = { log = '(?P<a>b)', zzzzzz = 1 } }"],
    "limits": [
        START + "limits = { zzzzzz = 1 }",
        START + "limits = { wall_time = '1 s', zzzzzz = 1 }",
    ],
    "box": [START + "box = { zzzzzz = 1 }"],
}


@pytest.mark.parametrize("table", list(TABLES))
def test_the_keys_of_the_schema_are_those_that_are_read(table: str) -> None:
    read_keys = set().union(*(known_keys(text) for text in SAMPLES[table]))
    shared = {"default", "step", "advanced"} if table == "output" else set()  # refused there
    assert {key.name for key in TABLES[table]} == read_keys - shared
