"""Progress as lines of JSON: what counts, and what is passed over."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.service.model.reports import Reported, taken_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(["percent", "step", "total", "time", "end_time", "message", "other"])


@pytest.mark.parametrize(
    ("line", "percent", "message"),
    [
        ('{"percent": 12}', 12, ""),
        ('{"percent": 0.25}', 0.25, ""),
        ('{"step": 1, "total": 8}', 12.5, ""),
        ('{"time": 0.5, "end_time": 2.0}', 25, ""),
        ('{"percent": 5, "step": 1, "total": 2}', 5, ""),
        ('{"percent": 100, "message": "storing"}', 100, "storing"),
        ('{"message": "reading the mesh"}', None, "reading the mesh"),
        ('{"message": " two\\n lines \\u001b[31mred\\u001b[0m "}', None, "two lines red"),
        ('{"percent": 3, "phase": {"any": ["thing"]}}', 3, ""),
    ],
)
def test_a_line_says_how_far_it_is(line: str, percent: float | None, message: str) -> None:
    assert taken_in(Reported(), [line.encode()]) == Reported(percent=percent, message=message)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"50",
        b"[50]",
        b"nonsense",
        b'{"percent": 40',
        b'{"percent": "40"}',
        b'{"percent": true}',
        b'{"percent": NaN}',
        b'{"percent": 1e999}',
        b'{"percent": ' + b"9" * 400 + b"}",
        b'{"percent": 101}',
        b'{"percent": -1}',
        b'{"step": 3}',
        b'{"step": 3, "total": 0}',
        b'{"step": 4, "total": 3}',
        b'{"message": 3}',
        b"\xff\xfe",
        b"[" * 3000,
        b'{"percent": 7, "padding": "' + b"x" * 5000 + b'"}',
    ],
)
def test_what_says_nothing_changes_nothing(line: bytes) -> None:
    known = Reported(percent=30.0, message="as before")
    assert taken_in(known, [line]) == known


def test_of_each_thing_the_last_counts_and_an_empty_message_takes_it_away() -> None:
    lines = [b'{"percent": 10, "message": "a"}', b'{"percent": 20}', b'{"percent": 15}']
    assert taken_in(Reported(), lines) == Reported(percent=15, message="a")
    assert taken_in(Reported(message="a"), [b'{"message": ""}']) == Reported()


def test_a_message_is_cut_where_nobody_reads_on() -> None:
    line = json.dumps({"message": "long " * 200}).encode()
    assert len(taken_in(Reported(), [line]).message) < 400


@given(st.lists(st.dictionaries(KEYS, JSON) | JSON))
def test_progress_is_between_0_and_100_whatever_is_said(said: list[object]) -> None:
    found = taken_in(Reported(), [json.dumps(one).encode() for one in said])
    assert found.percent is None or 0 <= found.percent <= 100
    assert "\n" not in found.message
