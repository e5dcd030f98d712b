"""What services answer, in virtual time: dummies, faults, pages, and silence."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from tests.fakes.executions import ADA, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually
from tests.fakes.whole_runs import house, outcome

from tarry.contract.ports import Port, PortType
from tarry.platform.executions import operations
from tarry.platform.executions.api.lookout import LARGEST_PAGE
from tarry.platform.executions.model import ExecutionState, RunView
from tarry.platform.executions.model.answers import LARGEST_VALUE
from tarry.platform.executions.model.calls import Trouble


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


def test_a_page_that_is_too_large_is_never_cut_and_the_step_says_so() -> None:
    huge = b"<p>" + b"x" * LARGEST_PAGE
    grows = Behaviour(lasts=60, page=lambda part: b"<p>small" if part < 0.5 else huge)
    made = house(Field=grows)

    async def scene() -> tuple[RunView, bytes]:
        async with made.working():
            run = await made.start("Field")
            noted = await made.until(run, lambda view: bool(view.steps and view.steps[0].note))
            page = await operations.page(made.room, noted.steps[0].id, caller=ADA)
            assert (await made.end_of(run)).state is ExecutionState.SUCCEEDED
            return noted, page.content

    noted, page = run_virtually(scene())

    assert "16,777,219 bytes, more than the 16,777,216 that are kept" in noted.steps[0].note
    assert page == b"<p>small"  # the newest that could be kept


def test_an_output_that_is_too_large_fails_the_step_by_name_and_is_not_cut() -> None:
    huge = "x" * (LARGEST_VALUE + 1)
    run = outcome(house(Tarry=Behaviour(result=lambda _: {"result": huge})), "Tarry")
    assert run.state is ExecutionState.FAILED
    assert run.failure is not None
    assert run.failure.code == "value-too-large"
    assert "result; hand on what is larger as a file" in run.failure.message
    fits = outcome(house(Tarry=Behaviour(result=lambda _: {"result": huge[1:]})), "Tarry")
    assert fits.outputs == {"answer": huge[1:]}


@pytest.mark.parametrize(
    ("port", "text", "word"),
    [
        (Port(name="result", type=PortType.INTEGER), "many", "is not a whole number"),
        (Port(name="result", type=PortType.DECIMAL), "<b>1</b>", "is not a decimal number"),
        (Port(name="result", type=PortType.BOOLEAN), "yes", "is neither true nor false"),
        (Port(name="result", many=True), "a, b", "is no list"),
    ],
)
def test_an_output_of_another_type_than_described_fails_the_step_by_name(
    port: Port, text: str, word: str
) -> None:
    used = service("Tarry", outputs=(port,))
    services = FakeServices(Tarry=Behaviour(result=lambda _: {"result": text}))
    made = House(chain("typed", used), services=services, clock=clock_of_loop(NOON))
    run = outcome(made, "typed")

    assert run.failure is not None
    assert run.failure.code == "protocol-error"
    assert word in run.failure.message
    assert "result" in run.failure.message


def test_a_result_outside_its_range_and_a_number_left_out_are_results_all_the_same() -> None:
    small = Port(name="result", type=PortType.INTEGER, maximum=Decimal(3), required=False)
    used = service("Tarry", outputs=(small,))
    for text in ("4", ""):
        services = FakeServices(Tarry=Behaviour(result=partial(_only, text)))
        made = House(chain("typed", used), services=services, clock=clock_of_loop(NOON))
        assert outcome(made, "typed").state is ExecutionState.SUCCEEDED


def _only(text: str, given: str) -> Mapping[str, str]:
    return {"result": text}
