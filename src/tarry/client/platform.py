"""The platform, as seen by a program: one method per thing that it can do."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Self

from requests.exceptions import ChunkedEncodingError, ConnectionError, Timeout  # noqa: A004

from tarry.client.account import AccountCalls
from tarry.client.answers import (
    Event,
    StoredFile,
)
from tarry.client.catalogue import CatalogueCalls
from tarry.client.door import Door
from tarry.client.errors import TransferFailed, Unreachable
from tarry.client.event_stream import lines_of, read_events
from tarry.client.insistence import Following
from tarry.client.paths import part
from tarry.client.people import People
from tarry.client.runs import RunCalls
from tarry.client.transfers import (
    CHUNK,
    OnProgress,
    Reader,
    folder_file,
    name_in,
    save,
    size_of,
)


class Platform(AccountCalls, CatalogueCalls, RunCalls):
    """A Tarry platform. Not for several threads at once.

    Every method raises `PlatformError` (with the platform's own code and message) when the platform
    refuses, and `Unreachable` when it does not answer.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: timedelta = timedelta(seconds=30),
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._door = Door(url, token, timeout=timeout, sleep=sleep)
        self._sleep = sleep
        self._clock = clock

    @property
    def url(self) -> str:
        """The platform's address, without a slash at the end."""
        return self._door.url

    @property
    def token(self) -> str | None:
        """The token that is shown with each call. A secret."""
        return self._door.token

    def close(self) -> None:
        """Close the connections."""
        self._door.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def people(self) -> People:
        """Users, projects, roles, API tokens and the audit trail."""
        return People(self._door)

    # ── runs ────────────────────────────────────────────────────────────────────────────────────

    def events(
        self,
        run: str,
        *,
        after: str = "",
        patience: timedelta = timedelta(minutes=10),
        on_lost: Callable[[Unreachable], None] | None = None,
    ) -> Iterator[Event]:
        """Follow a run until it is over.

        A lost connection is made again, with growing pauses, and goes on after the last event seen.

        Args:
            run: which one.
            after: id of the last event already seen.
            patience: how long the platform may be away at a stretch before this raises
                `Unreachable`.
            on_lost: told each time that the platform could not be reached.
        """
        following = Following(patience, self._clock)
        while True:
            try:
                for event in self._stream(run, after):
                    following.heard()
                    after = event.id or after
                    yield event
                    if event.run is not None and event.run.is_over:
                        return
                lost = Unreachable(url=self.url, reason="it closed the event stream")
            except Unreachable as error:
                lost = error
            pause = following.pause_after(lost)
            if on_lost is not None:
                on_lost(lost)
            self._sleep(pause)

    def _stream(self, run: str, after: str) -> Iterator[Event]:
        headers = {"Accept": "text/event-stream"}
        if after:
            headers["Last-Event-ID"] = after
        path = f"/runs/{part(run)}/events"
        with closing(self._door.call("GET", path, headers=headers, stream=True)) as answer:
            try:
                # `None`: each chunk as it arrives; news must not wait for more of it.
                yield from read_events(lines_of(answer.iter_content(None)))
            except (ChunkedEncodingError, ConnectionError, Timeout) as error:
                raise Unreachable(url=self.url, reason="the connection was lost") from error

    # ── files ───────────────────────────────────────────────────────────────────────────────────

    def upload(
        self,
        source: Path | BinaryIO,
        name: str | None = None,
        *,
        on_progress: OnProgress | None = None,
    ) -> StoredFile:
        """Upload a file, streamed; its storage URI may then be given to a port of type file."""
        if isinstance(source, Path):
            with source.open("rb") as opened:
                return self.upload(opened, name or source.name, on_progress=on_progress)
        name = name or Path(str(getattr(source, "name", "upload"))).name
        size = size_of(source)
        body = Reader(source, size, on_progress)
        headers = {"Content-Type": "application/octet-stream"}
        data = self._door.json(
            "POST", "/files", params={"name": name}, data=body if size else b"", headers=headers
        )
        return StoredFile(uri=str(data["uri"]), name=str(data["name"]), size=int(data["size"]))

    def upload_folder(self, source: Path, name: str | None = None) -> str:
        """Upload a folder with all files in it, and give its storage URI, which ends in a slash.

        Links are followed to files; what is neither file nor folder is left out.
        """
        wanted = {"name": name or source.resolve().name or "folder"}
        uri = str(self._door.json("POST", "/folders", params=wanted)["uri"])
        for file in sorted(source.rglob("*")):
            if file.is_file():
                with file.open("rb") as opened:
                    self._store(f"{uri}{file.relative_to(source).as_posix()}", opened)
        return uri

    def _store(self, uri: str, source: BinaryIO) -> None:
        size = size_of(source)
        body = Reader(source, size, None)
        headers = {"Content-Type": "application/octet-stream"}
        self._door.json(
            "PUT", "/files", params={"uri": uri}, data=body if size else b"", headers=headers
        )

    def folder(self, uri: str) -> dict[str, str]:
        """List all files in a folder: paths beneath it, and their storage URIs."""
        found = self._door.items("/folders", params={"uri": uri})
        return {str(item["path"]): str(item["uri"]) for item in found}

    def download_folder(self, uri: str, to: Path) -> Path:
        """Download a folder with all files in it.

        Args:
            uri: its storage URI, with the slash.
            to: the folder to make; one that is there takes it under its own name.
        """
        if to.is_dir():
            to /= Path(uri.rstrip("/")).name
        for path, file in self.folder(uri).items():
            place = folder_file(to, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            self.download(file, place)
        to.mkdir(exist_ok=True)
        return to

    def download(self, uri: str, to: Path, *, on_progress: OnProgress | None = None) -> Path:
        """Download a file, streamed; it appears under its name only when it is whole.

        Args:
            uri: its storage URI.
            to: the file to write, or a folder that takes it under its own name.
            on_progress: told how far it is.
        """
        answer = self._door.call("GET", "/files", params={"uri": uri}, stream=True)
        with closing(answer):
            if to.is_dir():
                to /= name_in(answer.headers.get("Content-Disposition", ""))
            announced = answer.headers.get("Content-Length")
            size = int(announced) if announced else None
            try:
                save(answer.iter_content(CHUNK), to, size, on_progress)
            except (ChunkedEncodingError, ConnectionError, Timeout) as error:
                raise TransferFailed(name=to.name, reason="the connection was lost") from error
        return to
