"""The whole file, and what it says of the service itself."""

import re
import tomllib
from decimal import Decimal

from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.interface import doors
from tarry.service.model.program import ProgramFile
from tarry.service.model.program_file.operations import read_operations
from tarry.service.model.program_file.words import NAME
from tarry.service.model.table import Table
from tarry.soap.errors import BadInterface

_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+", re.ASCII)


def read(text: str, *, file: str = "program file", here: str = "") -> ProgramFile:
    """Read a program file.

    Args:
        text: its content.
        file: how errors call it.
        here: the folder it lies in; what `{here}` stands for.

    Raises:
        ProgramFileInvalid: it names file, line and key, and what would be right.
    """
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = found.group(1) if found else len(text.splitlines())  # at the end of the document
        where = f"{file}:{line}"
        reason = re.sub(r" \(at .*\)$", "", str(error))
        raise ProgramFileInvalid(where=where, reason=f"is not TOML: {reason}") from error
    root = Table(values, file=file, text=text)
    name = _name(root, "name")
    default = ProgramFile(name=name, path=name, namespace=f"urn:tarry:service:{name}")
    program = ProgramFile(
        name=name,
        path=_service_path(root, default.path),
        namespace=_namespace(root, default.namespace),
        title=root.text("title", name),
        description=root.text("description", ""),
        keep_for=root.duration("keep_for", default.keep_for),
        operations=read_operations(root.table("operations"), root),
        text=text,
        here=here,
    )
    root.done()
    try:
        doors(program)
    except BadInterface as error:
        root.fail("operations", str(error))
    return program


def _name(root: Table, key: str) -> str:
    name = root.text(key)
    if not NAME.fullmatch(name):
        root.fail(key, "must be letters, digits and _, beginning with a letter")
    return name


def _service_path(root: Table, default: str) -> str:
    path = root.text("path", default)
    if not all(_SEGMENT.fullmatch(part) for part in path.split("/")):
        root.fail("path", "must be names between single slashes, such as 'waiter/Waiter'")
    return path


def _namespace(root: Table, default: str) -> str:
    namespace = root.text("namespace", default)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", namespace):
        root.fail("namespace", "must be a URI, such as 'http://company.example/waiter'")
    return namespace
