"""Runs that wait for an answer, and messages to running steps, through the client."""

import pytest
from tests.fakes.portal_rooms import MORNING, FakeRooms, run_view, step_view
from tests.integration.client.test_platform import RUN, fake, platform

from tarry.client import Platform, PlatformError
from tarry.contract.kinds import Kind
from tarry.platform.executions.model.views import MessageView
from tarry.platform.kernel.model import StepRunId

__all__ = ["fake", "platform"]


def test_a_message_reaches_its_step_and_is_read_with_the_run(
    platform: Platform, fake: FakeRooms
) -> None:
    said = MessageView(
        step=StepRunId(f"{RUN}_1"), at=MORNING, text="a", by="ada", from_page=True, answer=None
    )
    fake.runs.change(run_view(steps=(step_view(RUN, 1, hears=True),), messages=(said,)))

    assert platform.tell(RUN, 1, "finer") == "OK"

    assert fake.runs.told == [(RUN, 1, "finer", False)]
    (message,) = platform.run(RUN).messages
    assert (message.step, message.text, message.by) == (f"{RUN}_1", "a", "ada")
    assert (message.from_page, message.answer, message.at) == (True, None, MORNING)


def test_a_step_that_hears_nothing_says_so(platform: Platform, fake: FakeRooms) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    with pytest.raises(PlatformError, match="no notifyService") as caught:
        platform.tell(RUN, 1, "finer")
    assert caught.value.code == "not-listening"


def test_a_run_that_waits_for_an_answer_says_which_step_asks(
    platform: Platform, fake: FakeRooms
) -> None:
    steps = (step_view(RUN, 1, hears=True), step_view(RUN, 2, kind=Kind.APPLICATION))
    fake.runs.change(run_view(steps=steps))
    run = platform.run(RUN)
    assert run.waits
    assert [(step.kind, step.waits, step.hears) for step in run.steps] == [
        ("asynchronous", False, True),
        ("application", True, False),
    ]
