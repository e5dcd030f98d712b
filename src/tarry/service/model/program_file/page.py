"""What the status page shows."""

from tarry.service.model.program import StatusPage
from tarry.service.model.program_file.words import relative
from tarry.service.model.table import Table

_MOST_LOG_LINES = 200


def read_page(table: Table) -> StatusPage:
    """Read what the page shows."""
    page = StatusPage(
        picture=relative(table, "picture") if table.has("picture") else "",
        log_lines=table.whole("log_lines", StatusPage().log_lines, low=0, high=_MOST_LOG_LINES),
    )
    table.done()
    return page
