"""Whole runs, in virtual time: a manager, a store in memory, and services that misbehave."""

import asyncio
from datetime import timedelta

import pytest
from tests.fakes.executions import ADA, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.kinds import Kind
from tarry.platform.executions import operations
from tarry.platform.executions.model import Choice, ExecutionState, RunView, StepState
from tarry.platform.executions.model.calls import Trouble

TARRY = service("Tarry", at_most_once=True)
FIELD = service("Field")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
AGAIN = service("Again", kind=Kind.SYNCHRONOUS, repeatable=True)
DAY = 24 * 3600.0


def house(**behaviours: Behaviour) -> House:
    return House(
        chain("Two", TARRY, TARRY),
        chain("Tarry", TARRY),
        chain("Field", FIELD),
        chain("FieldTwice", FIELD, FIELD),
        chain("Sync", SYNC),
        chain("Again", AGAIN),
        chain("Mixed", SYNC, FIELD, TARRY),
        services=FakeServices(**behaviours),
        clock=clock_of_loop(NOON),
    )


async def run_to_the_end(made: House, workflow: str, limit: float = 10 * DAY) -> RunView:
    async with made.working():
        return await made.end_of(await made.start(workflow), limit)


def outcome(made: House, workflow: str) -> RunView:
    return run_virtually(run_to_the_end(made, workflow))


def test_each_step_is_given_what_the_one_before_it_brought() -> None:
    run = outcome(house(), "Mixed")

    assert run.state is ExecutionState.SUCCEEDED
    assert run.outputs == {"answer": "(((q)))"}
    assert [step.state for step in run.steps] == [StepState.SUCCEEDED] * 3
    assert [step.key for step in run.steps] == ["s1", "s2", "s3"]


def test_a_start_call_is_made_only_after_its_intent_is_durable() -> None:
    made = house()
    intended: list[bool] = []
    made.services.on_start = lambda call: intended.append(call.step in made.store.store.steps)

    outcome(made, "Mixed")

    assert intended == [True, True, True]


@pytest.mark.parametrize("workflow", ["Tarry", "Field", "Sync", "Again"])
def test_a_start_call_that_was_not_sent_is_made_again_with_the_same_id(workflow: str) -> None:
    made = house(**{workflow: Behaviour(starts=[Trouble.NOT_SENT] * 5)})

    run = outcome(made, workflow)

    assert run.state is ExecutionState.SUCCEEDED
    assert list(made.services.started.values()) == [6]


def test_a_service_that_stays_away_fails_the_step_with_a_message_that_names_all() -> None:
    made = house(Field=Behaviour(starts=[Trouble.NOT_SENT] * 1000))

    run = outcome(made, "Field")

    assert run.state is ExecutionState.FAILED
    assert run.failure is not None
    assert run.failure.code == "unreachable"
    for word in ("Field", "s1", "startField", "the start met not-sent"):
        assert word in run.failure.message
    assert run.steps[0].ended_at is not None
    assert timedelta(hours=1) <= run.steps[0].ended_at - run.steps[0].started_at
    assert run.steps[0].ended_at - run.steps[0].started_at < timedelta(hours=1, minutes=5)


def test_while_a_service_is_away_the_step_says_so() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(starts=[Trouble.NOT_SENT] * 8))
        async with made.working():
            run = await made.start("Field")
            seen = await made.until(run, lambda view: bool(view.steps and view.steps[0].note))
            assert "not-sent" in seen.steps[0].note
            assert (await made.end_of(run, DAY)).steps[0].note == ""

    run_virtually(story())


def test_a_lost_start_of_a_tarry_service_is_repeated_with_the_same_id() -> None:
    made = house(Tarry=Behaviour(starts=[Trouble.LOST, Trouble.LOST]))

    run = outcome(made, "Tarry")

    assert run.state is ExecutionState.SUCCEEDED
    assert list(made.services.started.values()) == [3]
    assert list(made.services.begun.values()) == [1]


