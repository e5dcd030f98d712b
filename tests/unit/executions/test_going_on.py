"""Random documents, with steps that end in any order: what is begun after each event is exactly
what a look at the whole document would begin, and every run comes to its end."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.drive import Drive, row, step

from tarry.contract.lists import write_list
from tarry.contract.ports import PortType
from tarry.platform.executions.model import ExecutionState, StepRun
from tarry.platform.executions.model.decide import decide
from tarry.platform.executions.model.events import (
    Resumed,
    RetryDue,
    StepAccepted,
    StepBroke,
    StepCompleted,
    StepStopped,
)
from tarry.platform.executions.model.states import OVER
from tarry.platform.executions.model.survey import is_done
from tarry.platform.workflows.model import (
    Branch,
    Compare,
    Comparison,
    Constant,
    ForEach,
    Literal,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Variable,
    keyed,
    steps_of,
)

TRUE = Compare(Comparison.EQUAL, Literal("1", PortType.INTEGER), Literal("1", PortType.INTEGER))
FALSE = Compare(Comparison.EQUAL, Literal("1", PortType.INTEGER), Literal("2", PortType.INTEGER))
AGAIN = Compare(Comparison.EQUAL, Variable("again"), Literal("yes", PortType.STRING))


def sequences(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Sequence]:
    return st.lists(inner, max_size=3).map(lambda nodes: row(*nodes))


def constructs(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    bodies = sequences(inner)
    return st.one_of(
        bodies,
        st.builds(Parallel, key=st.just(""), branches=st.lists(bodies, max_size=3).map(tuple)),
        st.builds(
            Branch,
            key=st.just(""),
            condition=st.sampled_from([TRUE, FALSE]),
            then=bodies,
            otherwise=bodies,
        ),
        st.builds(
            Repeat,
            key=st.just(""),
            body=bodies,
            condition=st.sampled_from([FALSE, AGAIN]),
            first=st.booleans(),
            most=st.just(3),
        ),
        st.builds(
            lambda body, items, width: ForEach(
                key="", body=body, over=_list(items), item="it", width=width
            ),
            bodies,
            st.integers(0, 4),
            st.integers(1, 3),
        ),
    )


def _list(items: int) -> Constant:
    return Constant(write_list(str(number) for number in range(items)))


STEPS = st.sampled_from(
    [step(""), step("", retries=1), step("", on_failure={}), step("again", retries=2)]
)
NODES = st.recursive(STEPS, constructs, max_leaves=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(NODES, min_size=1, max_size=3), st.data())
def test_what_begins_is_what_a_look_at_the_whole_document_would_begin(
    nodes: list[Node], data: st.DataObject
) -> None:
    drive = Drive(*nodes).begin()
    fates: Mapping[str, int] = {"yes": 6, "done": 3, "lost": 2, "accepted": 2, "held": 1}
    choices = st.sampled_from([fate for fate, often in fates.items() for _ in range(often)])
    for _ in range(400):
        if drive.now.state in OVER:
            break
        nothing = decide(drive.now, Resumed(), drive.clock)
        assert nothing.records == (), "the whole document offers more than was begun"
        waits = [*drive.now.open_steps(), *(drive.now.steps[it] for it in drive.now.pauses)]
        run = data.draw(st.sampled_from(waits))
        fate = data.draw(choices)
        if run.id in drive.now.pauses:
            drive.happen(RetryDue(run.id))
        elif drive.now.state is ExecutionState.FAILING:
            drive.happen(StepStopped(run.id, "stopped"))
        elif fate == "lost":
            drive.happen(StepBroke(run.id, "service-fault", "no luck"))
        elif fate == "accepted":
            drive.happen(StepAccepted(run.id, {}))
        elif fate == "held":
            drive.happen(StepCompleted(run.id, {"result": "done"}), hold=True)
            drive.revive()
        else:
            drive.happen(StepCompleted(run.id, {"result": fate}))
    assert drive.now.state in OVER, "it goes on for ever"
    assert not drive.now.open
    if drive.now.state is ExecutionState.SUCCEEDED:
        assert is_done(drive.now, drive.now.plan.document.body, ())
        assert all(run.done or not drive.now.is_newest(run.id) for run in _all(drive))


def _all(drive: Drive) -> list[StepRun]:
    return list(drive.now.steps.values())


@given(st.lists(NODES, max_size=3))
def test_every_step_of_a_document_has_a_place_in_its_plan(nodes: list[Node]) -> None:
    plan = Drive(*nodes).now.plan

    for found in steps_of(keyed(row(*nodes))):
        assert found.key in plan.around
        around = plan.around[found.key]
        assert around.sequence.nodes[around.index].key == found.key
