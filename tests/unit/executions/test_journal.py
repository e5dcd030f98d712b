"""The records of the journal come back as they were written, for ever."""

import json

from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.executions import NOON

from tarry.platform.executions.model import (
    ExecutionState,
    Failure,
    Place,
)
from tarry.platform.executions.model.events import (
    Choice,
)
from tarry.platform.executions.model.journal import KINDS, kind_of, read_record, write_record
from tarry.platform.executions.model.records import (
    AbortRequested,
    Accepted,
    Begun,
    Branched,
    Broken,
    Decided,
    Doubted,
    Ended,
    Failed,
    FannedIn,
    FannedOut,
    Intended,
    LoopEnded,
    PassedOver,
    Record,
    Renewed,
    RetryPlanned,
    RoundBegun,
    Stopped,
    Succeeded,
    TakenOver,
    Told,
    Withheld,
)
from tarry.platform.kernel.model import ExecutionId, StepRunId

RUN = ExecutionId("0" * 32)
FIRST = StepRunId(f"{RUN}_1")

texts = st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3)
failures = st.builds(Failure, code=st.text(), message=st.text(), step=st.none() | st.just(FIRST))
places = st.builds(Place, st.text(), st.lists(st.integers(0, 99), max_size=3).map(tuple))
ats = st.datetimes().map(lambda at: at.replace(tzinfo=NOON.tzinfo))
STEP = st.just(FIRST)
ids = st.lists(st.text(max_size=5), max_size=3).map(tuple)
records: st.SearchStrategy[Record] = st.one_of(
    st.builds(RetryPlanned, at=ats, step=STEP, due=ats),
    st.builds(PassedOver, at=ats, step=STEP, outputs=texts),
    st.builds(
        TakenOver,
        at=ats,
        step=STEP,
        number=st.integers(1),
        place=places,
        origin=STEP,
        inputs=texts,
        outputs=texts,
        filled=texts,
        secrets=texts,
        folder=st.text(),
        note=st.text(),
    ),
    st.builds(Branched, at=ats, place=places, then=st.booleans()),
    st.builds(RoundBegun, at=ats, place=places, round=st.integers(0), carried=texts, fresh=ids),
    st.builds(LoopEnded, at=ats, place=places, rounds=st.integers(0), carried=texts, fresh=ids),
    st.builds(FannedOut, at=ats, place=places, items=ids, fresh=ids),
    st.builds(FannedIn, at=ats, place=places, gathered=texts, fresh=ids),
    st.builds(Broken, at=ats, failure=failures),
    st.builds(Begun, at=ats),
    st.builds(
        Intended,
        at=ats,
        step=STEP,
        number=st.integers(1),
        place=places,
        attempt=st.integers(1),
        inputs=texts,
        filled=texts,
    ),
    st.builds(Accepted, at=ats, step=STEP, outputs=st.none() | texts, folder=st.text()),
    st.builds(Succeeded, at=ats, step=STEP, outputs=texts, note=st.text(), folder=st.text()),
    st.builds(Failed, at=ats, step=STEP, failure=failures),
    st.builds(Doubted, at=ats, step=STEP, failure=failures),
    st.builds(Withheld, at=ats, step=STEP),
    st.builds(Renewed, at=ats, step=STEP),
    st.builds(Decided, at=ats, step=STEP, choice=st.sampled_from(Choice), by=st.text()),
    st.builds(
        Told,
        at=ats,
        step=STEP,
        message=st.text(),
        by=st.text(),
        from_page=st.booleans(),
        answer=st.none() | st.text(),
    ),
    st.builds(AbortRequested, at=ats, by=st.text()),
    st.builds(Stopped, at=ats, step=STEP, note=st.text()),
    st.builds(
        Ended,
        at=ats,
        state=st.sampled_from(ExecutionState),
        outputs=texts,
        failure=st.none() | failures,
    ),
)


@given(records)
def test_every_record_comes_back_from_its_json_as_it_was(record: Record) -> None:
    data = json.loads(json.dumps(write_record(record)))

    assert read_record(kind_of(record), record.at, data) == record


def test_the_names_of_kinds_are_those_that_journals_have() -> None:
    """A kind that is renamed here makes every journal that was ever written unreadable."""
    assert sorted(KINDS) == [
        "abort-requested",
        "accepted",
        "begun",
        "branched",
        "broken",
        "decided",
        "doubted",
        "ended",
        "failed",
        "fanned-in",
        "fanned-out",
        "intended",
        "loop-ended",
        "passed-over",
        "renewed",
        "retry-planned",
        "round-begun",
        "stopped",
        "succeeded",
        "taken-over",
        "told",
        "withheld",
    ]


def test_a_journal_written_by_the_first_version_is_still_read() -> None:
    data = {
        "step": FIRST,
        "number": 1,
        "place": {"path": "s1", "iterations": []},
        "attempt": 1,
        "inputs": {"given": "q"},
        "filled": {},
    }

    record = read_record("intended", NOON, data)

    assert record == Intended(
        at=NOON,
        step=FIRST,
        number=1,
        place=Place("s1"),
        attempt=1,
        inputs={"given": "q"},
        filled={},
    )
