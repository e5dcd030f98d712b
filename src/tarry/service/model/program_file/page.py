"""What the status page shows."""

from tarry.service.model.page import MOST_PICTURES
from tarry.service.model.plot import MOST_SERIES, PlotSource
from tarry.service.model.program import OwnPage, StatusPage
from tarry.service.model.program_file.words import relative, relatives
from tarry.service.model.table import Table

_MOST_LOG_LINES = 200


def read_page(table: Table) -> StatusPage:
    """Read what the page shows."""
    pictures = relatives(table, "picture") if table.has("picture") else ()
    if len(pictures) > MOST_PICTURES:
        table.fail("picture", f"at most {MOST_PICTURES} pictures are shown")
    plot = table.table("plot")
    page = StatusPage(
        pictures=pictures,
        listed=relative(table, "pictures") if table.has("pictures") else "",
        log_lines=table.whole("log_lines", StatusPage().log_lines, low=0, high=_MOST_LOG_LINES),
        plot=_plot(plot) if table.has("plot") else None,
        own=read_own_page(table),
    )
    table.done()
    return page


def read_own_page(table: Table) -> OwnPage | None:
    """Read where a page of the author's own comes from; `None` if there is none."""
    page = OwnPage(
        template=relative(table, "template") if table.has("template") else "",
        html=relative(table, "html") if table.has("html") else "",
    )
    if page.template and page.html:
        table.fail("html", "a page is either a template or an html file, not both")
    return page if page.template or page.html else None


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
