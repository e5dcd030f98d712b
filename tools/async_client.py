"""Writes the asynchronous Python client out of the other one, so that both have the same verbs.

python tools/async_client.py

Where a class calls its door, `await` is put before it; what gives one thing after another becomes
an asynchronous iterator. Only the doors, event streams and transfers of files are written twice.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CLIENT = Path(__file__).parents[1] / "src" / "tarry" / "client"
TARGET = CLIENT / "asynchronous"
SOURCES = ("account", "catalogue", "people", "runs")
ITERATORS = {"_pages", "all_runs", "events", "users", "trail"}
"""Methods that give one thing after another."""

Edit = tuple[int, int, str]
"""Line, column, and what is put in there."""


def generated(name: str) -> str:
    """Give the asynchronous form of a module."""
    source = (CLIENT / f"{name}.py").read_text("utf-8")
    tree = ast.parse(source)
    kept = [node for node in tree.body if isinstance(node, ast.ClassDef) and _has_door(node)]
    own = [each for node in tree.body if node not in kept for each in _names(node)]
    lines = source.splitlines()
    for line, column, text in sorted(
        (edit for node in kept for edit in _edits(node)), reverse=True
    ):
        before = lines[line - 1]
        lines[line - 1] = before[:column] + text + before[column:]
    imports = [
        ast.get_source_segment(source, node) or ""
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    classes = ["\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in kept]
    head = f'"""Written by `tools/async_client.py` out of `tarry.client.{name}`: change that."""'
    used = f"from tarry.client.{name} import {', '.join(own)}" if own else ""
    text = "\n\n".join([head, *imports, used, *classes]) + "\n"
    text = text.replace(
        "from tarry.client.door import Door",
        "from tarry.client.asynchronous.door import AsyncDoor as Door",
    ).replace("Iterator", "AsyncIterator")
    return _tidy(text.replace("  # noqa: UP028 - the asynchronous client is made of this", ""))


def _has_door(node: ast.ClassDef) -> bool:
    return any(isinstance(it, ast.Attribute) and it.attr == "_door" for it in ast.walk(node))


def _names(node: ast.stmt) -> list[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _edits(node: ast.ClassDef) -> Iterator[Edit]:
    yield node.lineno, node.col_offset + len("class "), "Async"
    verbs = {it.name for it in node.body if isinstance(it, ast.FunctionDef)} - ITERATORS
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name != "__init__":
            yield method.lineno, method.col_offset, "async "
            yield from _inside(method, verbs)


def _inside(method: ast.FunctionDef, verbs: set[str]) -> Iterator[Edit]:
    for node in ast.walk(method):
        match node:
            case ast.For(iter=ast.Call(func=ast.Attribute(value=ast.Name("self"), attr=name))):
                if name in ITERATORS:
                    yield node.lineno, node.col_offset, "async "
            case ast.comprehension(
                iter=ast.Call(func=ast.Attribute(value=ast.Name("self"), attr=name))
            ):
                if name in ITERATORS:
                    yield node.target.lineno, node.target.col_offset - len("for "), "async "
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                at_door = isinstance(value, ast.Attribute) and value.attr == "_door"
                at_self = isinstance(value, ast.Name) and value.id == "self" and name in verbs
                if at_door or at_self:
                    yield node.lineno, node.col_offset, "(await "
                    yield node.end_lineno or 0, node.end_col_offset or 0, ")"
            case _:
                pass


def _tidy(text: str) -> str:
    """Drop what is not used, and write it as all code here is written."""
    place = ["--stdin-filename", str(TARGET / "generated.py"), "-"]
    fixes = ["check", "--fix-only", "--quiet", "--select", "I,F401,UP034"]
    for arguments in (fixes, ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *arguments, *place]
        done = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True)
        text = done.stdout
    return text


if __name__ == "__main__":
    for name in SOURCES:
        (TARGET / f"{name}.py").write_text(generated(name), "utf-8")
