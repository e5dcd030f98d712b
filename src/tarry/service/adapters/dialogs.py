"""Pages of an author's own: filled in from a template, or written by a program."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from tarry.service.adapters.beneath import open_beneath
from tarry.service.errors import FileRefused, ProgramFailed
from tarry.service.model.files import PAGE_FILE
from tarry.service.model.program import OwnPage, ProgramFile
from tarry.service.model.templates import TemplateBroken, fill

MAX_PAGE = 4 * 1024 * 1024
"""Bytes of a page."""

_SETTLED = 0.5
"""Seconds after which a file that nobody writes to is taken to be whole."""


def fill_page(program: ProgramFile, page: OwnPage, values: Mapping[str, object]) -> bytes:
    """Fill in a template that lies beside the program file; see `FillPage`.

    Raises:
        ProgramFailed: the template cannot be read or filled in.
    """
    template = Path(program.here) / page.template
    try:
        filled = fill(template.read_text("utf-8"), values)
    except (OSError, UnicodeDecodeError, TemplateBroken) as error:
        raise ProgramFailed(
            reason=f"The page {template.name} cannot be filled in: {error}"
        ) from error
    if len(filled) > MAX_PAGE:
        raise ProgramFailed(reason=f"The page {template.name} is larger than {MAX_PAGE} bytes")
    return filled


def read_page(folder: Path, page: OwnPage) -> bytes | None:
    """Read a page; `None` if it is not there, or may not be whole.

    Raises:
        FileRefused: it is a link, or leads through one, or is too large.
    """
    place, name = (folder / "work", page.html) if page.html else (folder, PAGE_FILE)
    try:
        descriptor = open_beneath(place, name)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_PAGE + 1)
        age = time.time() - os.fstat(file.fileno()).st_mtime
    if len(content) > MAX_PAGE:
        raise FileRefused(path=name, reason=f"it is larger than {MAX_PAGE} bytes")
    whole = content.rstrip().lower().endswith(b"</html>") or age >= _SETTLED
    return content if content and whole else None
