"""The manager dies at every write of its journal in a run of a document with all constructs."""

import asyncio
from typing import get_args

import pytest
from tests.fakes.constructs import ALL, BROKEN, FLAKY, RESULTS, TARRY, WHOLE, row
from tests.fakes.crash_story import Story, check_starts
from tests.fakes.crashes import Moment
from tests.fakes.executions import ADA
from tests.fakes.flows import flow, use
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import run_virtually

from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState, RunView, StepState
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.kernel.model import execution_of
from tarry.platform.workflows.model import (
    Parallel,
)

LOSING = flow(
    "losing",
    Parallel(
        key="",
        branches=(
            row(use(TARRY, "a")),
            row(use(TARRY, "b"), use(BROKEN, "c", "b")),
            row(use(TARRY, "d"), use(FLAKY, "e", "d", retries=9)),
        ),
    ),
    services=ALL,
)
WORKFLOWS: dict[str, PublishedWorkflow] = {"whole": WHOLE, "losing": LOSING}


def told(*, at: int | None, moment: Moment, lasts: float = 3) -> Story:
    services = FakeServices(
        Tarry=Behaviour(lasts=lasts),
        Field=Behaviour(lasts=3),
        Sync=Behaviour(lasts=1),
        Flaky=Behaviour(lasts=3, starts=[Trouble.FAULT]),
        Broken=Behaviour(starts=[Trouble.FAULT] * 100),
    )
    return Story(WORKFLOWS, services, at=at, moment=moment)


@pytest.mark.parametrize("moment", get_args(Moment))
def test_whenever_the_manager_dies_every_construct_goes_on_right(moment: Moment) -> None:
    at = 0
    while True:
        at += 1
        story = told(at=at, moment=moment)
        run = run_virtually(story.play("whole"))
        if not story.crashed:
            break
        assert run.state is ExecutionState.SUCCEEDED, f"crash {moment} write {at}: {run.failure}"
        assert run.outputs == RESULTS, f"crash {moment} write {at}"
        assert [it.count for it in run.constructs] == [3, None, 2]
        check_starts(story.house, run)
    assert at > 25


@pytest.mark.parametrize("moment", get_args(Moment))
def test_whenever_the_manager_dies_a_failure_has_the_other_branches_stopped(
    moment: Moment,
) -> None:
    async def play(story: Story) -> RunView:
        # The first branch would last for ever: the run ends because it is stopped.
        story.house.services.on_start = lambda call: _slow(story, call.step.endswith("_1"))
        return await story.play("losing")

    at = 0
    while True:
        at += 1
        story = told(at=at, moment=moment)
        run = run_virtually(play(story))
        if not story.crashed:
            break
        assert run.state is ExecutionState.FAILED, f"crash {moment} write {at}"
        assert run.failure is not None
        assert "(p1/b2/s2)" in run.failure.message
        first = story.house.services.programs[run.steps[0].id]
        assert first.aborted, f"crash {moment} write {at}"
        assert all(step.state is not StepState.RUNNING for step in run.steps)
        check_starts(story.house, run)
    assert at > 6


def _slow(story: Story, first: bool) -> None:
    story.house.services.behaviours["Tarry"].lasts = 10_000 if first else 3


@pytest.mark.parametrize("moment", get_args(Moment))
def test_whenever_the_manager_dies_a_resumed_run_takes_over_what_was_finished(
    moment: Moment,
) -> None:
    async def play(story: Story) -> tuple[RunView, RunView]:
        made = story.house
        async with made.working():
            run = await made.start("whole")
            await asyncio.sleep(9)
            await operations.abort(made.room, ADA, run)
            old = await made.end_of(run)
            await asyncio.sleep(5)
        resumed = await operations.resume(made.room, ADA, run)
        return old, await story.carry_on(resumed)

    at = 0
    while True:
        at += 1
        story = told(at=at, moment=moment)
        old, new = run_virtually(play(story))
        if not story.crashed:
            break
        assert new.state is ExecutionState.SUCCEEDED, f"crash {moment} write {at}: {new.failure}"
        assert new.outputs == RESULTS
        done = {step.key for step in old.steps if step.state is StepState.SUCCEEDED}
        assert len(done) > 3
        called = {it for it in story.house.services.started if execution_of(it) == new.id}
        assert done == {step.key for step in new.steps if step.taken_from is not None}
        assert not called & {step.id for step in new.steps if step.key in done}
        check_starts(story.house, new)
    assert at > 8


def test_the_story_without_a_crash_is_the_same() -> None:
    run = run_virtually(told(at=None, moment="before").play("whole"))

    assert run.outputs == RESULTS
    assert [step.attempt for step in run.steps if step.service == FLAKY.uri] == [1, 2]
