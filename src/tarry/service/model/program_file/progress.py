"""Where the progress of a run is read."""

from tarry.service.model.program import Progress, ProgressFile, ProgressLog
from tarry.service.model.program_file.words import relative
from tarry.service.model.table import Table
from tarry.service.model.values import PAIRS


def read_progress(table: Table) -> Progress:
    """Read where progress comes from."""
    if table.has("file") == table.has("log"):
        table.fail(None, "needs either file or log")
    progress: Progress
    if table.has("file"):
        progress = ProgressFile(relative(table, "file"))
    else:
        expression = table.expression("log")
        groups = set(expression.groupindex)
        if "percent" not in groups and not any(pair <= groups for pair in PAIRS):
            table.fail(
                "log",
                "needs the group (?P<percent>…), or (?P<step>…) and (?P<total>…), or "
                "(?P<time>…) and (?P<end_time>…)",
            )
        progress = ProgressLog(expression)
    table.done()
    return progress
