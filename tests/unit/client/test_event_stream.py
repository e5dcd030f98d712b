"""Server-sent events are read as the standard says, however they are cut into pieces."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tarry.client.event_stream import lines_of, read_events

NAMES = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), min_size=1)


def read(stream: bytes, cut: int = 7) -> list[tuple[str, str, object]]:
    pieces = [stream[at : at + cut] for at in range(0, len(stream), cut)]
    return [(event.id, event.kind, event.data) for event in read_events(lines_of(pieces))]


@given(
    st.lists(st.tuples(NAMES, NAMES, st.dictionaries(st.text(), st.integers()))),
    st.integers(1, 50),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_sent_is_read_however_it_is_cut(
    events: list[tuple[str, str, dict[str, int]]], cut: int, end: str
) -> None:
    sent = "".join(
        f"id: {name}{end}event: {kind}{end}data: {json.dumps(data)}{end}{end}"
        for name, kind, data in events
    )
    assert read(sent.encode(), cut) == events


def test_comments_and_unknown_fields_are_skipped() -> None:
    stream = b": ping\n\nretry: 5\nfuture: x\nid: 3\nevent: run\ndata: {}\n\n"
    assert read(stream) == [("3", "run", {})]


def test_an_event_that_is_cut_by_the_end_of_the_stream_is_not_told() -> None:
    assert read(b'event: run\ndata: {}\n\nid: 4\nevent: run\ndata: {"a": 1}\n') == [("", "run", {})]


def test_data_on_several_lines_is_one_text() -> None:
    assert read(b'data: {"a":\ndata: 1}\n\n') == [("", "message", {"a": 1})]
