"""Program files: what they mean, and errors that name file, line and key."""

import re
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.tarry_service import CALCULATOR, ROOT, WAITER

from tarry.contract.kinds import Kind
from tarry.contract.ports import PortType
from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.program import (
    ExitCode,
    JsonField,
    LogLine,
    ProgressFile,
    ProgressLog,
    StoredFile,
    TextFile,
)
from tarry.service.model.program_file import read

START = """name = "Mesher"
[operations.mesh]
command = ["mesh", "{size}"]
[operations.mesh.inputs.size]
type = "decimal"
unit = "mm"
minimum = 0.1
"""


def refused(text: str) -> str:
    """Give the message with which a program file is refused."""
    with pytest.raises(ProgramFileInvalid) as raised:
        read(text, file="mesher.toml")
    return str(raised.value)


def test_the_waiter_is_the_tutorials_interface() -> None:
    program = read(WAITER.read_text())

    (operation,) = program.operations
    assert (program.name, program.path) == ("Waiter", "waiter/Waiter")
    assert (operation.name, operation.kind) == ("startWaiter", Kind.ASYNCHRONOUS)
    (seconds,) = operation.inputs
    assert (seconds.name, seconds.type, seconds.default) == (
        "secondsToWait",
        PortType.INTEGER,
        "300",
    )
    assert (seconds.minimum, seconds.maximum) == (Decimal(1), Decimal(604_800))
    assert operation.unset() == {"result": "UNSET"}
    assert operation.progress == ProgressFile("status.txt")


def test_the_calculator_has_four_synchronous_repeatable_operations() -> None:
    program = read(CALCULATOR.read_text())

    assert [operation.name for operation in program.operations] == [
        "add",
        "subtract",
        "multiply",
        "divide",
    ]
    assert all(op.kind is Kind.SYNCHRONOUS and op.repeatable for op in program.operations)


def test_what_is_not_said_has_a_default() -> None:
    program = read(START)

    (operation,) = program.operations
    assert program.path == "Mesher"
    assert program.namespace == "urn:tarry:service:Mesher"
    assert program.keep_for == timedelta(days=30)
    assert operation.kind is Kind.ASYNCHRONOUS
    assert not operation.repeatable
    assert operation.inputs[0].minimum == Decimal("0.1")


def test_every_source_of_an_output_is_understood() -> None:
    program = read(
        START
        + """
[operations.mesh.outputs]
text = { from = { text = "a/b.txt" } }
mesh = { type = "file", from = { file = "mesh.msh" }, accept = [".msh"] }
nodes = { type = "integer", from = { log = "(\\\\d+) nodes" } }
quality = { type = "decimal", from = { json = { file = "q.json", field = "mesh.0.quality" } } }
code = { type = "integer", from = { exit_code = true } }
"""
    )

    sources = {output.port.name: output.source for output in program.operations[0].outputs}
    assert sources["text"] == TextFile("a/b.txt")
    assert sources["mesh"] == StoredFile("mesh.msh")
    assert isinstance(sources["nodes"], LogLine)
    assert sources["quality"] == JsonField("q.json", ("mesh", "0", "quality"))
    assert sources["code"] == ExitCode()


def test_dummies_can_be_read_as_the_type_of_their_port() -> None:
    program = read(
        START
        + """
[operations.mesh.outputs]
text = { from = { text = "t" } }
nodes = { type = "integer", from = { text = "n" } }
positive = { type = "decimal", minimum = 2.5, from = { text = "p" } }
fine = { type = "boolean", from = { text = "f" } }
when = { type = "date-time", from = { text = "w" } }
own = { type = "integer", unset = -1, from = { text = "o" } }
"""
    )

    assert program.operations[0].unset() == {
        "text": "UNSET",
        "nodes": "0",
        "positive": "2.5",
        "fine": "false",
        "when": "1970-01-01T00:00:00Z",
        "own": "-1",
    }


def test_progress_may_come_from_the_log() -> None:
    program = read(START + "[operations.mesh.progress]\nlog = '(?P<step>\\d+)/(?P<total>\\d+)'")

    assert isinstance(program.operations[0].progress, ProgressLog)


