"""The log-in of a browser: its cookie, and another project."""

from tests.fakes.portal_rooms import PASSWORD, FakeRooms
from tests.integration.portal.conftest import COOKIE, Visitor


def test_a_log_in_sets_a_cookie_that_no_script_and_no_other_site_can_use(nobody: Visitor) -> None:
    order = {"user": "ada", "password": PASSWORD}
    answer = nobody.post("/api/v1/session", json=order, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.json()["user"]) == (201, "ada")
    assert "token" not in answer.text
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=new-token-of-ada;")
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert nobody.get("/api/v1/me").json()["user"] == "ada"


def test_a_failed_log_in_says_why_and_repeats_nothing_that_was_typed(nobody: Visitor) -> None:
    answer = nobody.post("/api/v1/session", json={"user": "ada", "password": "hunter2"})
    assert (answer.status_code, answer.json()["code"]) == (401, "log-in-failed")
    assert "user or password is wrong" in answer.json()["detail"]
    assert "hunter2" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_that_nobody_is_logged_in_is_no_error(nobody: Visitor, browser: Visitor) -> None:
    for headers in ({}, {"Cookie": f"{COOKIE}=wrong"}):
        answer = nobody.get("/api/v1/session", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"me": None})
    assert browser.get("/api/v1/session").json()["me"]["user"] == "ada"


def test_another_site_logs_nobody_in(nobody: Visitor) -> None:
    order = {"user": "ada", "password": PASSWORD}
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = nobody.post("/api/v1/session", json=order, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_log_out_ends_the_session_and_the_cookie(browser: Visitor, fake: FakeRooms) -> None:
    answer = browser.call("DELETE", "/api/v1/session")
    assert answer.status_code == 204
    assert f'{COOKIE}=""' in answer.headers["Set-Cookie"]
    assert "token-of-ada" not in fake.accounts.tokens


def test_whoever_goes_on_in_another_project_gets_another_cookie(browser: Visitor) -> None:
    answer = browser.call("PUT", "/api/v1/session/project", json={"project": "Other"})
    assert (answer.status_code, answer.json()["project"]) == (200, "Other")
    assert answer.headers["Set-Cookie"].startswith(f"{COOKIE}=token-of-ada-in-Other;")


def test_nobody_goes_on_in_a_project_of_others_and_stays_where_they_were(browser: Visitor) -> None:
    answer = browser.call("PUT", "/api/v1/session/project", json={"project": "Secret"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert browser.get("/api/v1/me").status_code == 200
