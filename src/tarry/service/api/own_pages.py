"""Finding what is wrong with the pages of an author's own before anybody is to see one."""

from pathlib import Path

from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.templates import STATUS_NAMES, problem


def check_templates(program: ProgramFile, file: Path) -> None:
    """See that the templates beside a program file can be filled in.

    Raises:
        ProgramFileInvalid: one is not there, cannot be read, or asks for what there is not.
    """
    for operation in program.operations:
        page = operation.dialog or operation.page.own
        if page is not None and page.template:
            _check_template(operation, file, page.template)


def _check_template(operation: Operation, file: Path, name: str) -> None:
    template = file.parent / name
    if not template.is_file():
        raise ProgramFileInvalid(
            where=f"{file}: operations.{operation.name}.page.template",
            reason=f"there is no file {name} beside the program file",
        )
    inputs = frozenset(port.name for port in operation.inputs)
    try:
        wrong = problem(template.read_text("utf-8"), inputs if operation.dialog else STATUS_NAMES)
    except (OSError, UnicodeDecodeError) as error:
        raise ProgramFileInvalid(where=str(template), reason=f"cannot be read: {error}") from error
    if wrong is not None:
        line, reason = wrong
        raise ProgramFileInvalid(
            where=str(template) if line is None else f"{template}:{line}", reason=reason
        )
