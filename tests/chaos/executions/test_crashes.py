"""The manager dies at every write of its journal, just before and just after it; then another
one takes over. Whatever happens, a run ends right and nothing is started twice that must not be."""

import asyncio
from typing import get_args

import pytest
from tests.fakes.crash_story import Story, check_starts, killed
from tests.fakes.crashes import Moment
from tests.fakes.executions import ADA, chain, service
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import run_virtually

from tarry.contract.kinds import Kind
from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState

TARRY = service("Tarry", at_most_once=True)
FIELD = service("Field")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
AGAIN = service("Again", kind=Kind.SYNCHRONOUS, repeatable=True)
WORKFLOWS = {
    "tarry": chain("tarry", TARRY, TARRY),
    "field": chain("field", FIELD, FIELD),
    "sync": chain("sync", SYNC, SYNC, SYNC),
    "again": chain("again", AGAIN, AGAIN),
    "mixed": chain("mixed", TARRY, SYNC, FIELD, AGAIN),
}
NEVER_TWICE = {"field", "sync"}


def told(*, at: int, moment: Moment) -> Story:
    services = FakeServices(
        Tarry=Behaviour(lasts=6), Field=Behaviour(lasts=6), Sync=Behaviour(lasts=1)
    )
    return Story(WORKFLOWS, services, at=at, moment=moment)


@pytest.mark.parametrize("moment", get_args(Moment))
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_whenever_the_manager_dies_the_run_ends_right(workflow: str, moment: Moment) -> None:
    steps = len(WORKFLOWS[workflow].document.steps)
    at = 0
    while True:
        at += 1
        story = told(at=at, moment=moment)
        run = run_virtually(story.play(workflow))
        if not story.crashed:
            break
        assert run.state is ExecutionState.SUCCEEDED, f"crash {moment} write {at}"
        assert run.outputs == {"answer": "(" * steps + "q" + ")" * steps}
        check_starts(story.house, run)
    assert at > steps + 2


@pytest.mark.parametrize("moment", get_args(Moment))
def test_whenever_the_manager_dies_an_abort_is_carried_through(moment: Moment) -> None:
    async def play(at: int) -> bool:
        story = told(at=at, moment=moment)
        made = story.house
        run = await made.start("tarry")
        made.journal = story.journal
        working = asyncio.create_task(made.new_manager().run())
        await asyncio.wait({working}, timeout=3)
        await operations.abort(made.room, ADA, run)
        await asyncio.wait({working}, timeout=30)
        crashed = working.done()
        await killed(working)
        made.journal = made.store
        async with made.working():
            ended = await made.end_of(run)
        assert ended.state is ExecutionState.ABORTED
        assert all(program.aborted for program in made.services.programs.values())
        check_starts(made, ended)
        return crashed

    at = 1
    while run_virtually(play(at)):
        at += 1
    assert at > 5


@pytest.mark.parametrize("moment", get_args(Moment))
def test_many_runs_in_flight_survive_a_death_together(moment: Moment) -> None:
    async def play(at: int) -> bool:
        story = told(at=at, moment=moment)
        made = story.house
        runs = [await made.start(name) for name in WORKFLOWS for _ in range(5)]
        made.journal = story.journal
        working = asyncio.create_task(made.new_manager().run())
        finished = [asyncio.create_task(story.finish(run)) for run in runs]
        await asyncio.wait({working}, timeout=200)
        crashed = working.done()
        await killed(working)
        made.journal = made.store
        async with made.working():
            ended = await asyncio.gather(*finished)
        for run in ended:
            assert run.state is ExecutionState.SUCCEEDED
            check_starts(made, run)
        return crashed

    at = 1
    while run_virtually(play(at)):
        at += 3
    assert at > 10
