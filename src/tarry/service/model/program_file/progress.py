"""Where the progress of a run is read."""

from tarry.service.model.program import Progress, ProgressFile, ProgressLines, ProgressLog
from tarry.service.model.program_file.words import relative
from tarry.service.model.table import Table
from tarry.service.model.values import PAIRS

SOURCES = ("file", "log", "lines")
"""The keys that say where progress comes from; a file has one of them."""


def read_progress(table: Table) -> Progress:
    """Read where progress comes from."""
    if sum(table.has(key) for key in SOURCES) != 1:
        table.fail(None, f"needs exactly one of: {', '.join(SOURCES)}")
    progress: Progress
    if table.has("file"):
        progress = ProgressFile(relative(table, "file"))
    elif table.has("lines"):
        if not table.truth("lines"):
            table.fail("lines", "must be true")
        progress = ProgressLines()
    else:
        expression = table.expression("log")
        groups = set(expression.groupindex)
        if "percent" not in groups and not any(set(pair) <= groups for pair in PAIRS):
            table.fail(
                "log",
                "needs the group (?P<percent>…), or (?P<step>…) and (?P<total>…), or "
                "(?P<time>…) and (?P<end_time>…)",
            )
        progress = ProgressLog(expression)
    table.done()
    return progress