def test_defaults_keep_every_digit() -> None:
    program = read(START + "maximum = 1.10000000000000000001\ndefault = 0.30000000000000000001")

    assert program.operations[0].inputs[0].default == "0.30000000000000000001"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "mesher.toml:1: is not TOML"),
        ("", "mesher.toml: name is missing"),
        ('name = "a b"', "mesher.toml:1: name: must be letters"),
        ('name = "M"', "needs at least one operation"),
        ('name = "M"\npath = "../x"\n[operations.a]\ncommand=["x"]', "mesher.toml:2: path"),
        ('name = "M"\ntitel = "x"\n[operations.a]\ncommand=["x"]', "did you mean title?"),
        (START + "maximun = 3", "mesher.toml:8: operations.mesh.inputs.size.maximun: is not known"),
        (START + 'maximum = "3"', "mesher.toml:8: operations.mesh.inputs.size.maximum: must be a"),
        (START + "maximum = nan", "size.maximum: must be a number that can be written out"),
        (START + "maximum = 1e99999", "size.maximum: must be a number that can be written out"),
        (START + "maximum = 0.05", "size.minimum: is above the maximum"),
        (START + "default = 0.05", "size.default: does not fit the port itself"),
        (START + 'choices = ["a"]', "size.choices"),
        (START + 'accept = [".a"]', "size.accept: is for files only"),
        (START.replace('"decimal"', '"number"'), "mesher.toml:5: operations.mesh.inputs.size.type"),
        (
            START.replace("{size}", "{sice}"),
            "{sice} is no input; there are: here, inputs, messages",
        ),
        (START.replace("{size}", "{size"), "mesher.toml:3: operations.mesh.command: a single '{'"),
        (START.replace('"mesh", ', '"{size}", '), "the program itself may use {here} and {python}"),
        (START.replace('["mesh", "{size}"]', '"mesh {size}"'), "command: must be a list of texts"),
        (START.replace('command = ["mesh", "{size}"]\n', ""), "command needs at least"),
        (START.replace("operations.mesh", "operations.getServiceStatus"), "keeps for itself"),
        (START.replace("inputs.size", "inputs.serviceID"), "keeps for itself"),
        (START.replace("inputs.size", "inputs.work"), "placeholders keep for themselves"),
        (START + "[operations.mesh.environment]\nTARRY_X = 'a'", "mesher.toml:9"),
        (START + "[operations.mesh.environment]\nX = '{size}'", "may use {here} and {work} only"),
        (START + "[operations.mesh.environment]\nX = 4", "must be a text in quotes, not 4"),
        (START + "[operations.mesh.outputs.r]\ntype='string'", "from is missing"),
        (START + "[operations.mesh.outputs.r]\nfrom={text='../r'}", "must be a file in the run's"),
        (START + "[operations.mesh.outputs.r]\nfrom={text='/etc/passwd'}", "must be a file in"),
        (START + "[operations.mesh.outputs.r]\nfrom={file='r'}", "comes from { file = … }"),
        (START + "[operations.mesh.outputs.r]\nfrom={log='('}", "is no regular expression"),
        (START + "[operations.mesh.outputs.r]\nfrom={log='a'}", "needs a group"),
        (START + "[operations.mesh.outputs.r]\nfrom={text='r', log='(a)'}", "exactly one of"),
        (
            START + "[operations.mesh.outputs.r]\ntype='integer'\nunset='UNSET'\nfrom={text='r'}",
            "mesher.toml:10: operations.mesh.outputs.r.unset: clients could not read it",
        ),
        (
            START + "[operations.mesh.outputs.size]\nfrom={text='r'}",
            "has the name of an input and another type",
        ),
        (START + "[operations.mesh.progress]", "needs exactly one of: file, log, lines"),
        (START + "[operations.mesh.progress]\nlog='x'", "needs the group (?P<percent>…)"),
        (START + "[operations.mesh.page]\npicture='~/x'", "must be a file in the run's"),
        (START + "[operations.mesh.page]\nlog_lines=1000", "a whole number from 0 to 200"),
        (START.replace('"Mesher"', '"mesh"'), "operations: Interface mesh: mesh occurs twice"),
        ("keep_for = 30\n" + START, "must be a time span such as"),
        (
            START.replace("command =", 'time_limit = "5 s"\ncommand ='),
            "time_limit: is for synchronous operations only",
        ),
        (
            START.replace("command =", 'kind = "application"\ncommand ='),
            "an application has a page: { template = … }",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_file_line_and_key(text: str, message: str) -> None:
    assert message in refused(text)


def test_an_error_in_an_inline_table_names_the_line_of_the_table() -> None:
    text = START + "\n[operations.mesh.outputs]\n# a comment\nnodes = { type = 'whole' }\n"

    assert refused(text).startswith("mesher.toml:11: operations.mesh.outputs.nodes")


@given(st.text())
def test_any_text_is_either_read_or_refused(text: str) -> None:
    with suppress(ProgramFileInvalid):
        read(text)


def test_the_programs_in_the_documentation_are_read() -> None:
    page = (ROOT / "docs" / "reference" / "program-file.md").read_text()
    texts = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert texts
    for text in texts:
        read(text)
