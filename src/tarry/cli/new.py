"""`tarry new`: the folder of a service, to begin with."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.failures import Failure
from tarry.contract.errors import InvalidValue
from tarry.contract.ports import Port, PortType, parse

if TYPE_CHECKING:
    from jinja2 import Environment

SAMPLE_COMMAND = "{python} {here}/NAME.py {steps} {work}/result.txt"
PROGRESS = r"(?P<percent>[0-9]+) ?%"
OWN = frozenset({"here", "work", "python"})
TYPES = ("string", "text", "integer", "decimal", "boolean", "file")
NUMBERS = frozenset({"integer", "decimal", "boolean"})
EXECUTABLE = frozenset({"run.sh", "call.sh"})
_PLACEHOLDER = re.compile(r"(?<!\{)\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, kw_only=True)
class Input:
    """An input of the new service.

    Attributes:
        default: as it is written in TOML; `None` for a required input.
    """

    name: str
    type: str
    default: str | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be written."""

    name: str
    title: str
    command: tuple[str, ...]
    inputs: tuple[Input, ...]
    result: str
    result_is_file: bool
    has_sample: bool

    @property
    def file_name(self) -> str:
        """The name that the files have in common."""
        return self.name.lower()


@click.command()
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), help="Where; by default ./NAME.")
@click.option("--yes", is_flag=True, help="Ask nothing: a small service that runs as it is.")
def new(name: str, folder: Path | None, yes: bool) -> None:
    """Begin a service called NAME: program file, settings, container, test call, test, README.

    A few questions are asked: which command runs, and of what type its inputs are, which stand in
    the command in braces: mysolver {deck} -o {work}/result.txt
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", name, re.ASCII):
        shown = name if len(name) <= 100 else f"{name[:97]}…"
        raise click.UsageError(
            f"{shown!r} is no name for a service: letters, digits and _ only, at most 100"
        )
    target = folder or Path(name.lower())
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise Failure(f"{target} is no empty folder.", hint="Choose another with --folder.")
        plan = sample(name) if yes else _ask(name)
        write(plan, target)
    except OSError as error:
        raise Failure(
            f"{target} cannot be written: {error.strerror}.", hint="Choose another with --folder."
        ) from error
    click.echo(f"Written to {target}. Try next:")
    click.echo(f"  tarry up {target / plan.file_name}.toml")


def sample(name: str) -> Plan:
    """Give a service around a small program of its own."""
    command = SAMPLE_COMMAND.replace("NAME", name.lower())
    return Plan(
        name=name,
        title=name,
        command=tuple(shlex.split(command)),
        inputs=(Input(name="steps", type="integer", default="10"),),
        result="result.txt",
        result_is_file=False,
        has_sample=True,
    )


def _ask(name: str) -> Plan:
    title = click.prompt("Title, for people", default=name)
    suggested = SAMPLE_COMMAND.replace("NAME", name.lower())
    click.echo("The command, with inputs in braces. {here} is the folder of the new files, {work}")
    click.echo("the run's own folder; nothing else is filled in, and there is no shell.")
    command = _split(click.prompt("Command", default=suggested))
    names = dict.fromkeys(found for argument in command for found in _PLACEHOLDER.findall(argument))
    inputs = tuple(_ask_input(found) for found in names if found not in OWN)
    result = click.prompt("File that holds the result, below {work}", default="result.txt")
    is_file = not click.confirm("Is it a short text (else it is offered as a file)?", default=True)
    return Plan(
        name=name,
        title=title,
        command=command,
        inputs=inputs,
        result=result,
        result_is_file=is_file,
        has_sample=command == tuple(shlex.split(suggested)),
    )


def _split(command: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        raise Failure(f"The command cannot be read: {error}") from error
    if not words:
        raise Failure("There is no command.")
    return words


def _ask_input(name: str) -> Input:
    kind = click.prompt(f"Type of {name}", type=click.Choice(TYPES), default="string")
    default: str | None = None
    while kind != "file":
        text = click.prompt(f"Default of {name} (empty: it is required)", default="")
        if not text:
            break
        try:
            parse(Port(name=name, type=PortType(kind)), text)
        except InvalidValue as error:
            click.echo(str(error))
            continue
        default = text.strip() if kind in NUMBERS else _toml(text)
        break
    return Input(name=name, type=kind, default=default)


def write(plan: Plan, target: Path) -> None:
    """Write all files of a new service."""
    templates = _templates()
    quick = [f"{one.name}=2" for one in plan.inputs if one.type in {"integer", "decimal"}]
    test_name = f"test_{plan.file_name}.py"
    files = {
        f"{plan.file_name}.toml": "service.toml.j2",
        "env": "env.j2",
        "Dockerfile": "Dockerfile.j2",
        "compose.yaml": "compose.yaml.j2",
        "run.sh": "run.sh.j2",
        "call.sh": "call.sh.j2",
        test_name: "test_service.py.j2",
        "README.md": "README.md.j2",
    }
    if plan.has_sample:
        files[f"{plan.file_name}.py"] = "program.py.j2"
    target.mkdir(parents=True, exist_ok=True)
    for file, template in files.items():
        text = templates.get_template(template).render(
            **vars(plan),
            file_name=plan.file_name,
            path=f"{plan.file_name}/{plan.name}",
            operation=f"start{plan.name[0].upper()}{plan.name[1:]}",
            progress=PROGRESS,
            quick=quick,
            test_name=test_name,
        )
        (target / file).write_text(text, encoding="utf-8")
        if file in EXECUTABLE:
            (target / file).chmod(0o755)


def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tarry.cli", "new_files"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - these are no HTML pages
        keep_trailing_newline=True,
        trim_blocks=False,
    )
    environment.filters["toml"] = _toml
    environment.filters["python"] = repr
    return environment


def _toml(text: str) -> str:
    """Write a text as a TOML string: a JSON string is one, but for one escape."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
