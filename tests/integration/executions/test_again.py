"""Runs that go on from another one, or repeat it: through a manager, and over its deaths."""

import asyncio
from dataclasses import replace

import pytest
from tests.fakes.executions import ADA, BOB, NOON, service
from tests.fakes.flows import flow, use
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.errors import MissingValue
from tarry.contract.lists import write_list
from tarry.contract.ports import MASK, Port, PortType
from tarry.platform.catalogue.errors import NotPublished
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.errors import NotResumable
from tarry.platform.executions.model import ExecutionState, RunView, StepState
from tarry.platform.executions.model.requests import Request
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import ExecutionId
from tarry.platform.workflows.model import Constant, ForEach, Gathered, Sequence, Wire

GOOD = service("Good", at_most_once=True)
BAD = service("Bad")
FLOW = flow(
    "W",
    use(GOOD, "a", "question"),
    use(BAD, "b", "a"),
    services=(GOOD, BAD),
    outputs=("b",),
)


def house(*workflows: PublishedWorkflow, **behaviours: Behaviour) -> House:
    return House(*workflows, services=FakeServices(**behaviours), clock=clock_of_loop(NOON))


async def failed(made: House, **inputs: str) -> RunView:
    run = await operations.start(made.room, ADA, "W", inputs or {"question": "q"})
    ended = await made.end_of(run, 600)
    assert ended.state is ExecutionState.FAILED
    return ended


def test_a_resumed_run_goes_on_with_what_was_finished_and_names_the_run_before() -> None:
    bad = Behaviour(breaks="no luck")
    made = house(FLOW, Bad=bad)

    async def story() -> tuple[RunView, RunView]:
        async with made.working():
            old = await failed(made)
            await asyncio.sleep(5)
            bad.breaks = ""
            new = await operations.resume(made.room, ADA, old.id)
            return old, await made.end_of(new)

    old, new = run_virtually(story())

    assert new.state is ExecutionState.SUCCEEDED
    assert new.outputs == {"b": "((q))"}
    assert (new.resumed_from, new.rerun_of) == (old.id, None)
    assert [step.taken_from for step in new.steps] == [old.steps[0].id, None]
    assert sum(made.services.started.values()) == 3
    assert made.permits.opened[new.id][0] == ADA.user
    page = run_virtually(operations.page(made.room, new.steps[0].id, caller=ADA))
    assert page.content == f"<p>the end of {old.steps[0].id}</p>".encode()


def test_a_resumed_run_survives_deaths_of_the_manager_and_takes_over_later_too() -> None:
    """What stands behind a step that runs anew is taken over once that is done."""
    slow = Behaviour(lasts=100)
    bad = Behaviour(breaks="no luck")
    flow_ = flow(
        "W",
        use(service("Slow"), "s", "other"),
        use(GOOD, "a", "question"),
        use(BAD, "b", "a"),
        services=(service("Slow"), GOOD, BAD),
        inputs=(Port(name="question"), Port(name="other")),
        outputs=("b",),
    )
    made = house(flow_, Bad=bad, Slow=slow)

    async def story() -> RunView:
        async with made.working():
            old = await failed(made, question="q", other="1")
            bad.breaks = ""
            new = await operations.resume(made.room, ADA, old.id, {"other": "2"})
            await asyncio.sleep(30)
        async with made.working():
            return await made.end_of(new, 600)

    new = run_virtually(story())

    assert new.inputs == {"question": "q", "other": "2"}
    assert [step.taken_from is not None for step in new.steps] == [False, True, False]


def test_only_what_failed_or_was_aborted_can_be_resumed_and_only_by_its_project() -> None:
    made = house(FLOW, Bad=Behaviour(lasts=50))

    async def story() -> None:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {"question": "q"})
            with pytest.raises(NotResumable):
                await operations.resume(made.room, ADA, run)
            await made.end_of(run, 600)
            with pytest.raises(NotResumable, match="succeeded"):
                await operations.resume(made.room, ADA, run)
            with pytest.raises(NotFound):
                await operations.resume(made.room, BOB, run)
            with pytest.raises(NotFound):
                await operations.rerun(made.room, BOB, run)
            with pytest.raises(NotAllowed):
                await operations.rerun(made.room, replace(ADA, execution=run), run)

    run_virtually(story())


def test_a_rerun_does_all_again_with_the_same_or_with_edited_inputs() -> None:
    made = house(FLOW)

    async def story() -> list[RunView]:
        async with made.working():
            first = await made.end_of(
                await operations.start(made.room, ADA, "W", {"question": "q"}), 600
            )
            same = await operations.rerun(made.room, ADA, first.id)
            edited = await operations.rerun(made.room, ADA, first.id, {"question": "p"})
            without = await operations.rerun(made.room, ADA, first.id, {"question": None})
            return [first, *[await made.end_of(run) for run in (same, edited, without)]]

    first, same, edited, without = run_virtually(story())

    assert {run.rerun_of for run in (same, edited, without)} == {first.id}
    assert [run.outputs for run in (same, edited, without)] == [
        {"b": "((q))"},
        {"b": "((p))"},
        {"b": "(())"},
    ]
    assert all(step.taken_from is None for step in same.steps)


def test_a_request_that_arrives_twice_resumes_once() -> None:
    made = house(FLOW, Bad=Behaviour(breaks="no luck"))

    async def story() -> tuple[ExecutionId, ExecutionId]:
        async with made.working():
            old = await failed(made)
            request = Request(key="k", digest="d")
            return (
                await operations.resume(made.room, ADA, old.id, request=request),
                await operations.resume(made.room, ADA, old.id, request=request),
            )

    first, second = run_virtually(story())
    assert first == second


