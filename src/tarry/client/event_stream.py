"""Reading server-sent events, as the HTML standard describes them."""

import json
from collections.abc import Iterable, Iterator

from tarry.client.answers import Event


def read_events(lines: Iterable[bytes]) -> Iterator[Event]:
    """Turn the lines of an event stream into events.

    Comments, fields that nobody knows and an event that the end of the stream cuts are skipped.
    """
    kind, event_id = "", ""
    data: list[str] = []
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            if data:
                yield Event(id=event_id, kind=kind or "message", data=json.loads("\n".join(data)))
            kind, event_id, data = "", "", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                data.append(value)
            case "event":
                kind = value
            case "id":
                event_id = value
            case _:
                pass


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut what arrives into lines, each as soon as it is whole."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
