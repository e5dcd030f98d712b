"""Runs one function once: `python -m tarry.service.functions FILE OPERATION INPUTS`.

The working folder is the run's. What the function returns is written when it has returned, whole;
anything else that happens (an exception, an exit, a signal) leaves no outputs and an exit code that
means failure.
"""

import json
import os
import shutil
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tarry.contract.errors import TarryError
from tarry.contract.kinds import Kind
from tarry.jobs.model import REPORT_VARIABLE
from tarry.service.functions.calling import arguments_of, lexical_outputs, result_of
from tarry.service.functions.kit import Declared, Failure
from tarry.service.functions.loading import load_service
from tarry.service.functions.names import FILES_FOLDER, OUTPUTS_FILE, PAGE_FILE
from tarry.service.functions.run import MESSAGES_VARIABLE, Run


def main(file: str, operation: str, inputs: str) -> int:
    """Run a function; gives the exit code."""
    work = Path.cwd()
    sys.path.insert(0, str(Path(file).parent))
    messages = os.environ.get(MESSAGES_VARIABLE)
    reports = os.environ.get(REPORT_VARIABLE)
    run = Run(
        work,
        messages=Path(messages) if messages else None,
        reports=int(reports) if reports else None,
    )
    run.listen_for_aborts()
    try:
        service, _ = load_service(Path(file))
        declared = service.operations[operation]
        values = json.loads(Path(inputs).read_text("utf-8"))
        returned = _call(declared, arguments_of(declared, values, run), work)
        outputs = lexical_outputs(declared, returned)
        for name, port in declared.signature.outputs.items():
            if port.hint.is_path and name in outputs:
                _bring(work, name, outputs[name], operation)
        _write(work / OUTPUTS_FILE, json.dumps(outputs, ensure_ascii=False).encode())
    except (Failure, TarryError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    except SystemExit as left:
        sys.stderr.write(f"{operation} left by sys.exit({left.code!r}): it gave no outputs\n")
        return left.code if isinstance(left.code, int) and 0 < left.code < 126 else 1
    except BaseException:  # noqa: BLE001 - whatever an author's function does is a failed run
        _print_trace()
        return 1
    return 0


def _call(declared: Declared, arguments: Mapping[str, object], work: Path) -> object:
    returned = result_of(declared, arguments)
    if declared.kind is not Kind.APPLICATION:
        return returned
    if not declared.signature.yields:
        _show(work, returned)
        return None
    return _follow(iter(returned), work)


def _follow(pages: Iterator[Any], work: Path) -> object:
    """Show each page as it comes; gives what the generator returns."""
    while True:
        try:
            page = next(pages)
        except StopIteration as end:
            return end.value
        _show(work, page)


def _show(work: Path, page: object) -> None:
    if not isinstance(page, str):
        raise TypeError(f"the page is {page!r}, and no text")
    _write(work / PAGE_FILE, page.encode("utf-8", "replace"))


def _bring(work: Path, name: str, returned: object, operation: str) -> None:
    """Put the files or the folder of an output where the service looks for them."""
    place = work / FILES_FOLDER / name
    shutil.rmtree(place, ignore_errors=True)
    many = isinstance(returned, list)
    for found in map(Path, returned if isinstance(returned, list) else [str(returned)]):
        if found.is_dir() and not many:
            shutil.copytree(found, place)
            return
        place.mkdir(parents=True, exist_ok=True)
        if not found.is_file():
            raise Failure(f"{operation} returned {found} as {name}, and there is no such file")
        if (place / found.name).exists():
            raise Failure(f"{operation} returned two files called {found.name} as {name}")
        try:
            (place / found.name).hardlink_to(found.resolve())
        except OSError:
            shutil.copyfile(found, place / found.name)


def _write(file: Path, content: bytes) -> None:
    draft = file.with_name(f"{file.name}.new")
    draft.write_bytes(content)
    draft.replace(file)


def _print_trace() -> None:
    """Print the traceback without the frames of this module: they are not the author's."""
    kind, error, trace = sys.exc_info()
    ours = str(Path(__file__).parent)
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(ours):
        trace = trace.tb_next
    traceback.print_exception(kind, error, trace)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
