"""What the status page shows."""

from tarry.service.model.plot import MOST_SERIES, PlotSource
from tarry.service.model.program import StatusPage
from tarry.service.model.program_file.words import relatives
from tarry.service.model.table import Table

_MOST_LOG_LINES = 200
_MOST_PICTURES = 8


def read_page(table: Table) -> StatusPage:
    """Read what the page shows."""
    pictures = relatives(table, "picture") if table.has("picture") else ()
    if len(pictures) > _MOST_PICTURES:
        table.fail("picture", f"at most {_MOST_PICTURES} pictures are shown")
    plot = table.table("plot")
    page = StatusPage(
        pictures=pictures,
        log_lines=table.whole("log_lines", StatusPage().log_lines, low=0, high=_MOST_LOG_LINES),
        plot=_plot(plot) if table.has("plot") else None,
    )
    table.done()
    return page


def _plot(table: Table) -> PlotSource:
    expression = table.expression("log")
    lines = set(expression.groupindex) - {"x"}
    if not lines:
        table.fail("log", "needs a named group for each line of the plot, such as (?P<residual>…)")
    if len(lines) > MOST_SERIES:
        table.fail("log", f"at most {MOST_SERIES} lines are drawn")
    plot = PlotSource(expression, table.text("title", ""))
    table.done()
    return plot