def test_secrets_have_to_be_given_again() -> None:
    secret = Port(name="password", type=PortType.SECRET)
    bad = replace(BAD, inputs=(Port(name="given", type=PortType.SECRET),))
    guarded = flow(
        "W",
        use(GOOD, "a", Constant("1")),
        use(bad, "b", "password"),
        services=(GOOD, bad),
        inputs=(secret,),
    )
    made = house(guarded, Bad=Behaviour(breaks="no luck"))

    async def story() -> None:
        async with made.working():
            old = await failed(made, password="one")
            with pytest.raises(MissingValue, match="password"):
                await operations.resume(made.room, ADA, old.id)
            new = await operations.resume(made.room, ADA, old.id, {"password": "two"})
            again = await operations.rerun(made.room, ADA, old.id, {"password": "three"})
            assert made.permits.secrets[new] == {"password": "two"}
            assert made.permits.secrets[again] == {"password": "three"}
            assert (await made.end_of(new)).steps[0].taken_from == old.steps[0].id
            assert (await made.show(new)).inputs == {"password": MASK}

    run_virtually(story())


def test_the_files_of_finished_steps_may_be_read_by_the_run_that_goes_on() -> None:
    file = Port(name="result", type=PortType.FILE)
    many = Port(name="result", type=PortType.FILE, many=True)
    good = replace(GOOD, outputs=(file,))
    lists = replace(service("Lists"), outputs=(many,))
    stored = flow("W", use(good, "a"), use(lists, "l"), use(BAD, "b"), services=(good, lists, BAD))
    names = ["local://bridges/runs/x/1/result/a", "local://b", "local://c"]
    made = house(
        stored,
        Good=Behaviour(result=lambda given: {"result": names[0]}),
        Lists=Behaviour(result=lambda given: {"result": write_list(names[1:])}),
        Bad=Behaviour(breaks="no luck"),
    )

    async def story() -> None:
        async with made.working():
            old = await failed(made)
            new = await operations.resume(made.room, ADA, old.id)
            again = await operations.rerun(made.room, ADA, old.id)
        assert made.permits.opened[new] == (ADA.user, tuple(names))
        assert made.permits.opened[again] == (ADA.user, ())

    run_virtually(story())


def test_services_are_as_they_are_now_while_the_document_is_still_the_published_one() -> None:
    made = house(FLOW, Bad=Behaviour(breaks="no luck"))
    moved = replace(FLOW, services={**FLOW.services, BAD.uri: replace(BAD, name="Moved")})
    other = flow("W", use(BAD, "b", "question"), services=(BAD,), outputs=("b",))

    async def story() -> None:
        async with made.working():
            old = await failed(made)
            made.room.workflows.by_name["W"] = moved  # type: ignore[attr-defined]
            new = await made.end_of(await operations.resume(made.room, ADA, old.id))
            assert new.state is ExecutionState.SUCCEEDED  # it is called by its new name
            made.room.workflows.by_name["W"] = other  # type: ignore[attr-defined]
            kept = await made.end_of(await operations.resume(made.room, ADA, old.id))
            assert [step.key for step in kept.steps] == ["s1", "s2"]
            assert kept.steps[1].state is StepState.FAILED

    run_virtually(story())


def test_a_run_of_a_workflow_that_was_retracted_goes_on_as_it_was() -> None:
    bad = Behaviour(breaks="no luck")
    made = house(FLOW, Bad=bad)

    async def story() -> RunView:
        async with made.working():
            old = await failed(made)
            bad.breaks = ""
            made.room.workflows.retracted.add("W")  # type: ignore[attr-defined]
            with pytest.raises(NotPublished):
                await operations.start(made.room, ADA, "W", {"question": "q"})
            return await made.end_of(await operations.resume(made.room, ADA, old.id))

    assert run_virtually(story()).state is ExecutionState.SUCCEEDED


def test_finished_items_of_an_aborted_for_each_are_taken_over() -> None:
    each = flow(
        "W",
        ForEach(
            key="",
            body=Sequence(nodes=(use(BAD, "y", "it"),)),
            over=Wire("list"),
            item="it",
            width=2,
            gathered=(Gathered(id="all", source=Wire("y")),),
        ),
        services=(BAD,),
        inputs=(Port(name="list", many=True),),
        outputs=("all",),
    )
    made = house(each, Bad=Behaviour(lasts=10))

    async def story() -> tuple[RunView, RunView]:
        async with made.working():
            given = {"list": write_list("abcdef")}
            run = await operations.start(made.room, ADA, "W", given)
            await asyncio.sleep(25)
            await operations.abort(made.room, ADA, run)
            old = await made.end_of(run)
            return old, await made.end_of(await operations.resume(made.room, ADA, run))

    old, new = run_virtually(story())

    done = sum(step.state is StepState.SUCCEEDED for step in old.steps)
    assert 0 < done < 6
    assert sum(step.taken_from is not None for step in new.steps) == done
    assert new.outputs == {"all": write_list(f"({letter})" for letter in "abcdef")}
    assert new.constructs[0].count == 6


def test_a_run_before_that_cannot_be_read_any_more_only_costs_what_it_had_finished() -> None:
    bad = Behaviour(breaks="no luck")
    made = house(FLOW, Bad=bad)

    async def story() -> RunView:
        async with made.working():
            old = await failed(made)
        bad.breaks = ""
        new = await operations.resume(made.room, ADA, old.id)
        made.store.store.snapshots[old.id] = {"format": 99}
        async with made.working():
            return await made.end_of(new)

    run = run_virtually(story())

    assert run.state is ExecutionState.SUCCEEDED
    assert [step.taken_from for step in run.steps] == [None, None]
