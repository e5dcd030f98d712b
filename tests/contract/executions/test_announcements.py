"""Who asked for it is told of a run's end and of what waits for them: once, and surely."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.fakes.databases import Databases
from tests.fakes.executions import NOON, chain, new_run, service

from tarry.contract.kinds import Kind
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_announcing import SqlAnnouncements
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.api.herald import Herald
from tarry.platform.executions.interfaces import Batch, NotDelivered, Wish
from tarry.platform.executions.model import (
    Execution,
    ExecutionState,
    Failure,
    Place,
    StepRun,
    StepState,
)
from tarry.platform.executions.model.announcing import PAUSES, Announcement, Occasion, next_pause
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.telling import Channel, TellingView
from tarry.platform.executions.operations import Bell
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.model import ExecutionId, StepRunId

WORKFLOW = chain("Two", service("A"), service("B"))
HOOK = Wish(channel=Channel.WEBHOOK, address="https://hooks.example/tarry")


@dataclass
class Ears:
    """Hears announcements, or does not."""

    heard: list[tuple[str, Announcement]] = field(default_factory=list)
    deaf: bool = False

    async def deliver(self, address: str, announcement: Announcement) -> None:
        if self.deaf:
            raise NotDelivered(reason="nobody is in")
        self.heard.append((address, announcement))

    @property
    def keys(self) -> list[str]:
        return [announcement.key for _, announcement in self.heard]


@dataclass
class Clock:
    now: datetime = NOON + timedelta(hours=1)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    opened = databases.open(request.param)
    yield opened
    opened.close()


class World:
    """A database with one run in it, and a herald."""

    def __init__(self, database: Database, *wishes: Wish) -> None:
        self.database = database
        self.ears = Ears()
        self.clock = Clock()
        self.wishes = wishes
        self.run = ExecutionId("")
        self.herald = Herald(
            store=SqlTransactions(database, SqlAnnouncements),
            messengers={Channel.WEBHOOK: self.ears},
            bell=Bell(),
            link=lambda run: f"https://tarry.example/runs/{run}",
            clock=self.clock,
        )

    async def begin(self) -> None:
        run = replace(new_run(WORKFLOW), wishes=self.wishes)
        self.run = run.id
        await SqlTransactions(self.database, SqlExecutions).write(lambda store: store.add(run))

    async def becomes(self, state: ExecutionState, *steps: StepRun, **more: Any) -> None:
        plan = plan_of(WORKFLOW.document, {})
        execution = Execution(id=self.run, plan=plan, inputs={}, state=state, **more)
        batch = Batch(
            executions={self.run: execution},
            steps={step.id: step for step in steps},
            begun={step.id for step in steps if step.state is StepState.RUNNING},
        )
        await SqlTransactions(self.database, SqlJournal).write(lambda store: store.save(batch))

    def step(self, number: int, state: StepState, kind: Kind = Kind.APPLICATION) -> StepRun:
        return StepRun(
            id=StepRunId(f"{self.run}_{number}"),
            number=number,
            place=Place(f"s{number}"),
            attempt=1,
            name=f"Question {number}",
            service="http://tests/A.owl#A",
            operation="ask",
            kind=kind,
            state=state,
            started_at=NOON,
        )


@pytest.fixture
async def world(database: Database) -> World:
    made = World(database, HOOK)
    await made.begin()
    return made


async def test_nothing_is_told_while_a_run_goes_on(world: World) -> None:
    await world.becomes(ExecutionState.RUNNING, world.step(1, StepState.RUNNING, Kind.ASYNCHRONOUS))
    await world.herald.tell_all()
    assert world.ears.heard == []


async def test_the_end_is_told_once_with_its_reason(world: World) -> None:
    failure = Failure(code="fault", message="Step s1 said: no")
    ended = NOON + timedelta(minutes=5)
    await world.becomes(ExecutionState.FAILED, failure=failure, ended_at=ended)
    await world.herald.tell_all()
    await world.herald.tell_all()
    ((address, announcement),) = world.ears.heard
    assert address == HOOK.address
    assert announcement.as_json() == {
        "event": "ended",
        "key": "ended",
        "at": "2026-11-24T12:05:00+00:00",
        "run": {
            "id": world.run,
            "workflow": "Two",
            "title": announcement.title,
            "state": "failed",
            "failure": {"code": "fault", "message": "Step s1 said: no"},
            "url": f"https://tarry.example/runs/{world.run}",
        },
        "step": None,
    }
    assert announcement.headline.endswith("the run has failed")


async def test_each_waiting_application_is_told_once_and_then_the_end(world: World) -> None:
    await world.becomes(ExecutionState.RUNNING, world.step(1, StepState.RUNNING))
    await world.herald.tell_all()
    await world.herald.tell_all()
    await world.becomes(ExecutionState.RUNNING, world.step(2, StepState.RUNNING))
    await world.herald.tell_all()
    await world.becomes(ExecutionState.SUCCEEDED, ended_at=NOON)
    await world.herald.tell_all()
    assert world.ears.keys == ["waits:1", "waits:2", "ended"]
    assert "Question 1 waits for an answer" in world.ears.heard[0][1].headline


async def test_a_step_that_needs_a_decision_is_told(world: World) -> None:
    await world.becomes(ExecutionState.RUNNING, world.step(1, StepState.RUNNING, Kind.SYNCHRONOUS))
    await world.becomes(
        ExecutionState.UNDECIDED, world.step(1, StepState.UNKNOWN, Kind.SYNCHRONOUS)
    )
    await world.herald.tell_all()
    assert world.ears.keys == ["undecided:1"]


async def test_what_could_not_be_told_is_told_later_and_not_before_its_time(world: World) -> None:
    await world.becomes(ExecutionState.SUCCEEDED, ended_at=NOON)
    world.ears.deaf = True
    await world.herald.tell_all()
    world.ears.deaf = False
    await world.herald.tell_all()
    assert world.ears.heard == []
    world.clock.now += PAUSES[0]
    await world.herald.tell_all()
    assert world.ears.keys == ["ended"]


async def test_it_is_given_up_in_the_end(world: World) -> None:
    await world.becomes(ExecutionState.SUCCEEDED, ended_at=NOON)
    world.ears.deaf = True
    for _ in range(len(PAUSES) + 5):
        await world.herald.tell_all()
        world.clock.now += PAUSES[-1]
    world.ears.deaf = False
    await world.herald.tell_all()
    assert world.ears.heard == []


async def test_many_runs_that_wait_do_not_hold_up_news_of_others(database: Database) -> None:
    worlds = [World(database, HOOK) for _ in range(60)]
    for one in worlds:
        await one.begin()
        await one.becomes(ExecutionState.RUNNING, one.step(1, StepState.RUNNING))
    herald, ears = worlds[0].herald, worlds[0].ears
    for _ in range(2):
        await herald.tell_all()
    assert sorted(ears.keys) == ["waits:1"] * 60
    await worlds[-1].becomes(ExecutionState.ABORTED, ended_at=NOON)
    await herald.tell_all()
    assert ears.heard[-1][1].execution == worlds[-1].run
    assert ears.heard[-1][1].occasion is Occasion.ENDED


async def test_a_channel_that_the_operator_did_not_set_up_is_tried_again(
    database: Database,
) -> None:
    world = World(database, Wish(channel=Channel.MAIL, address="ada@example.org"), HOOK)
    await world.begin()
    await world.becomes(ExecutionState.SUCCEEDED, ended_at=NOON)
    await world.herald.tell_all()
    assert world.ears.keys == ["ended"]


def test_pauses_grow_until_about_a_day_has_passed() -> None:
    pauses = [next_pause(tries) for tries in range(1, 12)]
    assert pauses[-1] is None
    assert [pause for pause in pauses if pause] == sorted(PAUSES)
    assert timedelta(hours=20) < sum(PAUSES, timedelta()) < timedelta(hours=30)


async def test_a_run_shows_who_is_told_and_why_it_failed_and_when_it_is_tried_again(
    world: World,
) -> None:
    async def shown() -> TellingView:
        store = SqlTransactions(world.database, SqlExecutions)
        run = await store.read(lambda it: it.run(world.run))
        assert run is not None
        (telling,) = run.tellings
        return telling

    assert await shown() == TellingView(channel=Channel.WEBHOOK, address=HOOK.address)
    await world.becomes(ExecutionState.SUCCEEDED)
    world.ears.deaf = True
    await world.herald.tell_all()
    failed = await shown()
    assert (failed.told, failed.failure, failed.given_up) == ((), "nobody is in", False)
    assert failed.next_try_at == world.clock.now + PAUSES[0]

    for pause in PAUSES:
        world.clock.now += pause
        await world.herald.tell_all()
    assert (await shown()).given_up
    assert (await shown()).next_try_at is None


async def test_a_run_shows_what_was_told(world: World) -> None:
    await world.becomes(ExecutionState.SUCCEEDED)
    await world.herald.tell_all()
    store = SqlTransactions(world.database, SqlExecutions)
    run = await store.read(lambda it: it.run(world.run))
    assert run is not None
    assert run.tellings == (
        TellingView(channel=Channel.WEBHOOK, address=HOOK.address, told=("ended",)),
    )
