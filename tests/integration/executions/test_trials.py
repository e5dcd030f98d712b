"""Trying out what is not published: through a manager, and by whom."""

from dataclasses import replace

import pytest
from tests.fakes.executions import ADA, BOB, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.errors import MissingValue, UnknownPort
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState, RunView
from tarry.platform.executions.model.requests import Request
from tarry.platform.executions.model.trials import Trial
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Right

GIVEN = Port(name="given", type=PortType.STRING)
FIELD = replace(service("Field"), inputs=(GIVEN,))
OTHER = service("Other")


def version(number: int, *, published: int | None, of: str = "W") -> PublishedWorkflow:
    """Give a version that begins one service more than the version before it."""
    made = chain(of, *(FIELD, OTHER)[:number])
    entry = replace(made.entry, version=number, published_version=published)
    return replace(made, entry=entry)


def house(**behaviours: Behaviour) -> House:
    """Make one where version 1 of W is published, and version 2 a draft."""
    made = House(
        version(1, published=1), services=FakeServices(**behaviours), clock=clock_of_loop(NOON)
    )
    made.room.workflows.versions["W", 2] = version(2, published=1)  # type: ignore[attr-defined]
    return made


def test_the_newest_version_is_tried_out_although_another_one_is_published() -> None:
    made = house()

    async def story() -> tuple[RunView, RunView]:
        async with made.working():
            trial = await operations.try_workflow(made.room, ADA, "W", {"question": "q"})
            usual = await operations.start(made.room, ADA, "W", {"question": "q"})
            return await made.end_of(trial), await made.end_of(usual)

    trial, usual = run_virtually(story())
    assert (trial.trial, trial.workflow, len(trial.steps)) == (Trial.WORKFLOW, "W", 2)
    assert (usual.trial, len(usual.steps)) == (None, 1)
    assert trial.state is usual.state is ExecutionState.SUCCEEDED


async def test_a_run_of_the_published_version_is_no_trial_however_it_is_asked_for() -> None:
    made = house()
    run = await operations.try_workflow(made.room, ADA, "W", {"question": "q"}, version=1)
    assert (await made.show(run)).trial is None
    with pytest.raises(NotFound):
        await operations.try_workflow(made.room, ADA, "W", {"question": "q"}, version=3)


def test_a_service_is_run_on_its_own_with_its_own_inputs_and_outputs() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = await operations.try_service(made.room, ADA, "Field", {"given": "q"})
            return await made.end_of(run)

    ended = run_virtually(story())
    assert (ended.trial, ended.workflow, ended.title) == (Trial.SERVICE, "Field", FIELD.title)
    assert (ended.input_ports, ended.output_ports) == (FIELD.inputs, FIELD.outputs)
    assert ended.outputs == ended.steps[0].outputs == {"result": "(q)"}
    assert made.permits.opened[ended.id][0] == ADA.user


async def test_inputs_of_a_trial_are_held_against_the_ports_of_the_service() -> None:
    made = house()
    with pytest.raises(UnknownPort, match="question"):
        await operations.try_service(made.room, ADA, "Field", {"question": "q"})
    with pytest.raises(MissingValue, match="given"):
        await operations.try_service(made.room, ADA, "Field", {})
    with pytest.raises(NotFound, match="service"):
        await operations.try_service(made.room, ADA, "Nothing", {})
    assert made.permits.opened == {}


async def test_only_who_develops_and_may_start_runs_tries_things_out() -> None:
    made = house()
    trial = await operations.try_service(made.room, ADA, "Field", {"given": "q"})
    user = replace(ADA, rights=RIGHTS[Role.USER])
    developing_only = replace(ADA, rights=frozenset({Right.READ, Right.DEVELOP}))
    of_a_run = replace(ADA, execution=trial)

    for caller in (user, developing_only, of_a_run):
        with pytest.raises(NotAllowed):
            await operations.try_service(made.room, caller, "Field", {"given": "q"})
        with pytest.raises(NotAllowed):
            await operations.try_workflow(made.room, caller, "W", {"question": "q"})
        with pytest.raises(NotAllowed):
            await operations.rerun(made.room, caller, trial)
    assert (await operations.show(made.room, user, trial)).trial is Trial.SERVICE
    with pytest.raises(NotFound):
        await operations.show(made.room, BOB, trial)


async def test_a_trial_that_is_asked_for_twice_begins_once() -> None:
    made = house()
    asked = Request(key="k", digest="d")
    first = await operations.try_service(made.room, ADA, "Field", {"given": "q"}, request=asked)
    second = await operations.try_service(made.room, ADA, "Field", {"given": "q"}, request=asked)
    assert first == second
    assert len(made.permits.opened) == 1


def test_trials_are_repeated_and_gone_on_with_as_trials() -> None:
    broken = Behaviour(breaks="no luck")
    made = house(Field=broken)

    async def story() -> list[RunView]:
        async with made.working():
            one = await operations.try_service(made.room, ADA, "Field", {"given": "q"})
            draft = await operations.try_workflow(made.room, ADA, "W", {"question": "q"})
            ended = [await made.end_of(run, 600) for run in (one, draft)]
            broken.breaks = ""
            again = await operations.rerun(made.room, ADA, one, {"given": "other"})
            resumed = await operations.resume(made.room, ADA, draft)
            return [*ended, await made.end_of(again), await made.end_of(resumed)]

    one, draft, again, resumed = run_virtually(story())
    assert one.state is draft.state is ExecutionState.FAILED
    assert (again.trial, again.rerun_of, again.outputs) == (
        Trial.SERVICE,
        one.id,
        {"result": "(other)"},
    )
    assert (resumed.trial, resumed.resumed_from) == (Trial.WORKFLOW, draft.id)
    assert len(resumed.steps) == 2


async def test_what_repeats_a_trial_of_a_version_that_is_published_now_is_no_trial() -> None:
    made = house()
    trial = await operations.try_workflow(made.room, ADA, "W", {"question": "q"})
    versions = made.room.workflows.versions  # type: ignore[attr-defined]
    versions["W", 2] = version(2, published=2)
    again = await operations.rerun(made.room, ADA, trial)
    assert (await made.show(again)).trial is None