def test_a_lost_start_of_another_service_is_found_by_asking() -> None:
    first_polls = [Trouble.FAULT] * 4  # it faults although it runs, CONTRACT §2
    made = house(Field=Behaviour(starts=[Trouble.LOST], polls=first_polls, lasts=60))

    run = outcome(made, "Field")

    assert run.state is ExecutionState.SUCCEEDED
    assert list(made.services.started.values()) == [1]


def test_a_lost_start_that_the_service_does_not_know_of_is_for_a_person_to_decide() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(starts=[Trouble.LOST], arrives=False))
        async with made.working():
            run = await made.start("Field")
            seen = await made.state_of(run, ExecutionState.UNDECIDED)
            assert seen.steps[0].state is StepState.UNKNOWN
            assert seen.steps[0].failure is not None
            assert seen.steps[0].failure.code == "outcome-unknown"
            await operations.decide(made.room, ADA, run, 1, Choice.AGAIN)
            ended = await made.end_of(run)
        assert ended.state is ExecutionState.SUCCEEDED
        assert [step.state for step in ended.steps] == [StepState.UNKNOWN, StepState.SUCCEEDED]
        assert [step.attempt for step in ended.steps] == [1, 2]
        assert ended.steps[0].id != ended.steps[1].id
        assert set(made.services.started.values()) == {1}

    run_virtually(story())


def test_giving_up_fails_the_run_and_says_who_did() -> None:
    async def story() -> None:
        made = house(Sync=Behaviour(starts=[Trouble.LOST]))
        async with made.working():
            run = await made.start("Sync")
            await made.state_of(run, ExecutionState.UNDECIDED)
            await operations.decide(made.room, ADA, run, 1, Choice.GIVE_UP)
            ended = await made.end_of(run)
        assert ended.state is ExecutionState.FAILED
        assert ended.failure is not None
        assert ended.failure.code == "given-up"
        assert "ada gave the step up" in ended.failure.message
        assert list(made.services.started.values()) == [1]

    run_virtually(story())


def test_a_lost_call_of_a_repeatable_synchronous_service_is_repeated_a_few_times() -> None:
    made = house(Again=Behaviour(starts=[Trouble.LOST, Trouble.LOST]))

    assert outcome(made, "Again").state is ExecutionState.SUCCEEDED

    hopeless = house(Again=Behaviour(starts=[Trouble.LOST] * 50))
    run = outcome(hopeless, "Again")
    assert run.state is ExecutionState.FAILED
    assert list(hopeless.services.started.values()) == [3]


def test_outputs_that_are_still_dummies_are_not_taken_for_results() -> None:
    made = house(Field=Behaviour(lasts=100, lies=4))

    run = outcome(made, "Field")

    assert run.outputs == {"answer": "(q)"}


def test_a_long_run_may_lie_for_longer() -> None:
    made = house(Field=Behaviour(lasts=3600, lies=19))  # as the tutorial's waiter does

    assert outcome(made, "Field").outputs == {"answer": "(q)"}


def test_a_service_whose_result_is_its_dummy_is_believed_in_the_end() -> None:
    made = house(Field=Behaviour(lasts=10, result=lambda given: {"result": "UNSET"}))

    run = outcome(made, "Field")

    assert run.state is ExecutionState.SUCCEEDED
    assert run.outputs == {"answer": "UNSET"}
    assert "as at the start" in run.steps[0].note
    assert run.steps[0].ended_at is not None
    assert run.steps[0].ended_at - run.steps[0].started_at < timedelta(seconds=25)


def test_a_tarry_service_is_believed_at_once() -> None:
    made = house(Tarry=Behaviour(lasts=10, result=lambda given: {"result": "UNSET"}))

    run = outcome(made, "Tarry")

    assert run.steps[0].ended_at is not None
    assert run.steps[0].ended_at - run.steps[0].started_at < timedelta(seconds=13)
    assert run.steps[0].note == ""


