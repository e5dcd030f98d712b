"""REST: users, projects, roles, API tokens and the audit trail, on the accounts' own verbs."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.fakes.accounts import MemoryAccounts, PlainPasswords
from tests.fakes.portal_rooms import FakeRooms
from tests.fakes.transactions import MemoryTransactions
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor, visitor

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.operations import Callers, ensure_user
from tarry.platform.portal.api.app import build
from tarry.platform.portal.operations import BoundAccounts, BoundPeople

PASSWORD = "correct horse battery"


async def populate(accounts: MemoryTransactions[Accounts], passwords: PlainPasswords) -> None:
    for name, project in (("anna", "mill"), ("root", "office")):
        await ensure_user(
            accounts, name=name, project=project, password=PASSWORD, passwords=passwords
        )

    def raise_up(store: Accounts) -> None:
        root = store.user_named("root")
        assert root is not None
        store.change_user(replace(root, administrator=True))

    await accounts.write(raise_up)


@pytest.fixture
def url() -> Iterator[str]:
    """A portal with Anna of the mill and the administrator Root."""
    accounts, passwords = MemoryTransactions[Accounts](MemoryAccounts()), PlainPasswords()
    asyncio.run(populate(accounts, passwords))
    callers = Callers(accounts=accounts, keys=KEYS)
    rooms = replace(
        FakeRooms().rooms(),
        accounts=BoundAccounts(
            accounts=accounts, callers=callers, passwords=passwords, attempts=Attempts(most=3)
        ),
        people=BoundPeople(accounts=accounts, callers=callers, passwords=passwords),
    )
    with serving(build(rooms, keys=KEYS, public_url=PUBLIC_URL)) as address:
        yield address


def enter(url: str, user: str, password: str = PASSWORD, project: str | None = None) -> Visitor:
    made = visitor(url)
    order = {"user": user, "password": password, "project": project}
    answer = made.post("/api/v1/tokens", json=order)
    assert answer.status_code == 201, answer.text
    made.session.headers["X-Auth-Token"] = answer.json()["token"]
    return made


@pytest.fixture
def root(url: str) -> Visitor:
    """The administrator's program."""
    return enter(url, "root")


@pytest.fixture
def anna(url: str) -> Visitor:
    """The program of a user."""
    return enter(url, "anna")


def items(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_user_is_made_with_a_password_that_is_told_once(url: str, root: Visitor) -> None:
    order = {"name": "berta", "project": "mill", "roles": ["viewer"], "email": "b@example.org"}
    answer = root.post("/api/v1/users", json=order)

    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["email"], made["active"]) == ("berta", "b@example.org", True)
    berta = enter(url, "berta", made["password"])
    assert berta.get("/api/v1/me").json()["roles"] == ["viewer"]
    assert [each["name"] for each in items(root.get("/api/v1/users"))] == ["anna", "berta", "root"]
    assert "password" not in root.get("/api/v1/users").text


def test_a_password_that_was_given_is_not_told_again(root: Visitor) -> None:
    order = {"name": "berta", "project": "mill", "password": "her own password"}
    made = root.post("/api/v1/users", json=order).json()

    assert made["password"] is None


def test_users_come_page_by_page(root: Visitor) -> None:
    first = root.get("/api/v1/users?limit=1").json()
    second = root.get(f"/api/v1/users?limit=1&after={first['next']}").json()

    assert [it["name"] for it in first["items"] + second["items"]] == ["anna", "root"]
    assert second["next"] == ""


def test_a_user_is_changed_and_removed(url: str, root: Visitor, anna: Visitor) -> None:
    changed = root.call("PATCH", "/api/v1/users/anna", json={"active": False})
    assert changed.json()["active"] is False
    assert anna.get("/api/v1/me").status_code == 401
    assert root.call("PATCH", "/api/v1/users/anna", json={"nonsense": 1}).status_code == 422
    assert root.call("DELETE", "/api/v1/users/anna").status_code == 204
    gone = root.call("DELETE", "/api/v1/users/anna")
    assert (gone.status_code, gone.json()["code"]) == (404, "not-found")
    last = root.call("DELETE", "/api/v1/users/root")
    assert (last.status_code, last.json()["code"]) == (409, "last-administrator")


def test_a_password_is_reset(url: str, root: Visitor, anna: Visitor) -> None:
    password = root.post("/api/v1/users/anna/password-reset").json()["password"]

    assert anna.get("/api/v1/me").status_code == 401
    enter(url, "anna", password)


def test_everybody_changes_their_own_email(anna: Visitor) -> None:
    assert anna.call("PUT", "/api/v1/me/email", json={"email": "a@example.org"}).status_code == 204
    assert anna.get("/api/v1/me").json()["email"] == "a@example.org"
    refused = anna.call("PUT", "/api/v1/me/email", json={"email": "nonsense"})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-email")


def test_projects_are_made_joined_left_and_closed(url: str, root: Visitor) -> None:
    made = root.post("/api/v1/projects", json={"name": "wing", "description": "flies"})
    assert made.status_code == 201
    path = "/api/v1/projects/wing/members"
    assert root.call("PUT", f"{path}/anna", json={"roles": ["user", "admin"]}).status_code == 204
    anna = enter(url, "anna", project="wing")
    assert [(it["user"], it["roles"]) for it in items(anna.get(path))] == [
        ("anna", ["admin", "user"])
    ]
    assert root.call("PUT", f"{path}/anna", json={"roles": ["viewer"]}).status_code == 204
    assert anna.get("/api/v1/me").json()["roles"] == ["viewer"]
    assert [it["name"] for it in items(anna.get("/api/v1/projects"))] == ["mill", "wing"]
    assert root.call("DELETE", f"{path}/anna").status_code == 204
    assert anna.get("/api/v1/me").status_code == 401
    assert root.call("DELETE", "/api/v1/projects/wing").status_code == 204
    assert [it["name"] for it in items(root.get("/api/v1/projects"))] == ["mill", "office"]


