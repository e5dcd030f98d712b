"""The pages of applications: filled in from a template, or written by a program."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from tarry.service.adapters.beneath import open_beneath
from tarry.service.errors import FileRefused, ProgramFailed
from tarry.service.model.files import PAGE_FILE
from tarry.service.model.program import Dialog, Operation, ProgramFile

MAX_PAGE = 4 * 1024 * 1024
"""Bytes of a page."""

_SETTLED = 0.5
"""Seconds after which a file that nobody writes to is taken to be whole."""

_PAGES = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def fill_dialog(
    program: ProgramFile, operation: Operation, values: Mapping[str, str | None]
) -> bytes:
    """Fill in the template of an application; values are escaped, so they stay texts.

    Raises:
        ProgramFailed: the template cannot be read or filled in.
    """
    template = Path(program.here) / (operation.dialog.template if operation.dialog else "")
    try:
        page = _PAGES.from_string(template.read_text("utf-8")).render(values)
    except (OSError, UnicodeDecodeError, TemplateError) as error:
        raise ProgramFailed(
            reason=f"The page {template.name} cannot be filled in: {error}"
        ) from error
    return page.encode("utf-8", "replace")


def read_dialog(folder: Path, dialog: Dialog) -> bytes | None:
    """Read a page; `None` if it is not there, or may not be whole.

    Raises:
        FileRefused: it is a link, or leads through one, or is too large.
    """
    place, name = (folder / "work", dialog.html) if dialog.html else (folder, PAGE_FILE)
    try:
        descriptor = open_beneath(place, name)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        page = file.read(MAX_PAGE + 1)
        age = time.time() - os.fstat(file.fileno()).st_mtime
    if len(page) > MAX_PAGE:
        raise FileRefused(path=name, reason=f"it is larger than {MAX_PAGE} bytes")
    whole = page.rstrip().lower().endswith(b"</html>") or age >= _SETTLED
    return page if page and whole else None
