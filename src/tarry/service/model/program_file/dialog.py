"""The page of an application, and who reports its outputs."""

from tarry.service.model.program import Operation, OwnPage, Told
from tarry.service.model.program_file.page import read_own_page
from tarry.service.model.table import Table


def read_dialog(operation: Table) -> OwnPage:
    """Read where the page of an application comes from."""
    table = operation.table("page")
    page = read_own_page(table) if table.has("template") != table.has("html") else None
    if page is None:
        operation.fail(
            "page" if operation.has("page") else None,
            "an application has a page: { template = … }, a file beside this one, or "
            "{ html = … }, which its command writes",
        )
    table.done()
    return page


def check_dialog(operation: Operation, table: Table) -> None:
    """Hold the parts of an application against each other."""
    if operation.dialog and operation.dialog.html and not operation.command:
        table.fail("page", "html is written by the program: give a command, or a template")
    told = [output.port.name for output in operation.outputs if isinstance(output.source, Told)]
    if operation.reports and told:
        table.table("outputs").fail(
            told[0],
            "either all outputs say where they come from, and the service reports them, or none "
            "does, and the page reports them",
        )
    if operation.reports and not operation.command:
        table.fail("outputs", "without a command, the page reports the outputs: leave 'from' out")
    for key in ("progress", "repeatable"):
        if table.has(key):
            table.fail(key, "is not for applications")
