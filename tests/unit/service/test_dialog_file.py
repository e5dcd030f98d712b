"""Program files of applications."""

import pytest

from tarry.contract.kinds import Kind
from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.program import OwnPage, Told
from tarry.service.model.program_file import read

PAGE = """name = "Dialog"
[operations.ask]
kind = "application"
page = { template = "dialog.html" }
outputs.answer = { title = "Answer" }
"""
PROGRAM = """name = "Dialog"
[operations.ask]
kind = "application"
command = ["ask", "{work}/page.html"]
page = { html = "page.html" }
outputs.answer = { from = { text = "answer" } }
"""


def test_a_page_alone_is_an_application_and_reports_its_outputs_itself() -> None:
    (ask,) = read(PAGE).operations

    assert (ask.kind, ask.command) == (Kind.APPLICATION, ())
    assert ask.dialog == OwnPage(template="dialog.html")
    assert [output.source for output in ask.outputs] == [Told()]
    assert not ask.reports
    assert ask.unset() == {"answer": "UNSET"}


def test_outputs_with_a_source_are_reported_by_the_service() -> None:
    (ask,) = read(PROGRAM).operations

    assert ask.dialog == OwnPage(html="page.html")
    assert ask.reports


def test_a_file_that_a_page_reports_needs_no_source() -> None:
    (ask,) = read(PAGE.replace("title =", 'type = "file", title =')).operations
    assert not ask.reports


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PAGE.replace("page =", "# page ="), "ask: an application has a page"),
        (PAGE.replace('"dialog.html" }', '"a", html = "b" }'), "ask.page: an application has a"),
        (PAGE.replace('"dialog.html"', '"../dialog.html"'), "ask.page.template: must be a file"),
        (PAGE.replace("template", "html"), "ask.page: html is written by the program"),
        (PAGE.replace("template =", "picture = 'a', template ="), "page.picture: is not known"),
        (PAGE.replace("title =", "from = { text = 'a' }, title ="), "leave 'from' out"),
        (PROGRAM + "outputs.other = {}\n", "ask.outputs.other: either all outputs say"),
        (PAGE + "repeatable = true\n", "ask.repeatable: is not for applications"),
        (PAGE + "progress = { file = 'p' }\n", "ask.progress: is not for applications"),
        (PAGE.replace("title =", "default = 'x', title ="), "default: is for inputs"),
    ],
)
def test_what_cannot_be_an_application_is_refused(text: str, message: str) -> None:
    with pytest.raises(ProgramFileInvalid) as raised:
        read(text)
    assert message in str(raised.value)
