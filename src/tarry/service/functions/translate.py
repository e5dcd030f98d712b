"""From functions to the program file that runs them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from tarry.contract.kinds import Kind
from tarry.service.errors import ProgramFileInvalid
from tarry.service.functions.kit import Declared, Service
from tarry.service.functions.names import (
    FILES_FOLDER,
    OUTPUTS_FILE,
    PAGE_FILE,
    PICTURES_FILE,
)
from tarry.service.functions.signature import Input, fail
from tarry.service.functions.toml import write_toml
from tarry.service.model import program_file
from tarry.service.model.program import ProgramFile

RUNNER = "tarry.service.functions"

_TIMES = ("keep_for", "time_limit", "grace")


def program_of(service: Service, file: Path, *, description: str = "") -> ProgramFile:
    """Give the program file that a service amounts to.

    Args:
        service: as its author wrote it.
        file: the module that holds it.
        description: what the module says of itself.

    Raises:
        ProgramFileInvalid: something that was said of a port or an operation cannot be used.
    """
    for declared in service.operations.values():
        _check_defaults(declared)
    try:
        text = write_toml(_document(service, file, description))
    except TypeError as error:
        raise ProgramFileInvalid(where=str(file), reason=str(error)) from error
    try:
        return program_file.read(text, file=str(file), here=str(file.parent.resolve()))
    except ProgramFileInvalid as error:
        raise ProgramFileInvalid(
            where=_in_words_of_functions(error.facts["where"], file), reason=error.facts["reason"]
        ) from error


def _in_words_of_functions(where: str, file: Path) -> str:
    """Name functions and parameters, and no line of a file that nobody wrote."""
    where = str(file) + re.sub(r"^:\d+", "", where.removeprefix(str(file)))
    where = re.sub(r"\boperations\.(\w+)\.inputs\.(\w+)", r"\1(\2)", where)
    return re.sub(r"\boperations\.(\w+)\.outputs\.(\w+)", r"\1() -> \2", where)


def _document(service: Service, file: Path, description: str) -> dict[str, object]:
    head: dict[str, object] = {"name": service.name}
    if description:
        head["description"] = description
    operations = {name: _operation(op, file) for name, op in service.operations.items()}
    return {**head, **_plain(service.settings), "operations": operations}


def _operation(declared: Declared, file: Path) -> dict[str, object]:
    signature, settings = declared.signature, _plain(declared.settings)
    _check_settings(declared)
    found: dict[str, object] = {"kind": declared.kind.value}
    if signature.docstring.text:
        found["description"] = signature.docstring.text
    name = file.name.replace("{", "{{").replace("}", "}}")
    # -P: what lies in the working folder is not imported
    found["command"] = [
        *("{python}", "-P", "-m", RUNNER),
        *(f"{{here}}/{name}", declared.name, "{inputs}"),
    ]
    if declared.kind is Kind.ASYNCHRONOUS and signature.run:
        found["progress"] = {"lines": True}
        settings["page"] = {"pictures": PICTURES_FILE, **_table(settings.get("page"))}
    if declared.kind is Kind.APPLICATION:
        settings["page"] = {"html": PAGE_FILE, **_table(settings.get("page"))}
    found |= settings
    if signature.inputs:
        found["inputs"] = {name: _input(port) for name, port in signature.inputs.items()}
    if signature.outputs:
        found["outputs"] = {
            name: _output(name, port, reported=signature.returns)
            for name, port in signature.outputs.items()
        }
    return found


def _check_settings(declared: Declared) -> None:
    """Refuse what would be promised and not kept: an `async def` has no process of its own."""
    if declared.kind is not Kind.SYNCHRONOUS or not declared.signature.asynchronous:
        return
    for key in ("box", "limits", "environment"):
        if declared.settings.get(key):
            fail(
                declared.function,
                None,
                f"{key} is for functions with a process of their own, and an async def runs in "
                "that of the service; write def instead",
            )


def _port(port: Input) -> dict[str, object]:
    hint = port.hint
    found: dict[str, object] = {"type": hint.type}
    if port.description:
        found["description"] = port.description
    if hint.choices:
        found["choices"] = list(hint.choices)
    if hint.many:
        found["many"] = True
    return {**found, **_plain(hint.facets)}


def _input(port: Input) -> dict[str, object]:
    found = _port(port)
    # a default that a program file cannot hold, or must not, is left to the function
    if (
        port.has_default
        and port.default not in (None, [], ())
        and port.hint.type not in {"file", "folder", "secret"}
    ):
        found["default"] = _default(port)
    elif port.has_default or port.hint.optional:
        found["required"] = False
    return found


def _output(name: str, port: Input, *, reported: bool) -> dict[str, object]:
    found = _port(port)
    if port.hint.optional:
        found["required"] = False
    if not reported:
        return found
    match port.hint.type:
        case "file":
            found["from"] = {"file": f"{FILES_FOLDER}/{name}/*"}
        case "folder":
            found["from"] = {"folder": f"{FILES_FOLDER}/{name}"}
        case _:
            found["from"] = {"json": {"file": OUTPUTS_FILE, "field": name}}
    return found


def _check_defaults(declared: Declared) -> None:
    for name, port in declared.signature.inputs.items():
        if port.has_default and port.default is not None:
            try:
                _default(port)
            except (TypeError, ValueError, AttributeError) as error:
                fail(declared.function, name, f"its default does not fit its hint: {error}")


def _default(port: Input) -> object:
    return port.hint.write(port.default)


def _plain(settings: Mapping[str, object]) -> dict[str, object]:
    """Give settings as a program file has them: time spans are texts there."""
    found = dict(settings)
    for key in _TIMES:
        value = found.get(key)
        if isinstance(value, timedelta):
            found[key] = f"{value.total_seconds():g} s"
    return found


def _table(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}
