"""Start calls, in virtual time: made once, repeated when that is safe, doubted when it is not."""

from datetime import timedelta

import pytest
from tests.fakes.executions import ADA
from tests.fakes.services import Behaviour
from tests.fakes.virtual_time import run_virtually
from tests.fakes.whole_runs import DAY, house, outcome

from tarry.platform.executions import operations
from tarry.platform.executions.model import Choice, ExecutionState, StepState
from tarry.platform.executions.model.calls import Trouble


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
