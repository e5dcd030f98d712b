"""Hold files and functions to their length: 400 lines a file, 40 lines of code a function.

A function's docstring does not count, nor do its signature's lines: they explain, and are no
reason to split. Tests and migrations may have long functions: they tell a story in one piece.
"""

import ast
import sys
from pathlib import Path

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
CHECKED = ("src", "tests", "tools", "examples", "benchmarks")
SUFFIXES = {".py", ".sh", ".ts", ".tsx"}
FUNCTIONS_MAY_BE_LONG = ("tests/", "benchmarks/", "src/tarry/app/migrations/")


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body
    if ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def _complaints(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    found = []
    lines = text.count("\n") + 1
    if lines > LONGEST_FILE:
        found.append(f"{file}: {lines} lines; split it by meaning (at most {LONGEST_FILE})")
    if file.suffix != ".py" or file.as_posix().startswith(FUNCTIONS_MAY_BE_LONG):
        return found
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = _length(node)
            if length > LONGEST_FUNCTION:
                found.append(
                    f"{file}:{node.lineno}: {node.name} has {length} lines of code "
                    f"(at most {LONGEST_FUNCTION})"
                )
    return found


def main() -> int:
    """Print what is too long; the exit code says whether anything is."""
    files = [
        file
        for folder in CHECKED
        for file in sorted(Path(folder).rglob("*"))
        if file.suffix in SUFFIXES and file.is_file() and "node_modules" not in file.parts
    ]
    complaints = [complaint for file in files for complaint in _complaints(file)]
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
