"""Status pages are served by capability, in a sandbox, with exactly the proven headers."""

import pytest
from tests.fakes.portal_rooms import FakeRooms, run_view, step_view
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor, visitor

from tarry.contract.kinds import Kind
from tarry.platform.kernel.model import ExecutionId, StepRunId
from tarry.platform.portal.api.app import build

RUN = ExecutionId("0123456789abcdef" * 2)
STEP = StepRunId(f"{RUN}_1")
SOAP = f"{PUBLIC_URL}/dfki/WorkflowManager2Service/services/SOAP"


@pytest.fixture(autouse=True)
def page(fake: FakeRooms) -> None:
    """A run whose first two steps show a page."""
    steps = (step_view(RUN, 1), step_view(RUN, 2))
    fake.runs.change(run_view(id=RUN, steps=steps))
    fake.runs.show_page(STEP, b"<!DOCTYPE html><p>one</p>")
    fake.runs.show_page(StepRunId(f"{RUN}_2"), b"<!DOCTYPE html><p>two</p>")


def address(step: str = STEP, cap: str | None = None) -> str:
    return f"/pages/{step}?cap={KEYS.page_capability(StepRunId(step)) if cap is None else cap}"


ANSWERING = KEYS.answering_capability(STEP)


def test_a_page_needs_its_capability_and_nothing_else(nobody: Visitor) -> None:
    answer = nobody.get(address())
    assert answer.status_code == 200
    assert answer.text.startswith("<!DOCTYPE html><script>")
    assert answer.text.endswith("</script><p>one</p>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("cap", ["", "x", KEYS.page_capability(StepRunId(f"{RUN}_2"))])
def test_no_other_capability_opens_it_not_even_with_a_cookie(browser: Visitor, cap: str) -> None:
    answer = browser.get(address(cap=cap))
    assert answer.status_code == 403
    assert "one" not in answer.text


def test_a_capability_for_a_step_without_a_page_shows_nothing(nobody: Visitor) -> None:
    assert nobody.get(address(f"{RUN}_9")).status_code == 404


def test_the_headers_confine_a_page_wherever_it_is_opened(nobody: Visitor) -> None:
    headers = nobody.get(address()).headers
    assert headers["Content-Security-Policy"] == (
        "sandbox allow-scripts allow-forms; default-src 'none'; script-src 'unsafe-inline'; "
        "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src data:; "
        f"connect-src {SOAP}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


def test_the_token_of_the_run_is_given_only_to_a_page_that_reads_it(
    nobody: Visitor, fake: FakeRooms
) -> None:
    token = KEYS.run_token(RUN)
    assert token not in nobody.get(address(cap=ANSWERING)).text
    fake.runs.show_page(STEP, b"<!DOCTYPE html><script>go(parent.sessionToken)</script>")
    text = nobody.get(address(cap=ANSWERING)).text
    assert "window.parent = {" in text
    assert f'"sessionToken": "{token}"' in text
    assert f'"serviceID": "{STEP}"' in text
    assert f'"WFM": "{SOAP}"' in text


def test_the_page_of_an_application_is_told_whom_to_report_to(
    nobody: Visitor, fake: FakeRooms
) -> None:
    step = step_view(RUN, 1, kind=Kind.APPLICATION)
    fake.runs.change(run_view(id=RUN, steps=(step,)))
    fake.runs.show_page(STEP, b"<!DOCTYPE html><form></form>")
    text = nobody.get(address(cap=ANSWERING)).text
    assert f'"sessionToken": "{KEYS.run_token(RUN)}"' in text
    assert f'"WFM": "{SOAP}"' in text


def test_who_may_only_look_gets_a_page_that_cannot_answer(nobody: Visitor, fake: FakeRooms) -> None:
    step = step_view(RUN, 1, kind=Kind.APPLICATION)
    fake.runs.change(run_view(id=RUN, steps=(step,)))
    fake.runs.show_page(STEP, b"<!DOCTYPE html><script>go(parent.sessionToken)</script>")
    text = nobody.get(address()).text
    assert "window.parent = {};" in text
    assert KEYS.run_token(RUN) not in text


def test_a_page_keeps_its_encoding(nobody: Visitor, fake: FakeRooms) -> None:
    content = '<!DOCTYPE html><meta charset="iso-8859-1"><p>Größe</p>'.encode("latin-1")
    fake.runs.show_page(STEP, content)
    answer = nobody.get(address())
    assert answer.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert answer.content.endswith("<p>Größe</p>".encode("latin-1"))


def test_a_text_is_shown_as_one(nobody: Visitor, fake: FakeRooms) -> None:
    fake.runs.show_page(STEP, b"37 % & counting <soon>")
    assert "<pre>37 % &amp; counting &lt;soon&gt;</pre>" in nobody.get(address()).text


@pytest.mark.parametrize(
    ("public_url", "host", "posts_to"),
    [
        ("http://localhost:8080", "localhost:8080", "http://localhost:8080"),
        ("http://localhost:8080", "mill.lan:8080", "http://mill.lan:8080"),
        ("https://tarry.example.org", "localhost:8080", "https://tarry.example.org"),
        ("http://localhost:8080", "mill.lan:80; script-src *", "http://localhost:8080"),
    ],
)
def test_a_page_posts_to_where_its_browser_finds_us(
    fake: FakeRooms, public_url: str, host: str, posts_to: str
) -> None:
    """What nobody has configured names this machine, which in a browser elsewhere is another."""
    app = build(fake.rooms(), keys=KEYS, public_url=public_url, host_names=["mill.lan"])
    fake.runs.show_page(STEP, b"<!DOCTYPE html><script>go(parent.WFM)</script>")
    with serving(app) as url:
        answer = visitor(url).get(address(cap=ANSWERING), headers={"Host": host})
    soap_door = f"{posts_to}/dfki/WorkflowManager2Service/services/SOAP"
    assert f'"WFM": "{soap_door}"' in answer.text
    assert f"connect-src {soap_door};" in answer.headers["Content-Security-Policy"]
