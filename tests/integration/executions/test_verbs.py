"""The verbs of the doors: what they check, whom they refuse, what they leave for the manager."""

from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.executions import ADA, BOB, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import run_virtually

from tarry.contract.errors import InvalidValue, MissingValue, UnknownPort
from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions import operations
from tarry.platform.executions.api.push import PushDoor
from tarry.platform.executions.errors import BadCapability, NothingToDecide, RunIsOver
from tarry.platform.executions.model import Choice, ExecutionState
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import ExecutionId, StepRunId, Window
from tarry.platform.workflows.model import Constant, Step

FIELD = service("Field")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
PLAIN = chain("plain", FIELD)


def house(*workflows: PublishedWorkflow, **behaviours: Behaviour) -> House:
    return House(
        PLAIN,
        chain("sync", SYNC),
        *workflows,
        services=FakeServices(**behaviours),
        clock=lambda: NOON,
    )


def asking(*inputs: Port) -> PublishedWorkflow:
    """Give a workflow that asks for these inputs."""
    return replace(PLAIN, entry=replace(PLAIN.entry, name="asking", inputs=inputs))


async def test_a_started_run_is_seen_at_once_and_its_token_is_open() -> None:
    made = house()
    run = await operations.start(made.room, ADA, "plain", {"question": "?"})

    seen = await operations.show(made.room, ADA, run)

    assert (seen.state, seen.title) == (ExecutionState.WAITING, "The workflow plain")
    assert made.permits.opened == {run: (ADA.user, ())}


async def test_inputs_are_held_against_their_ports_and_defaults_are_filled_in() -> None:
    size = Port(name="size", type=PortType.DECIMAL, default="0.5")
    count = Port(name="count", type=PortType.INTEGER)
    made = house(asking(size, count))

    run = await operations.start(made.room, ADA, "asking", {"count": "3"})
    assert (await operations.show(made.room, ADA, run)).inputs == {"size": "0.5", "count": "3"}

    with pytest.raises(InvalidValue, match="count"):
        await operations.start(made.room, ADA, "asking", {"count": "three"})
    with pytest.raises(MissingValue, match="count"):
        await operations.start(made.room, ADA, "asking", {})
    with pytest.raises(UnknownPort, match="colour"):
        await operations.start(made.room, ADA, "asking", {"count": "3", "colour": "red"})
    assert list(made.permits.opened) == [run]


async def test_a_run_may_read_the_files_that_it_is_given_and_those_in_its_document() -> None:
    """Files only: a text that looks like a file gives no right to anything."""
    file = Port(name="geometry", type=PortType.FILE)
    text = Port(name="remark", type=PortType.STRING)
    used = replace(FIELD, inputs=(Port(name="given", type=PortType.FILE),))
    step = Step(key="s1", service=used.uri, inputs={"given": Constant("local://bridges/b")})
    flow = asking(file, text)
    flow = replace(
        flow,
        document=replace(flow.document, body=replace(flow.document.body, nodes=(step,))),
        services={used.uri: used},
    )
    made = house(flow)

    given = {"geometry": "local://bridges/a", "remark": "local://bridges/secret"}
    run = await operations.start(made.room, ADA, "asking", given)

    assert made.permits.opened[run] == (ADA.user, ("local://bridges/a", "local://bridges/b"))


async def test_a_run_of_another_project_cannot_be_told_from_none() -> None:
    made = house()
    run = await made.start("plain")
    nowhere = ExecutionId("f" * 32)

    for name in (run, nowhere):
        for asked in (
            operations.show(made.room, BOB, name),
            operations.abort(made.room, BOB, name),
            operations.decide(made.room, BOB, name, 1, Choice.AGAIN),
            operations.events_after(made.room, BOB, 0, execution=name),
            operations.page(made.room, StepRunId(f"{name}_1"), caller=BOB),
        ):
            with pytest.raises(NotFound):
                await asked
    assert await operations.list_runs(made.room, BOB) == []
    assert [it.id for it in await operations.list_runs(made.room, ADA)] == [run]
    assert await operations.list_runs(made.room, ADA, window=Window(before=NOON)) == []


