"""Every answer, whatever it is, tells browsers to run nothing inline and to be framed by nobody."""

from collections.abc import Mapping

import pytest
from tests.fakes.portal_rooms import FakeRooms, run_view, workflow
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor

from tarry.platform.kernel.model import StepRunId
from tarry.platform.portal.api.app import build
from tarry.platform.portal.api.front import ROUTES

RUN = run_view().id
STEP = StepRunId(f"{RUN}_1")
FILE = "local://bridges/x"
LOGS_OUT = {("delete", "/api/v1/session"), ("delete", "/api/v1/tokens/current")}


def _described() -> list[tuple[str, str]]:
    """Give every route of the API, from its own description."""
    paths = build(FakeRooms().rooms(), keys=KEYS, public_url=PUBLIC_URL).openapi()["paths"]
    return [(method, path) for path, found in paths.items() for method in found]


def see_careful(headers: Mapping[str, str], what: str) -> None:
    """Hold an answer to what a browser is to be told of it."""
    policy = headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy, what
    assert "unsafe" not in policy, what
    assert "frame-ancestors 'none'" in policy, what
    assert "base-uri 'none'" in policy, what
    assert headers.get("X-Content-Type-Options") == "nosniff", what
    assert headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}, what


@pytest.mark.parametrize("who", ["ada", "nobody"])
def test_every_route_answers_so_to_whom_it_serves_and_to_whom_it_refuses(
    who: str, fake: FakeRooms, request: pytest.FixtureRequest
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    fake.runs.change(run_view())
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow()
    seen = set()
    for method, path in _described():
        if path.endswith("/events") or (method, path) in LOGS_OUT:
            continue  # a stream never ends, and after the others nobody is Ada any more
        filled = path.replace("{run}", RUN).replace("{number}", "1").replace("{name}", "Demo_Mesh")
        answer = visitor.call(method, f"{filled}?uri={FILE}&name=x", json={})
        seen.add(answer.status_code)
        if path.endswith("/page") and answer.status_code == 200:
            continue  # a status page has a policy of its own, and tests of it
        see_careful(answer.headers, f"{method} {path}: {answer.status_code}")
    assert ({401} if who == "nobody" else {200, 403, 404, 422}) <= seen


def test_so_do_the_pages_of_the_app_and_those_that_are_not_there(browser: Visitor) -> None:
    pages = [path.replace("{name}", "x").replace("{run}", RUN) for path in ROUTES]
    others = {
        "/static/error.css": 200,
        "/static/nothing.css": 404,
        "/nothing": 404,
        f"/pages/{STEP}?cap=wrong": 403,
    }
    for path, status in {**dict.fromkeys(pages, 200), **others}.items():
        for accept in ("text/html", "application/json"):
            answer = browser.get(path, headers={"Accept": accept})
            assert answer.status_code in {status, 503}, path  # 503: it has no front end
            see_careful(answer.headers, path)


def test_so_does_a_refusal_before_anybody_has_looked_at_what_is_wanted(ada: Visitor) -> None:
    foreign = ada.get("/api/v1/me", headers={"Host": "evil.example"})
    large = ada.post("/api/v1/workflows", data=b"x" * (4 * 1024 * 1024 + 1))
    assert [foreign.status_code, large.status_code] == [421, 413]
    for answer in (foreign, large):
        see_careful(answer.headers, str(answer.status_code))


def test_a_stored_file_is_a_download_whatever_it_is_called_and_holds(ada: Visitor) -> None:
    content = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for name in ("evil.html", "evil.svg", "evil.xhtml", "evil.js", "evil.pdf", "evil"):
        kept = ada.post("/api/v1/files", params={"name": name}, data=content)
        answer = ada.get("/api/v1/files", params={"uri": kept.json()["uri"]})
        assert answer.content == content
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        see_careful(answer.headers, name)