def test_roles_are_listed_with_what_they_bring(anna: Visitor) -> None:
    found = {it["role"]: it["rights"] for it in items(anna.get("/api/v1/roles"))}

    assert found["viewer"] == ["read"]
    assert found["admin"] == ["admin", "develop", "read", "run"]


def test_a_token_is_made_shown_once_used_and_revoked(url: str, anna: Visitor) -> None:
    until = datetime.now(UTC) + timedelta(days=30)
    order = {"name": "ci", "scopes": ["run"], "expires_at": until.isoformat()}
    answer = anna.post("/api/v1/api-tokens", json=order)
    assert answer.status_code == 201
    made = answer.json()
    program = visitor(url)
    program.session.headers["Authorization"] = f"Bearer {made['token']}"

    assert program.get("/api/v1/me").json()["user"] == "anna"
    (listed,) = items(anna.get("/api/v1/api-tokens"))
    assert (listed["id"], listed["scopes"], listed["project"]) == (made["id"], ["run"], "mill")
    assert listed["last_used_at"]
    assert made["token"] not in anna.get("/api/v1/api-tokens").text
    assert anna.call("DELETE", "/api/v1/api-tokens/ci").status_code == 204
    assert program.get("/api/v1/me").status_code == 401


def test_a_token_that_may_only_read_cannot_make_tokens(url: str, anna: Visitor) -> None:
    made = anna.post("/api/v1/api-tokens", json={"name": "eye", "scopes": ["read"]}).json()
    program = visitor(url)
    program.session.headers["X-Auth-Token"] = made["token"]

    refused = program.post("/api/v1/api-tokens", json={"name": "more", "scopes": ["read"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")


@pytest.mark.parametrize(
    "order",
    [
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["read"], "expires_at": "2026-01-01T00:00:00"},
        {"name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "", "scopes": ["read"]},
    ],
)
def test_a_token_that_cannot_be_is_refused(anna: Visitor, order: dict[str, Any]) -> None:
    assert anna.post("/api/v1/api-tokens", json=order).status_code == 422


def test_who_manages_sees_and_revokes_the_tokens_of_others(root: Visitor, anna: Visitor) -> None:
    made = anna.post("/api/v1/api-tokens", json={"name": "ci", "scopes": ["read"]}).json()

    (seen,) = items(root.get("/api/v1/api-tokens?everyone=true"))
    assert (seen["user"], seen["project"]) == ("anna", "mill")
    assert anna.get("/api/v1/api-tokens?everyone=true").status_code == 403
    assert root.call("DELETE", f"/api/v1/api-tokens/{made['id']}").status_code == 204


def test_the_audit_trail_tells_who_did_what_from_where(
    url: str, root: Visitor, anna: Visitor
) -> None:
    anna.post("/api/v1/api-tokens", json={"name": "ci", "scopes": ["read"]})
    wrong = {"user": "anna", "password": "a-secret-guess"}
    assert visitor(url).post("/api/v1/tokens", json=wrong).status_code == 401

    page = root.get("/api/v1/audit?everywhere=true&limit=2").json()
    assert [(it["action"], it["address"]) for it in page["items"]] == [
        ("session.refused", "127.0.0.1"),
        ("token.made", "127.0.0.1"),
    ]
    rest = root.get(f"/api/v1/audit?everywhere=true&after={page['next']}").json()
    assert {it["action"] for it in rest["items"]} == {"session.opened"}
    assert rest["next"] == ""
    assert "a-secret-guess" not in root.get("/api/v1/audit?everywhere=true").text
    assert [it["user"] for it in items(root.get("/api/v1/audit?user=root"))] == ["root"]
    assert items(root.get("/api/v1/audit?action=token.")) == [], "that is another project's"
    assert anna.get("/api/v1/audit").status_code == 403


def test_who_may_not_is_refused_with_a_problem(anna: Visitor) -> None:
    for method, path, body in (
        ("GET", "/users", None),
        ("POST", "/users", {"name": "x", "project": "mill"}),
        ("PATCH", "/users/anna", {"administrator": True}),
        ("DELETE", "/users/root", None),
        ("POST", "/users/root/password-reset", None),
        ("POST", "/projects", {"name": "x"}),
        ("DELETE", "/projects/mill", None),
        ("GET", "/projects/mill/members", None),
        ("PUT", "/projects/mill/members/anna", {"roles": ["admin"]}),
        ("DELETE", "/projects/mill/members/anna", None),
        ("GET", "/audit", None),
    ):
        answer = anna.call(method, f"/api/v1{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), path


def test_too_many_failures_are_answered_with_429(url: str) -> None:
    for _ in range(3):
        visitor(url).post("/api/v1/tokens", json={"user": "anna", "password": "wrong"})

    order = {"user": "anna", "password": PASSWORD}
    assert visitor(url).post("/api/v1/tokens", json=order).status_code == 429
