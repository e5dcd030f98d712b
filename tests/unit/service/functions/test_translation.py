"""What functions say of themselves becomes a program file."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.fakes.functions import HEAD, module

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.service.api.settings import read_program
from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.program import Operation, ProgramFile

MANY_TYPES = '''
class Finish(Enum):
    """How it is finished."""
    RAW = "raw"
    POLISHED = 2

class Found(NamedTuple):
    """What was found.

    Attributes:
        weight: of all of it.
    """
    weight: Annotated[Decimal, port(unit="kg", title="Weight")]
    note: str | None

@service.asynchronous(repeatable=True, grace="30 s", title="Mill a part", page={"log_lines": 40})
def mill(
    run: Run,
    name: str,
    remark: Annotated[str, port(type="text")] = "",
    count: Annotated[int, port(minimum=1, maximum=9)] = 3,
    size: Annotated[Decimal, port(unit="mm", minimum=0.1)] = Decimal("2.50"),
    ratio: float = 0.5,
    fast: bool = True,
    when: datetime | None = None,
    side: Literal["left", "right"] = "left",
    finish: Finish = Finish.POLISHED,
) -> Found:
    """Mill a part,
    as it is drawn.

    More of it.

    Args:
        name: how it is called,
            by people.
        size (Decimal): of the tool.
    """
'''


def program(tmp_path: Path, text: str) -> ProgramFile:
    """Load a module."""
    return read_program(module(tmp_path, text))


def operation(tmp_path: Path, text: str) -> Operation:
    """Load a module of one operation."""
    (found,) = program(tmp_path, text).operations
    return found


def refused(tmp_path: Path, text: str) -> str:
    """Give the message with which a module is refused."""
    with pytest.raises(ProgramFileInvalid) as raised:
        program(tmp_path, text)
    return str(raised.value)


def test_type_hints_become_ports(tmp_path: Path) -> None:
    mill = operation(tmp_path, MANY_TYPES)

    assert mill.inputs == (
        Port(name="name", description="how it is called, by people."),
        Port(name="remark", type=PortType.TEXT, default=""),
        Port(
            name="count",
            type=PortType.INTEGER,
            default="3",
            minimum=Decimal(1),
            maximum=Decimal(9),
        ),
        Port(
            name="size",
            type=PortType.DECIMAL,
            description="of the tool.",
            default="2.50",
            unit="mm",
            minimum=Decimal("0.1"),
        ),
        Port(name="ratio", type=PortType.DECIMAL, default="0.5"),
        Port(name="fast", type=PortType.BOOLEAN, default="true"),
        Port(name="when", type=PortType.DATE_TIME, required=False),
        Port(name="side", type=PortType.CHOICE, choices=("left", "right"), default="left"),
        Port(name="finish", type=PortType.CHOICE, choices=("raw", "POLISHED"), default="POLISHED"),
    )


def test_a_named_tuple_becomes_several_outputs(tmp_path: Path) -> None:
    mill = operation(tmp_path, MANY_TYPES)

    assert [output.port for output in mill.outputs] == [
        Port(
            name="weight",
            type=PortType.DECIMAL,
            title="Weight",
            description="of all of it.",
            unit="kg",
        ),
        Port(name="note", required=False),
    ]


def test_docstring_and_settings_reach_the_operation(tmp_path: Path) -> None:
    mill = operation(tmp_path, MANY_TYPES)

    assert mill.description == "Mill a part, as it is drawn.\nMore of it."
    assert (mill.title, mill.repeatable, mill.kind) == ("Mill a part", True, Kind.ASYNCHRONOUS)
    assert (mill.grace.total_seconds(), mill.page.log_lines) == (30, 40)


def test_one_value_is_called_result_and_a_dataclass_has_its_fields(tmp_path: Path) -> None:
    text = '''
@dataclass
class Both:
    a: int
    b: list[str]

@service.synchronous
def one() -> Annotated[int, port(minimum=0)]:
    """Count.

    Returns:
        How many.
    """

@service.synchronous
def two() -> Both: ...

@service.synchronous(name="none")
def another_name() -> None: ...
'''
    one, two, none = program(tmp_path, text).operations

    assert [output.port for output in one.outputs] == [
        Port(name="result", type=PortType.INTEGER, description="How many.", minimum=Decimal(0))
    ]
    assert [(o.port.name, o.port.type, o.port.many) for o in two.outputs] == [
        ("a", PortType.INTEGER, False),
        ("b", PortType.STRING, True),
    ]
    assert (none.name, none.outputs) == ("none", ())


def test_the_module_says_what_the_service_is_for(tmp_path: Path) -> None:
    file = module(tmp_path, "@service.synchronous\ndef f() -> None: ...\n")
    file.write_text('"""Makes parts."""\n' + file.read_text())

    assert read_program(file).description == "Makes parts."


def test_decorated_functions_stay_functions(tmp_path: Path) -> None:
    text = "@service.synchronous\ndef f(a: int) -> int:\n    return a + 1\nassert f(1) == 2\n"

    assert operation(tmp_path, text).name == "f"


def test_a_module_may_put_off_the_reading_of_its_hints(tmp_path: Path) -> None:
    file = module(tmp_path, "@service.synchronous\ndef f(a: int, run: Run) -> Decimal: ...\n")
    file.write_text("from __future__ import annotations\n" + file.read_text())

    (f,) = read_program(file).operations
    assert [port.type for port in f.inputs] == [PortType.INTEGER]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@S\ndef f(a) -> int: ...", "f(a): needs a type hint"),
        ("@S\ndef f(a: bytes) -> int: ...", "f(a): bytes is no type of an input or output"),
        ("@S\ndef f(a: int | str) -> int: ...", "f(a): int | str is several types"),
        ("@S\ndef f(a: list[list[int]]) -> int: ...", "f(a): a list holds plain values"),
        ("@S\ndef f(a: int = None) -> int: ...", "f(a): a default of None needs the hint"),
        ("@S\ndef f(a: int = 'x') -> int: ...", "f(a): its default does not fit its hint"),
        ("@S\ndef f(*a: int) -> int: ...", "f(a): each input needs a name"),
        ("@S\ndef f(**a: int) -> int: ...", "f(a): each input needs a name"),
        ("@S\ndef f(a: int, /) -> int: ...", "f(a): each input needs a name"),
        ("@S\ndef f(): ...", "f(): needs the type of what it returns"),
        ("@S\ndef f() -> tuple[int, int]: ...", "f(): several outputs need names"),
        ("@S\ndef f() -> dict: ...", "f(): what it returns: dict is no type"),
        ("@S\ndef f(a: 'Unknown') -> int: ...", "f(): a type hint names 'Unknown'"),
        ("@S\nasync def f(a: Path) -> int: ...", "f(a): files and secrets go to a plain 'def'"),
        ("@S\nasync def f() -> Path: ...", "f(): files come from a plain 'def'"),
        ("@S\nasync def f(run: Run) -> int: ...", "f(run): an 'async def' runs in the service"),
        ("@A\nasync def f() -> int: ...", "f(): asynchronous operations run in a process of"),
        ("@S\ndef f() -> int: ...\n@S\ndef f() -> int: ...", "f(): the service Made has"),
        ("@S\ndef f(a: Annotated[int, port(minimum='x')]) -> int: ...", "f(a).minimum: must be a"),
        (
            "@S\ndef f(a: Annotated[str, port(unit='mm')]) -> int: ...",
            "f(a).unit: is for numbers only",
        ),
        ("@S\ndef f() -> Annotated[str, port(unit='m')]: ...", "f() -> result.unit: is for numb"),
        ("@S(repeat=True)\ndef f() -> int: ...", "operations.f.repeat: is not known here: did you"),
        ("@S\ndef f(sessionToken: str) -> int: ...", "f(sessionToken): is a name that the"),
        ("@P\ndef f() -> int: ...", "f(): an application returns its page"),
    ],
)
def test_what_cannot_be_used_is_refused_by_function_and_parameter(
    tmp_path: Path, text: str, message: str
) -> None:
    decorators = {"@S": "@service.synchronous", "@A": "@service.asynchronous"}
    for short, whole in {**decorators, "@P": "@service.application"}.items():
        text = text.replace(short, whole)
    said = refused(tmp_path, text)

    assert message in said
    assert said.startswith(str(tmp_path / "made.py"))


def test_errors_of_the_module_itself_name_its_line(tmp_path: Path) -> None:
    line = HEAD.count("\n") + 1
    assert f"made.py:{line}: cannot be imported: ZeroDivisionError" in refused(tmp_path, "1 / 0\n")
    assert "cannot be imported: SystemExit: 3" in refused(tmp_path, "raise SystemExit(3)\n")
    assert "cannot be imported: SyntaxError" not in refused(tmp_path, "1 / 0\n")


def test_a_module_defines_exactly_one_service(tmp_path: Path) -> None:
    assert "defines 2 services" in refused(tmp_path, "other = Service('Other')\n")
    assert "defines no service" in refused(tmp_path, "del service\n")
    assert "needs at least one operation" in refused(tmp_path, "")