def test_a_service_that_completes_in_its_start_answer_is_not_polled() -> None:
    made = house(Field=Behaviour(at_once=True))

    assert outcome(made, "Field").outputs == {"answer": "(q)"}
    assert not made.services.polled


def test_a_missing_output_is_a_protocol_error_that_names_it() -> None:
    made = house(Tarry=Behaviour(result=lambda given: {"other": "x"}))

    run = outcome(made, "Tarry")

    assert run.state is ExecutionState.FAILED
    assert run.failure is not None
    assert run.failure.code == "protocol-error"
    assert "result" in run.failure.message


def test_a_fault_of_a_tarry_service_ends_the_step_at_once() -> None:
    made = house(Tarry=Behaviour(lasts=1, breaks="the program ended with 1"))

    run = outcome(made, "Two")

    assert run.state is ExecutionState.FAILED
    assert run.failure is not None
    assert "the program ended with 1" in run.failure.message
    assert len(run.steps) == 1
    assert sum(made.services.polled.values()) < 10


@pytest.mark.parametrize("trouble", [Trouble.FAULT, Trouble.MALFORMED])
def test_another_service_may_stumble_now_and_then(trouble: Trouble) -> None:
    stumbling = [trouble, trouble, None, trouble, None, None, trouble, trouble]
    made = house(Field=Behaviour(lasts=60, polls=[*stumbling, *stumbling]))

    assert outcome(made, "Field").state is ExecutionState.SUCCEEDED


@pytest.mark.parametrize("trouble", [Trouble.FAULT, Trouble.MALFORMED])
def test_a_service_that_stumbles_again_and_again_has_failed(trouble: Trouble) -> None:
    made = house(Field=Behaviour(lasts=60, polls=[trouble] * 1000))

    run = outcome(made, "Field")

    assert run.state is ExecutionState.FAILED
    assert run.steps[0].ended_at is not None
    assert run.steps[0].ended_at - run.steps[0].started_at < timedelta(seconds=30)


def test_a_running_service_may_be_away_for_hours() -> None:
    away = [Trouble.NOT_SENT] * 1200  # at most 30 s apart
    made = house(Field=Behaviour(lasts=60, polls=away))

    run = outcome(made, "Field")

    assert run.state is ExecutionState.SUCCEEDED
    assert run.steps[0].ended_at is not None
    assert run.steps[0].ended_at - run.steps[0].started_at > timedelta(hours=9)


def test_a_service_that_takes_calls_and_never_answers_ends_the_step_after_a_while() -> None:
    made = house(Tarry=Behaviour(lasts=60, polls=[Trouble.LOST] * 1000))

    run = outcome(made, "Tarry")

    assert run.state is ExecutionState.FAILED
    assert run.failure is not None
    assert run.failure.code == "no-answer"
    assert run.steps[0].ended_at is not None
    lasted = run.steps[0].ended_at - run.steps[0].started_at
    assert timedelta(minutes=10) <= lasted < timedelta(minutes=15)


def test_a_run_can_be_aborted_although_calls_to_its_service_queue_up() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(answers_after=25, lasts=1000))
        async with made.working():
            runs = [await made.start("Field") for _ in range(250)]
            await made.until(runs[-1], lambda view: bool(view.steps and view.steps[0].folder), 200)
            await asyncio.sleep(30)
            made.services.behaviours["Field"].answers_after = 8
            await operations.abort(made.room, ADA, runs[-1])
            ended = await made.end_of(runs[-1], 16)
            assert ended.steps[0].note == "The service has stopped it"

    run_virtually(story())


