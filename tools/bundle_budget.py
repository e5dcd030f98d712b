"""What a browser loads before it shows the portal's first page, held to a budget.

Counted compressed, as it travels: the app's script and whatever that imports at once. What is
loaded when a page is opened, the editor above all, is listed but not counted.
"""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

BUNDLE = Path(__file__).resolve().parent.parent / "src" / "tarry" / "platform" / "portal" / "front"
MOST = 200_000
"""Bytes of script, compressed."""

Chunks = Mapping[str, Mapping[str, Any]]


def main() -> int:
    """Tell how large it is; fail if it is too large."""
    chunks: Chunks = json.loads((BUNDLE / "manifest.json").read_text(encoding="utf-8"))
    entry = next(name for name, chunk in chunks.items() if chunk.get("isEntry"))
    first = set(_with_imports(chunks, entry))
    total = sum(_size(chunks[name]) for name in first)
    print(f"first load: {total / 1000:.1f} kB of {MOST / 1000:.0f} kB")  # noqa: T201
    for name in sorted(chunks.keys() - first):
        if chunks[name]["file"].endswith(".js"):
            print(f"  on demand: {_size(chunks[name]) / 1000:.1f} kB {name}")  # noqa: T201
    return 0 if total <= MOST else 1


def _with_imports(chunks: Chunks, name: str) -> Iterator[str]:
    yield name
    for other in chunks[name].get("imports", ()):
        yield from _with_imports(chunks, other)


def _size(chunk: Mapping[str, Any]) -> int:
    return len(gzip.compress((BUNDLE / chunk["file"]).read_bytes(), mtime=0))


if __name__ == "__main__":
    sys.exit(main())
