"""Workflows in the place of services: a run carries out their bodies as part of its own."""

import asyncio
from dataclasses import replace

from tests.fakes.executions import ADA, NOON, service
from tests.fakes.flows import flow, use
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.lists import write_list
from tarry.contract.ports import Port, PortType
from tarry.platform.executions import operations
from tarry.platform.executions.model import ExecutionState, Place, RunView
from tarry.platform.workflows.model import (
    Compare,
    Comparison,
    Constant,
    ForEach,
    Gathered,
    Literal,
    Nested,
    Repeat,
    Sequence,
    Variable,
    Wire,
)

FIELD = service("Field", at_most_once=True)
INNER = flow(
    "Inner",
    Repeat(
        key="",
        body=Sequence(nodes=(use(FIELD, "x", "size"), use(FIELD, "y", "x"))),
        condition=Compare(Comparison.EQUAL, Variable("y"), Literal("", PortType.STRING)),
    ),
    services=(FIELD,),
    inputs=(Port(name="size"),),
    outputs=("y",),
)
OUTER = flow(
    "W",
    use(FIELD, "first", Constant("0")),
    ForEach(
        key="",
        body=Sequence(
            nodes=(
                Nested(
                    key="",
                    workflow=INNER.entry.uri,
                    inputs={"size": Wire("it")},
                    outputs={"y": "each"},
                ),
            )
        ),
        over=Wire("question"),
        item="it",
        gathered=(Gathered(id="all", source=Wire("each")),),
    ),
    Nested(
        key="",
        workflow=INNER.entry.uri,
        inputs={"size": Constant("c")},
        outputs={"y": "last"},
    ),
    services=(FIELD,),
    inputs=(Port(name="question", many=True),),
    outputs=("all", "last"),
    nested=(INNER,),
)


def house() -> House:
    return House(OUTER, services=FakeServices(Field=Behaviour(lasts=5)), clock=clock_of_loop(NOON))


def test_a_nested_workflow_runs_with_its_own_ids_for_each_item_and_over_a_restart() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {"question": write_list("ab")})
            await asyncio.sleep(8)
        async with made.working():
            return await made.end_of(run)

    run = run_virtually(story())

    assert run.state is ExecutionState.SUCCEEDED, run.failure
    assert run.outputs == {"all": write_list(["((a))", "((b))"]), "last": "((c))"}
    places = {step.place for step in run.steps}
    assert places >= {Place("s1"), Place("f1/n1/r1/s1", (1, 0)), Place("n1/r1/s2", (0,))}
    assert set(made.services.started.values()) == {1}


def test_a_run_keeps_the_version_of_a_nested_workflow_that_it_was_started_with() -> None:
    made = house()
    changed = replace(INNER.entry, version=2, document=b"<broken")

    async def story() -> RunView:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {"question": write_list("a")})
            await asyncio.sleep(8)
        made.room.workflows.by_name["W"] = replace(  # type: ignore[attr-defined]
            OUTER, nested={changed.uri: changed}
        )
        async with made.working():
            return await made.end_of(run)

    assert run_virtually(story()).state is ExecutionState.SUCCEEDED


def test_what_a_nested_workflow_has_finished_is_taken_over() -> None:
    made = house()

    async def story() -> tuple[RunView, RunView]:
        async with made.working():
            run = await operations.start(made.room, ADA, "W", {"question": write_list("ab")})
            await asyncio.sleep(13)
            await operations.abort(made.room, ADA, run)
            old = await made.end_of(run)
            return old, await made.end_of(await operations.resume(made.room, ADA, run))

    old, new = run_virtually(story())

    finished = {step.key for step in old.steps if step.outputs}
    assert len(finished) > 2
    assert {step.key for step in new.steps if step.taken_from} == finished
    assert new.outputs == {"all": write_list(["((a))", "((b))"]), "last": "((c))"}