async def test_the_token_of_a_run_starts_and_ends_nothing() -> None:
    made = house()
    run = await made.start("plain")
    token = replace(ADA, execution=run)

    assert (await operations.show(made.room, token, run)).id == run
    with pytest.raises(NotAllowed):
        await operations.start(made.room, token, "plain", {"question": "?"})
    with pytest.raises(NotAllowed):
        await operations.abort(made.room, token, run)
    with pytest.raises(NotAllowed):
        await operations.decide(made.room, token, run, 1, Choice.AGAIN)
    other = await made.start("plain")
    with pytest.raises(NotFound):
        await operations.show(made.room, token, other)


async def test_the_token_of_a_run_tells_nothing_of_other_runs_of_the_project() -> None:
    made = house()
    async with made.working():
        run, other = await made.start("sync"), await made.start("sync")
        await made.end_of(run)
        await made.end_of(other)
    token = replace(ADA, execution=run)

    with pytest.raises(NotAllowed):
        await operations.list_runs(made.room, token)
    told = await operations.events_after(made.room, token, 0)
    assert {event.execution for event in told} == {run}
    everything = await operations.events_after(made.room, ADA, 0)
    assert {event.execution for event in everything} == {run, other}
    assert await operations.own_runs(made.room, token, {run, other}) == {run}
    assert await operations.own_runs(made.room, ADA, {run, other}) == {run, other}


def test_what_is_over_cannot_be_aborted_or_decided_about() -> None:
    async def story() -> None:
        made = house(Sync=Behaviour(starts=[Trouble.LOST]))
        async with made.working():
            over = await made.start("plain")
            await made.end_of(over)
            open_run = await made.start("sync")
            await made.state_of(open_run, ExecutionState.UNDECIDED)
            with pytest.raises(RunIsOver, match="succeeded"):
                await operations.abort(made.room, ADA, over)
            with pytest.raises(RunIsOver):
                await operations.decide(made.room, ADA, over, 1, Choice.AGAIN)
            with pytest.raises(NothingToDecide, match="not there"):
                await operations.decide(made.room, ADA, open_run, 2, Choice.AGAIN)
            await operations.decide(made.room, ADA, open_run, 1, Choice.AGAIN)
            await made.end_of(open_run)

    run_virtually(story())


async def test_events_are_told_after_a_restart_of_the_listener_too() -> None:
    made = house()
    with made.bell.listen() as heard:
        async with made.working():
            run = await made.start("sync")
            await made.end_of(run)
        assert heard.is_set()
    events = await operations.events_after(made.room, ADA, 0, execution=run)
    kinds = [event.kind for event in events]

    assert kinds == ["begun", "intended", "succeeded", "ended"]
    rest = await operations.events_after(made.room, ADA, events[1].id)
    assert [event.kind for event in rest] == ["succeeded", "ended"]
    assert await operations.newest_event(made.room, execution=run) == events[-1].id


async def test_a_push_with_a_capability_that_we_did_not_give_is_refused() -> None:
    with pytest.raises(BadCapability):
        await operations.push(house().room, "open sesame")


async def test_a_push_is_kept_where_no_manager_is_in_the_process() -> None:
    made = house()
    run = await made.start("plain")
    alone = replace(made.room, bell=operations.Bell())

    await operations.push(alone, f"push {run}_1")

    messages = [letter.message for letter in made.store.store.inbox]
    assert len(messages) == 2
    async with made.working():
        await made.until(run, lambda view: bool(view.steps))
        await until_empty(made)


async def until_empty(made: House) -> None:
    with made.bell.listen() as heard:
        while made.store.store.inbox:
            heard.clear()
            await heard.wait()


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", [(b"tarry-push", b"push x_1")], 204),
        ("POST", [(b"tarry-push", b"forged")], 403),
        ("POST", [], 403),
        ("POST", [(b"tarry-push", b"push x_1"), (b"tarry-push", b"push x_2")], 403),
        ("POST", [(b"tarry-push", b"push " + b"x" * 10_000)], 403),
        ("GET", [(b"tarry-push", b"push x_1")], 405),
    ],
)
async def test_the_push_door_takes_one_capability_and_tells_nothing(
    method: str, headers: list[tuple[bytes, bytes]], status: int
) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("the body is nobody's business")

    scope = {"type": "http", "method": method, "headers": headers}
    await PushDoor(house().room)(scope, receive, send)

    assert sent[0]["status"] == status
    assert sent[1]["body"] == b""
