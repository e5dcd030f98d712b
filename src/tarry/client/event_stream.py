"""Reading server-sent events, as the HTML standard describes them."""

import json
from collections.abc import Iterable, Iterator

from tarry.client.answers import Event


class EventReader:
    """Puts events together out of lines.

    Comments, fields that nobody knows and an event that the end of the stream cuts are skipped.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._begin()

    def _begin(self) -> None:
        self._kind, self._id = "", ""
        self._data: list[str] = []

    def take(self, piece: bytes) -> Iterator[Event]:
        """Take in what has arrived, and give the events that are whole with it."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            if (event := self.line(line)) is not None:
                yield event

    def line(self, raw: bytes) -> Event | None:
        """Take in a line, and give the event that it ends."""
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            data, kind, event_id = self._data, self._kind or "message", self._id
            self._begin()
            return Event(id=event_id, kind=kind, data=json.loads("\n".join(data))) if data else None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._kind = value
            case "id":
                self._id = value
            case _:
                pass
        return None


def read_events(lines: Iterable[bytes]) -> Iterator[Event]:
    """Turn the lines of an event stream into events."""
    reader = EventReader()
    for line in lines:
        if (event := reader.line(line)) is not None:
            yield event


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut what arrives into lines, each as soon as it is whole."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