def test_a_short_run_is_seen_to_end_quickly_and_a_long_one_costs_little() -> None:
    short = house(Field=Behaviour(lasts=0.5))
    run = outcome(short, "Field")
    assert run.steps[0].ended_at is not None
    assert run.steps[0].ended_at - run.steps[0].started_at < timedelta(seconds=0.8)

    long = house(Field=Behaviour(lasts=3600))
    outcome(long, "Field")
    polls = next(iter(long.services.polled.values()))
    assert 3600 / 6 <= polls < 3600 / 6 + 30


def test_a_push_is_answered_by_a_look_and_pushes_slow_the_polls_down() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=3600))
        async with made.working():
            run = await made.start("Tarry")
            seen = await made.until(run, lambda view: bool(view.steps))
            await asyncio.sleep(100)
            await operations.push(made.room, f"push {seen.steps[0].id}")
            await asyncio.sleep(0.1)
            before = made.services.polled[seen.steps[0].id]
            assert made.services.poll_times[-1] == pytest.approx(
                asyncio.get_running_loop().time() - 0.1, abs=0.05
            )
            await asyncio.sleep(600)
            assert made.services.polled[seen.steps[0].id] - before == 10
            program = made.services.programs[seen.steps[0].id]
            program.ends = asyncio.get_running_loop().time()
            await operations.push(made.room, f"push {seen.steps[0].id}")
            await made.end_of(run, 0.5)

    run_virtually(story())


def test_a_push_that_overtakes_the_start_answer_is_not_forgotten() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=0.1, answers_after=0.5))
        async with made.working():
            run = await made.start("Tarry")
            seen = await made.until(run, lambda view: bool(view.steps))
            await operations.push(made.room, f"push {seen.steps[0].id}")
            await made.end_of(run, 2.0)

    run_virtually(story())


def test_the_newest_page_is_kept_and_its_progress_shown() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=100))
        async with made.working():
            run = await made.start("Tarry")
            seen = await made.until(run, lambda view: bool(view.steps) and half_way(view))
            page = await operations.page(made.room, seen.steps[0].id, caller=ADA)
            assert page.tag == seen.steps[0].page_tag
            assert f"{seen.steps[0].progress:.0f}%".encode() in page.content
            ended = await made.end_of(run, 200)
            await asyncio.sleep(1)
            page = await operations.page(made.room, seen.steps[0].id, caller=ADA)
            assert b"the end of" in page.content
            assert ended.steps[0].folder == f"/runs/{ended.steps[0].id}"

    def half_way(view: RunView) -> bool:
        return (view.steps[0].progress or 0) >= 50

    run_virtually(story())


def test_a_page_that_is_too_large_is_not_cut_but_said_to_be_too_large() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(lasts=30, page=lambda part: b"x" * 5_000_000))
        async with made.working():
            run = await made.start("Field")
            seen = await made.until(run, lambda view: bool(view.steps and view.steps[0].note))
            assert "5,000,000 bytes" in seen.steps[0].note
            assert (await made.end_of(run)).state is ExecutionState.SUCCEEDED

    run_virtually(story())


def test_an_abort_stops_the_running_service_and_starts_nothing_more() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=1000))
        async with made.working():
            run = await made.start("Two")
            await asyncio.sleep(10)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 5)
        assert ended.state is ExecutionState.ABORTED
        assert [step.state for step in ended.steps] == [StepState.ABORTED]
        assert ended.steps[0].note == "The service has stopped it"
        assert ended.failure is not None
        assert ended.failure.message == "Aborted by ada"
        assert len(made.services.aborted) == 1

    run_virtually(story())


@pytest.mark.parametrize(
    ("aborts", "says"),
    [
        (False, "could not stop it"),
        (None, "no abortService"),
        (Trouble.LOST, "The abort failed"),
        (Trouble.FAULT, "The abort failed"),
    ],
)
def test_an_abort_that_does_not_succeed_ends_within_its_limit_and_says_so(
    aborts: bool | Trouble | None, says: str
) -> None:
    async def story() -> None:
        made = house(Field=Behaviour(lasts=1000, aborts=aborts))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(10)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 16)
        assert ended.state is ExecutionState.ABORTED
        assert says in ended.steps[0].note

    run_virtually(story())


