"""The box that a program is kept in."""

from tarry.service.model import command as commands
from tarry.service.model.box import Box
from tarry.service.model.table import Table


def read_box(table: Table) -> Box | None:
    """Read `box = true` of an operation, or a table that says what the box leaves open."""
    value = table.take("box")
    if value is None or isinstance(value, bool):
        return Box() if value else None
    if not isinstance(value, dict):
        table.fail("box", "must be true, false, or a table with 'network' and 'read'")
    inner = table.table("box")
    box = Box(network=inner.truth("network"), read=inner.texts("read"))
    inner.done()
    for path in box.read:
        _check(inner, path)
    return box


def _check(table: Table, path: str) -> None:
    try:
        argument = commands.read_argument(path)
    except ValueError as error:
        table.fail("read", str(error))
    here = argument.names == (commands.HERE,) and path.startswith("{")
    if not here and (argument.names or not path.startswith("/")):
        table.fail("read", f"must hold absolute paths, or such that begin with {{here}}: {path!r}")
    if ".." in path.split("/") or "\0" in path:
        table.fail("read", f"must not hold '..': {path!r}")
