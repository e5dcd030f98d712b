"""Messages to running steps: delivered once, and kept with who said what."""

from dataclasses import replace

import pytest
from tests.fakes.executions import ADA, BOB, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.errors import InvalidValue
from tarry.platform.executions import operations
from tarry.platform.executions.errors import MessageLost, MessageRefused, NotListening
from tarry.platform.executions.model import RunView
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import ExecutionId, StepRunId

HEARS = replace(service("Hears"), remote={"operations": [{"name": "notifyService"}]})
DEAF = service("Deaf")
LONG = {"Hears": Behaviour(lasts=1e6), "Deaf": Behaviour(lasts=1e6)}


def house(**behaviours: Behaviour) -> House:
    return House(
        chain("Hears", HEARS),
        chain("Deaf", DEAF),
        services=FakeServices(**{**LONG, **behaviours}),
        clock=clock_of_loop(NOON),
    )


async def running(made: House, workflow: str) -> ExecutionId:
    run = await made.start(workflow)
    await made.until(run, lambda view: any(step.state == "running" for step in view.steps))
    return run


def test_a_message_is_delivered_and_kept_with_its_answer() -> None:
    made = house()

    async def story() -> RunView:
        async with made.working():
            run = await running(made, "Hears")
            assert (await made.show(run)).steps[0].hears
            assert await operations.tell(made.room, ADA, run, 1, "finer") == "OK"
            page = await operations.tell(made.room, ADA, run, 1, "stop", from_page=True)
            assert page == "OK"
            return await made.until(run, lambda view: len(view.messages) == 2)

    view = run_virtually(story())
    step = StepRunId(f"{view.id}_1")
    assert made.services.heard == [(step, "finer"), (step, "stop")]
    assert [(it.step, it.text, it.by, it.from_page, it.answer) for it in view.messages] == [
        (step, "finer", "ada", False, "OK"),
        (step, "stop", "ada", True, "OK"),
    ]


def test_who_may_not_see_a_run_cannot_talk_to_it_nor_can_a_service() -> None:
    made = house()

    async def story() -> None:
        async with made.working():
            run = await running(made, "Hears")
            with pytest.raises(NotFound):
                await operations.tell(made.room, BOB, run, 1, "hello")
            with pytest.raises(NotFound, match="step 7"):
                await operations.tell(made.room, ADA, run, 7, "hello")
            with pytest.raises(NotAllowed):
                await operations.tell(made.room, replace(ADA, execution=run), run, 1, "hello")

    run_virtually(story())
    assert made.services.heard == []


def test_a_step_that_cannot_be_told_anything_says_why() -> None:
    made = house(Hears=Behaviour(lasts=1))

    async def story() -> None:
        async with made.working():
            deaf = await running(made, "Deaf")
            with pytest.raises(NotListening, match="no notifyService"):
                await operations.tell(made.room, ADA, deaf, 1, "hello")
            over = await made.start("Hears")
            await made.end_of(over)
            with pytest.raises(NotListening, match="it is succeeded, not running"):
                await operations.tell(made.room, ADA, over, 1, "hello")

    run_virtually(story())


@pytest.mark.parametrize(("message", "why"), [("  ", "no message"), ("x" * 70_000, "longer")])
def test_an_empty_message_and_a_huge_one_are_refused(message: str, why: str) -> None:
    made = house()

    async def story() -> None:
        async with made.working():
            run = await running(made, "Hears")
            with pytest.raises(InvalidValue, match=why):
                await operations.tell(made.room, ADA, run, 1, message)

    run_virtually(story())


def test_a_refusal_is_told_and_nothing_is_kept() -> None:
    made = house(Hears=Behaviour(lasts=1e6, hears=Trouble.FAULT))

    async def story() -> RunView:
        async with made.working():
            run = await running(made, "Hears")
            with pytest.raises(MessageRefused, match="met fault"):
                await operations.tell(made.room, ADA, run, 1, "hello")
            return await made.show(run)

    assert run_virtually(story()).messages == ()


def test_a_message_whose_answer_was_lost_is_kept_as_one_that_may_have_arrived() -> None:
    made = house(Hears=Behaviour(lasts=1e6, hears=Trouble.LOST))

    async def story() -> RunView:
        async with made.working():
            run = await running(made, "Hears")
            with pytest.raises(MessageLost, match="Nobody knows"):
                await operations.tell(made.room, ADA, run, 1, "hello")
            return await made.until(run, lambda view: len(view.messages) == 1)

    assert run_virtually(story()).messages[0].answer is None