def test_an_abort_waits_for_the_start_call_that_is_under_way() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(lasts=1000, answers_after=3))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(1)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 16)
        assert ended.steps[0].state is StepState.ABORTED
        assert made.services.programs[ended.steps[0].id].aborted

    run_virtually(story())


def test_an_abort_of_what_was_never_sent_is_over_at_once() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(starts=[Trouble.NOT_SENT] * 100))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(60)
            await operations.abort(made.room, ADA, run)
            ended = await made.end_of(run, 1)
        assert ended.steps[0].note == "It had not been started"
        assert not made.services.aborted

    run_virtually(story())


def test_the_token_of_a_run_is_good_until_its_last_page_is_there() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=1, breaks="no luck"))
        async with made.working():
            run = await made.start("Tarry")
            assert made.permits.opened[run][0] == ADA.user
            await made.end_of(run)
            await asyncio.sleep(1)
        assert made.permits.closed == [run]
        assert made.services.last_pages
        assert run in made.store.store.settled

    run_virtually(story())


def test_a_run_that_waits_in_the_inbox_can_be_aborted_before_it_begins() -> None:
    async def story() -> None:
        made = house()
        run = await made.start("Tarry")
        await operations.abort(made.room, ADA, run)
        made.store.store.inbox.reverse()
        async with made.working():
            ended = await made.end_of(run)
        assert ended.state is ExecutionState.ABORTED
        assert not ended.steps

    run_virtually(story())


def test_after_a_stop_nothing_is_in_doubt() -> None:
    """Start calls under way are waited for; those that were never sent are made later."""

    async def story() -> None:
        slow = Behaviour(answers_after=2)
        away = Behaviour(starts=[Trouble.NOT_SENT] * 6)
        made = house(Sync=slow, Field=away)
        manager = made.new_manager()
        working = asyncio.create_task(manager.run())
        runs = [await made.start("Sync"), await made.start("Field"), await made.start("Mixed")]
        await asyncio.sleep(1)
        await manager.stop()
        await working
        async with made.working():
            ended = [await made.end_of(run, DAY) for run in runs]
        assert [run.state for run in ended] == [ExecutionState.SUCCEEDED] * 3
        assert made.services.started[ended[0].steps[0].id] == 1
        assert made.services.started[ended[2].steps[0].id] == 1

    run_virtually(story())


def test_a_manager_that_comes_back_goes_on_with_the_same_step_runs() -> None:
    async def story() -> None:
        made = house(Tarry=Behaviour(lasts=1000), Field=Behaviour(lasts=1000))
        async with made.working():
            tarry, field = await made.start("Tarry"), await made.start("Field")
            await asyncio.sleep(100)
        async with made.working():
            ended = [await made.end_of(tarry, 2000), await made.end_of(field, 2000)]
        assert [run.state for run in ended] == [ExecutionState.SUCCEEDED] * 2
        assert set(made.services.started.values()) == {1}

    run_virtually(story())


def test_an_abort_goes_on_after_a_restart() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(lasts=1000, aborts=Trouble.LOST))
        async with made.working():
            run = await made.start("Field")
            await asyncio.sleep(10)
            await operations.abort(made.room, ADA, run)
            await made.state_of(run, ExecutionState.ABORTING)
        async with made.working():
            assert (await made.end_of(run, 20)).state is ExecutionState.ABORTED

    run_virtually(story())


def test_a_hanging_service_does_not_hold_up_another() -> None:
    async def story() -> None:
        made = house(Field=Behaviour(answers_after=30, lasts=100), Tarry=Behaviour(lasts=1))
        async with made.working():
            for _ in range(300):
                await made.start("Field")
            run = await made.start("Tarry")
            await made.end_of(run, 3)

    run_virtually(story())
