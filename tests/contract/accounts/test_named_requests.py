"""A named request does its work once, in whatever room and process, on every store."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.contract.accounts.test_deeds import (
    RUN,
    furnished,
    lines,
    room_on,
    running,
    shelf_on,
    snapshot,
)
from tests.fakes.account_world import World
from tests.fakes.databases import Databases
from tests.fakes.executions import ADA
from tests.fakes.mesher import ANNA

from tarry.platform.accounts.adapters.sql import SqlAccounts
from tarry.platform.accounts.adapters.sql_records import SqlRecords
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.requests import LARGEST_KEPT, Answer
from tarry.platform.accounts.operations import (
    add_project,
    answered_before,
    keep_answer,
    see_projects,
)
from tarry.platform.accounts.operations.requests import forget_old_requests
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.operations import label_workflow, retract_workflow
from tarry.platform.catalogue.operations.publishing import Publication
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.errors import MessageLost, MessageRefused
from tarry.platform.executions.interfaces import CallFailed
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.executions.operations import tell
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.errors import RequestDone
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import KEPT_FOR, Caller, Deed, Request

FIRST = Request(key="k", digest="d", attempt="1")
AGAIN = replace(FIRST, attempt="2")


def by(caller: Caller, request: Request) -> Caller:
    return replace(caller, request=request)


async def make(world: World, caller: Caller, name: str) -> None:
    await add_project(world.accounts, caller, name, clock=world.clock)


async def test_what_a_request_did_is_known_and_not_done_again(world: World) -> None:
    root = await world.administrator("root", "office")
    assert await answered_before(world.accounts, root, FIRST, clock=world.clock) is None
    await make(world, by(root, FIRST), "bridge")

    known = await answered_before(world.accounts, root, AGAIN, clock=world.clock)
    assert known is not None
    assert (known.digest, known.action, known.subject) == ("d", "project.made", "bridge")
    assert known.answer is None
    with pytest.raises(RequestDone, match=r"project\.made"):
        await make(world, by(root, AGAIN), "other")
    names = [project.name for project in await see_projects(world.accounts, root)]
    assert "other" not in names
    await make(world, by(root, FIRST), "second-deed")


async def test_an_answer_is_kept_for_the_attempt_that_did_it(world: World) -> None:
    root = await world.administrator("root", "office")
    await make(world, by(root, FIRST), "bridge")
    answer = Answer(status=201, headers={"etag": '"1"'}, body=b"\x00{}")
    await keep_answer(world.accounts, root, AGAIN, replace(answer, status=200))
    await keep_answer(world.accounts, root, FIRST, answer)
    known = await answered_before(world.accounts, root, AGAIN, clock=world.clock)
    assert known is not None
    assert known.answer == answer

    await keep_answer(world.accounts, root, FIRST, replace(answer, body=bytes(LARGEST_KEPT + 1)))
    known = await answered_before(world.accounts, root, AGAIN, clock=world.clock)
    assert known is not None
    assert known.answer == replace(answer, body=None)


async def test_names_are_free_again_after_a_day(world: World) -> None:
    root = await world.administrator("root", "office")
    await make(world, by(root, FIRST), "bridge")
    world.now += KEPT_FOR
    assert await answered_before(world.accounts, root, AGAIN, clock=world.clock) is None
    await make(world, by(root, AGAIN), "tunnel")
    world.now += KEPT_FOR + timedelta(seconds=1)
    assert await forget_old_requests(world.accounts, clock=world.clock) == 1
    assert await forget_old_requests(world.accounts, clock=world.clock) == 0


async def test_a_claim_can_be_taken_back_by_who_made_it(world: World) -> None:
    root = await world.administrator("root", "office")
    deed = Deed(caller=by(root, FIRST), action="run.step-told", subject="x", at=world.now)
    await world.accounts.write(lambda store: store.claim(deed))
    await world.accounts.write(lambda store: store.claim(deed))
    await world.accounts.write(lambda store: store.release(by(root, AGAIN)))
    with pytest.raises(RequestDone):
        await world.accounts.write(lambda store: store.claim(replace(deed, caller=by(root, AGAIN))))
    await world.accounts.write(lambda store: store.release(by(root, FIRST)))
    await world.accounts.write(lambda store: store.claim(replace(deed, caller=by(root, AGAIN))))


async def test_other_rooms_do_it_once_too(database: Database) -> None:
    await furnished(database)
    store = SqlTransactions(database, lambda it: SqlCatalogue(it, SqlRecords(it)))
    shelf = shelf_on(store)
    card = Publication(company="ACME")
    await label_workflow(store, by(ANNA, FIRST), "Mesh", card, clock=shelf.clock)
    before = snapshot(database)

    with pytest.raises(RequestDone):
        await retract_workflow(store, by(ANNA, AGAIN), "Mesh", clock=shelf.clock)
    assert snapshot(database) == before
    assert lines(database) == ["workflow.labelled"]


class Talker:
    """A service that takes messages, until it is told not to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.trouble: Trouble | None = None

    async def notify(self, call: object, message: str) -> str:
        del call
        self.heard.append(message)
        if self.trouble is not None:
            raise CallFailed(self.trouble, "so it is")
        return "yes"


async def test_a_message_is_said_once(database: Database) -> None:
    await running(database, "running", "running")
    talker = Talker()
    store = SqlTransactions(database, lambda it: SqlExecutions(it, SqlRecords(it)))
    room = replace(room_on(store), intercom=talker)

    async def say(attempt: str) -> str:
        request = Request(key="k", digest="d", attempt=attempt)
        return await tell(room, by(ADA, request), RUN, 1, "go on")

    talker.trouble = Trouble.REFUSED
    with pytest.raises(MessageRefused):
        await say("1")
    talker.trouble = Trouble.LOST  # nobody knows: the name of the request is used up
    with pytest.raises(MessageLost):
        await say("2")
    talker.trouble = None
    with pytest.raises(RequestDone):
        await say("3")
    assert talker.heard == ["go on", "go on"]


async def test_two_processes_that_hear_the_same_request_do_it_once(databases: Databases) -> None:
    """They have nothing in common but the database."""
    url = databases.url("postgresql")
    both = [Database(url), Database(url)]
    try:
        stores: list[Transactions[Accounts]] = [SqlTransactions(it, SqlAccounts) for it in both]
        worlds = [World(store) for store in stores]
        root = await worlds[0].administrator("root", "office")
        for turn in range(10):
            requests = [Request(key=f"k{turn}", digest="d", attempt=f"{n}") for n in range(2)]
            done = await asyncio.gather(
                *(
                    make(world, by(root, request), f"p{turn}-{request.attempt}")
                    for world, request in zip(worlds, requests, strict=True)
                ),
                return_exceptions=True,
            )
            assert [type(one) for one in done].count(RequestDone) == 1
        assert len(await see_projects(stores[0], root)) == 11
    finally:
        for one in both:
            one.close()
