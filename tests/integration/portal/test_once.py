"""A request that is sent again under its name does nothing, and is answered as the first time."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.accounts import MemoryAccounts, PlainPasswords
from tests.fakes.portal_rooms import FakeRooms
from tests.fakes.transactions import MemoryTransactions
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor, visitor
from tests.integration.portal.test_people import enter, populate

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.operations import Callers
from tarry.platform.kernel.model import KEPT_FOR
from tarry.platform.portal.api.app import build
from tarry.platform.portal.api.once import takes_keys
from tarry.platform.portal.operations import BoundAccounts, BoundPeople, BoundRequests

API = "/api/v1"
KEY = {"Idempotency-Key": "3f2c"}
SHOWN_ONCE = {"token", "password"}


class World:
    """A portal, and the store behind it."""

    def __init__(self) -> None:
        self.accounts = MemoryTransactions[Accounts](MemoryAccounts())
        passwords = PlainPasswords()
        asyncio.run(populate(self.accounts, passwords))
        callers = Callers(accounts=self.accounts, keys=KEYS)
        rooms = replace(
            FakeRooms().rooms(),
            accounts=BoundAccounts(
                accounts=self.accounts,
                callers=callers,
                passwords=passwords,
                attempts=Attempts(most=3),
            ),
            people=BoundPeople(accounts=self.accounts, callers=callers, passwords=passwords),
            requests=BoundRequests(accounts=self.accounts),
        )
        self.app = build(rooms, keys=KEYS, public_url=PUBLIC_URL)

    @property
    def store(self) -> MemoryAccounts:
        store = self.accounts.store
        assert isinstance(store, MemoryAccounts)
        return store

    def lose_the_answer(self, age: timedelta) -> None:
        """Let it be as if the process had died right after the deed, so long ago."""
        for key, known in self.store.named.items():
            self.store.named[key] = replace(known, answer=None, at=known.at - age)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with serving(world.app) as address:
        yield address


@pytest.fixture
def root(url: str) -> Visitor:
    return enter(url, "root")


def make(who: Visitor, name: str, headers: dict[str, str] | None = None) -> Any:
    return who.post(
        f"{API}/projects", json={"name": name}, headers=KEY if headers is None else headers
    )


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_same_request_is_answered_as_the_first_time(root: Visitor, world: World) -> None:
    first, again = make(root, "bridge"), make(root, "bridge")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["X-Content-Type-Options"] == "nosniff"
    assert [entry.action for entry in world.store.trail].count("project.made") == 1


def test_another_request_of_that_name_is_refused(root: Visitor) -> None:
    make(root, "bridge")
    assert problem(make(root, "tunnel")) == (422, "idempotency-key-reused")
    elsewhere = root.post(f"{API}/users", json={"name": "x", "project": "mill"}, headers=KEY)
    assert problem(elsewhere) == (422, "idempotency-key-reused")
    assert problem(make(root, "tunnel", {"Idempotency-Key": "a b"})) == (422, "bad-idempotency-key")


def test_a_request_that_was_refused_leaves_its_name_free(root: Visitor) -> None:
    assert make(root, "").status_code == 422
    assert problem(make(root, "mill")) == (409, "exists")
    assert make(root, "bridge").status_code == 201


def test_names_belong_to_whoever_gives_them(root: Visitor, url: str) -> None:
    anna = enter(url, "anna")
    order = {"name": "ci", "scopes": ["read"]}
    assert root.post(f"{API}/api-tokens", json=order, headers=KEY).status_code == 201
    assert anna.post(f"{API}/api-tokens", json=order, headers=KEY).status_code == 201
    nobody = visitor(url).post(f"{API}/projects", json={"name": "x"}, headers=KEY)
    assert nobody.status_code in {401, 403}


def test_what_is_shown_once_is_not_kept_and_yet_done_once(root: Visitor, world: World) -> None:
    order = {"name": "ci", "scopes": ["read"]}
    first = root.post(f"{API}/api-tokens", json=order, headers=KEY)
    again = root.post(f"{API}/api-tokens", json=order, headers=KEY)

    assert first.headers["Cache-Control"] == "no-store"
    assert problem(again) == (409, "request-done")
    assert "token.made (ci)" in again.json()["detail"]
    answers = [known.answer for known in world.store.named.values()]
    assert [(one.status, one.body) for one in answers if one] == [(201, None)]
    assert len(root.get(f"{API}/api-tokens").json()["items"]) == 1


def test_a_process_that_died_before_the_answer_was_kept_did_it_once(
    root: Visitor, world: World
) -> None:
    make(root, "bridge")
    world.lose_the_answer(timedelta(seconds=2))
    assert problem(make(root, "bridge")) == (409, "request-in-flight")
    world.lose_the_answer(timedelta(minutes=2))
    assert problem(make(root, "bridge")) == (409, "request-done")
    world.lose_the_answer(KEPT_FOR)
    assert problem(make(root, "bridge")) == (409, "exists")  # it is a new request by now


def test_every_call_that_makes_something_says_that_it_takes_a_name(world: World) -> None:
    document = world.app.openapi()
    schemas = document["components"]["schemas"]
    for path, calls in document["paths"].items():
        if "post" not in calls or not path.startswith(API):
            continue
        names = {one["name"] for one in calls["post"].get("parameters", ())}
        runs = path == f"{API}/runs" or path.endswith(("/resume", "/rerun"))
        assert ("Idempotency-Key" in names) == (takes_keys("POST", path) or runs), path
    showing = {
        name
        for name, schema in schemas.items()
        if name.endswith("Answer") and SHOWN_ONCE & set(schema.get("properties", ()))
    }
    # Whoever adds one sees to it that its answer is kept nowhere (`door.keep_nowhere`).
    assert showing == {"MadeTokenAnswer", "MadeUserAnswer", "PasswordAnswer", "SessionAnswer"}
