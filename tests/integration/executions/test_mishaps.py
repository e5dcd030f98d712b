"""What goes wrong around the manager, and does not bring it down."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import update
from tests.fakes.databases import Databases
from tests.fakes.executions import NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.kinds import Kind
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.adapters.tables import executions, journal, snapshots
from tarry.platform.executions.model import ExecutionState
from tarry.platform.executions.model.calls import StepCall
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import Transactions, utc_now

Result = TypeVar("Result")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
FLOW = chain("three", SYNC, SYNC, SYNC)


class DiskFull(Exception):
    pass


class Unlucky:
    """A journal whose writes fail now and then; some of those had arrived all the same."""

    def __init__(self, inner: Transactions[Any], *, arrives: bool) -> None:
        self._inner = inner
        self._arrives = arrives
        self._writes = 0

    async def read(self, work: Callable[[Any], Result]) -> Result:
        return await self._inner.read(work)

    async def write(self, work: Callable[[Any], Result]) -> Result:
        self._writes += 1
        if self._writes % 3 == 0:
            return await self._inner.write(work)
        if self._arrives and self._writes % 3 == 1:
            await self._inner.write(work)
        raise DiskFull


@pytest.mark.parametrize("arrives", [False, True])
def test_a_journal_that_cannot_be_written_for_a_while_loses_nothing(arrives: bool) -> None:
    async def story() -> None:
        made = House(FLOW, services=FakeServices(), clock=clock_of_loop(NOON))
        made.journal = Unlucky(made.store, arrives=arrives)
        async with made.working():
            run = await made.end_of(await made.start("three"))
        assert run.state is ExecutionState.SUCCEEDED
        assert set(made.services.started.values()) == {1}

    run_virtually(story())


def test_something_unforeseen_drops_what_is_in_memory_and_goes_on_from_the_journal() -> None:
    async def story() -> None:
        services = FakeServices(Tarry=Behaviour(lasts=10))
        tarry = service("Tarry", at_most_once=True)
        right, accidents = clock_of_loop(NOON), iter([RuntimeError("a bug")])

        def clock() -> datetime:
            if services.programs:
                for error in accidents:
                    raise error
            return right()

        made = House(chain("two", tarry, tarry), services=services, clock=clock)
        async with made.working():
            run = await made.end_of(await made.start("two"))
        assert run.state is ExecutionState.SUCCEEDED
        assert set(services.begun.values()) == {1}

    run_virtually(story())


def test_a_call_that_breaks_off_in_a_way_nobody_foresaw_touches_no_other_step() -> None:
    async def story() -> None:
        services = FakeServices(Sync=Behaviour(answers_after=5))
        odd = service("Odd", kind=Kind.SYNCHRONOUS)
        made = House(FLOW, chain("odd", odd), services=services, clock=clock_of_loop(NOON))

        def accident(call: StepCall) -> None:
            if call.terms.name == "Odd":
                raise RuntimeError("a bug")

        services.on_start = accident
        async with made.working():
            good, bad = await made.start("three"), await made.start("odd")
            undecided = await made.state_of(bad, ExecutionState.UNDECIDED)
            assert undecided.steps[0].failure is not None
            assert "a bug" in undecided.steps[0].failure.message
            assert (await made.end_of(good)).state is ExecutionState.SUCCEEDED
        assert set(services.started.values()) == {1}

    run_virtually(story())


async def test_a_run_that_cannot_be_read_does_not_stop_the_others(databases: Databases) -> None:
    """Its journal is of a newer version, say; it stays as it is until somebody can read it."""
    database = databases.open("sqlite")
    made = House(
        FLOW,
        services=FakeServices(Sync=Behaviour(answers_after=1000)),
        store=SqlTransactions(database, SqlExecutions),
        journal=SqlTransactions(database, SqlJournal),
        clock=utc_now,
    )
    async with made.working():
        runs = [await made.start("three") for _ in range(4)]
        for run in runs:
            await made.until(run, lambda view: bool(view.steps))

    def damage(newer: Any, unknown: Any, broken: Any) -> None:
        with database.engine.begin() as connection:
            connection.execute(
                update(journal).where(journal.c.execution == newer).values(format=99)
            )
            connection.execute(
                update(journal)
                .where(journal.c.execution == unknown, journal.c.seq == 2)
                .values(kind="forked")
            )
            connection.execute(
                snapshots.insert(), {"digest": "other", "content": json.dumps({"format": 99})}
            )
            connection.execute(
                update(executions).where(executions.c.id == broken).values(snapshot="other")
            )

    await asyncio.to_thread(damage, *runs[:3])
    made.services.behaviours["Sync"] = Behaviour()
    async with made.working():
        new = await made.end_of(await made.start("three"))
        assert new.state is ExecutionState.SUCCEEDED
        doubtful = await made.state_of(runs[3], ExecutionState.UNDECIDED)
        assert doubtful.state is ExecutionState.UNDECIDED
    for run in runs[:3]:
        assert (await made.show(run)).state is ExecutionState.RUNNING
    database.close()
