"""The small page of a run has words for whatever a run and its steps can be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.fakes.executions import NOON, MemoryExecutions, chain, new_run, service

from tarry.platform.executions.model import ExecutionState, RunView, StepState, StepView
from tarry.platform.executions.model.summary import summary_page
from tarry.platform.kernel.model import StepRunId


def run(state: ExecutionState, *steps: StepView) -> RunView:
    store = MemoryExecutions()
    asked = new_run(chain("W", service("A")))
    store.add(asked)
    return replace(store.rows[asked.id], state=state, steps=steps)


def step(**changes: Any) -> StepView:
    known = StepView(
        id=StepRunId("r_1"),
        number=1,
        key="f1/s1[2,0]",
        name="Mesh <it>",
        service="http://tests/A.owl#A",
        operation="startA",
        state=StepState.FAILED,
        progress=None,
        attempt=1,
        started_at=NOON,
        ended_at=None,
        failure=None,
        inputs={},
        outputs={},
        folder="",
        page_tag="",
        note="",
    )
    return replace(known, **changes)


@pytest.mark.parametrize("state", ExecutionState)
def test_every_state_of_a_run_has_its_words(state: ExecutionState) -> None:
    assert b"<p>The workflow " in summary_page(run(state))


@pytest.mark.parametrize("state", StepState)
def test_every_state_of_a_step_has_its_words(state: StepState) -> None:
    page = summary_page(run(ExecutionState.RUNNING, step(state=state))).decode()

    assert "Mesh &lt;it&gt; (3, 1)<td>" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"retry_at": NOON + timedelta(minutes=5)}, "failed, tried again at 12:05:00 UTC"),
        ({"passed_over": True}, "failed, passed over"),
        (
            {"state": StepState.SUCCEEDED, "taken_from": StepRunId("q_1")},
            "succeeded, taken over from an earlier run",
        ),
    ],
)
def test_what_became_of_a_failure_is_told(changes: dict[str, Any], words: str) -> None:
    assert words in summary_page(run(ExecutionState.RUNNING, step(**changes))).decode()
