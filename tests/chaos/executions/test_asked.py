"""The manager dies at every write of its journal while somebody is asked, and answers.

Whoever is asked sees the page; their answer counts, once; and nothing is started twice.
"""

import asyncio
from typing import get_args

import pytest
from tests.fakes.crashes import CrashingTransactions, Moment
from tests.fakes.executions import ADA, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.kinds import Kind
from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState, RunView
from tarry.platform.kernel.model import ExecutionId

ASK = service("Ask", kind=Kind.APPLICATION, at_most_once=True)
TARRY = service("Tarry", at_most_once=True)
ASKING = chain("asking", TARRY, ASK, TARRY)
HURRIED = chain("hurried", ASK)


async def answer(made: House, run: ExecutionId, text: str) -> None:
    """Answer whatever the run asks, as soon as it does, and once more as people do."""
    while not (view := await made.show(run)).waits:
        await asyncio.sleep(1)  # who died right after a write has told nobody
    step = next(step for step in view.steps if step.waits)
    assert step.page_tag, "it waits for an answer, and nobody can see the question"
    for said in (text, "too late"):
        ports = await operations.awaited(made.room, step.id, caller=ADA, run=None)
        if ports is not None:
            outputs = {"result": said}
            await operations.report(made.room, step.id, ports, outputs, caller=ADA)
        await asyncio.sleep(1)


async def play(name: str, at: int, moment: Moment) -> tuple[House, RunView, bool]:
    """Run a workflow with a crash in it; tells whether there was one."""
    made = House(
        ASKING,
        HURRIED,
        services=FakeServices(Tarry=Behaviour(lasts=6), Ask=Behaviour()),
        clock=clock_of_loop(NOON),
    )
    run = await made.start(name)
    made.journal = CrashingTransactions(made.store, at=at, moment=moment)
    working = asyncio.create_task(made.new_manager().run())
    answering = asyncio.create_task(answer(made, run, "42"))
    await asyncio.wait({working}, timeout=100)
    crashed = working.done()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    made.journal = made.store
    async with made.working():
        view = await made.end_of(run, 3600)
        await answering
        await asyncio.sleep(5)
    assert not made.store.store.inbox
    return made, view, crashed


@pytest.mark.parametrize("moment", get_args(Moment))
@pytest.mark.parametrize("name", ["asking", "hurried"])
def test_whenever_the_manager_dies_an_answer_is_asked_for_and_counts_once(
    name: str, moment: Moment
) -> None:
    crashes = 0
    for at in range(1, 100):
        made, view, crashed = run_virtually(play(name, at, moment))
        assert view.state is ExecutionState.SUCCEEDED, view.failure
        asked = next(step for step in view.steps if step.kind is Kind.APPLICATION)
        assert asked.outputs == {"result": "42"}
        assert all(begun == 1 for begun in made.services.begun.values())
        assert not made.services.polled[asked.id]
        if not crashed:
            break
        crashes += 1
    assert crashes >= 3
