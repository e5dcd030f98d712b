"""Nobody comes in without a token, from another site, under another name, or with too much."""

import pytest
from tests.fakes.portal_rooms import ADA, FakeRooms, run_view, workflow
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor

from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.portal.api.app import build

OPEN = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("post", "/api/v1/tokens"),
    ("post", "/api/v1/session"),
    ("get", "/api/v1/session"),
    ("delete", "/api/v1/session"),
}
RUN = run_view().id


def _routes() -> list[tuple[str, str]]:
    """Give every route of the API, from its own description."""
    described = build(FakeRooms().rooms(), keys=KEYS, public_url=PUBLIC_URL).openapi()["paths"]
    return [(method, path) for path, found in described.items() for method in found]


def _filled(path: str) -> str:
    filled = path.replace("{run}", RUN).replace("{number}", "1").replace("{name}", "x")
    return filled + "?name=x&uri=local://bridges/x" if path.endswith("/files") else filled


@pytest.mark.parametrize(("method", "path"), [r for r in _routes() if r not in OPEN])
def test_every_route_refuses_who_has_no_valid_token(
    nobody: Visitor, method: str, path: str
) -> None:
    body = {"json": {"wsdl": "x", "operation": "x", "workflow": "x", "decision": "again"}}
    for headers in ({}, {"X-Auth-Token": "wrong"}, {"Cookie": "tarry_8080=wrong"}):
        site = {"Sec-Fetch-Site": "same-origin"} if "Cookie" in headers else {}
        answer = nobody.call(method, _filled(path), headers=headers | site, **body)
        assert answer.status_code == 401, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "not-logged-in"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), [r for r in _routes() if "{run}" in r[1]])
def test_a_run_of_another_project_does_not_exist(
    bob: Visitor, fake: FakeRooms, method: str, path: str
) -> None:
    fake.runs.change(run_view())
    bodies: dict[str, dict[str, str]] = {
        "messages": {"message": "hello"},
        "resume": {},
        "rerun": {},
    }
    body = bodies.get(path.rpartition("/")[2], {"decision": "again"})
    answer = bob.call(method, _filled(path), json=body)
    assert answer.status_code == 404
    assert fake.runs.views[RUN].state is ExecutionState.RUNNING


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "tarry.example.org.evil:8080", "", "[", "10.0.0.1"],
)
def test_a_host_that_we_are_not_is_refused(ada: Visitor, host: str) -> None:
    answer = ada.get("/api/v1/me", headers={"Host": host})
    # An empty or broken host is refused by the server itself.
    assert answer.status_code in {400, 421}
    if answer.status_code == 421:
        assert answer.json()["code"] == "unknown-host"


@pytest.mark.parametrize(
    "host", ["localhost:9", "127.0.0.1", "[::1]:80", "TARRY.example.org", "a.localhost"]
)
def test_our_own_names_are_known(ada: Visitor, host: str) -> None:
    assert ada.get("/api/v1/me", headers={"Host": host}).status_code == 200


@pytest.fixture
def cookie(browser: Visitor, fake: FakeRooms) -> Visitor:
    """A browser that holds a cookie, and says no more than a test lets it."""
    del browser.session.headers["Sec-Fetch-Site"]
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow()
    return browser


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_another_site_cannot_use_a_visitors_cookie(
    cookie: Visitor, fake: FakeRooms, headers: dict[str, str]
) -> None:
    fake.runs.change(run_view())
    asked = [
        cookie.post("/api/v1/runs", json={"workflow": "Demo_Mesh"}, headers=headers),
        cookie.post(f"/api/v1/runs/{RUN}/abort", headers=headers),
        cookie.call("DELETE", "/api/v1/session", headers=headers),
        cookie.call("PUT", "/api/v1/session/project", json={"project": "Other"}, headers=headers),
        cookie.call("PUT", "/api/v1/me/password", json={"old": "x", "new": "y"}, headers=headers),
    ]
    assert [answer.status_code for answer in asked] == [403] * 5
    assert list(fake.runs.views) == [RUN]
    assert fake.runs.views[RUN].state is ExecutionState.RUNNING
    assert fake.accounts.tokens["token-of-ada"] == ADA


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "{own}"}, {"X-Auth-Token": "token-of-ada"}],
)
def test_our_own_pages_and_programs_with_a_token_may_act(
    cookie: Visitor, headers: dict[str, str]
) -> None:
    named = {name: value.replace("{own}", cookie.url) for name, value in headers.items()}
    answer = cookie.post("/api/v1/runs", json={"workflow": "Demo_Mesh"}, headers=named)
    assert answer.status_code == 202


def test_no_other_site_may_read_an_answer(ada: Visitor) -> None:
    answer = ada.get("/api/v1/me", headers={"Origin": "http://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_body_larger_than_is_expected_is_refused_before_it_is_read(ada: Visitor) -> None:
    answer = ada.post("/api/v1/workflows", data=b"x" * (4 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_body_that_does_not_say_how_large_it_is_is_refused_as_it_grows(ada: Visitor) -> None:
    pieces = (b"x" * 100_000 for _ in range(60))
    answer = ada.post("/api/v1/workflows", data=pieces)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("path", ["/", "/login", "/static/error.css", "/api/v1/me", "/nothing"])
def test_every_answer_carries_the_headers_that_make_browsers_careful(
    browser: Visitor, path: str
) -> None:
    headers = browser.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
