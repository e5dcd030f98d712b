"""The platform, as seen by a program that does many things at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Self

import aiohttp

from tarry.client.answers import Event, StoredFile
from tarry.client.asynchronous.account import AsyncAccountCalls
from tarry.client.asynchronous.catalogue import AsyncCatalogueCalls
from tarry.client.asynchronous.door import AsyncDoor
from tarry.client.asynchronous.people import AsyncPeople
from tarry.client.asynchronous.runs import AsyncRunCalls
from tarry.client.errors import TransferFailed, Unreachable
from tarry.client.event_stream import EventReader
from tarry.client.insistence import Following
from tarry.client.paths import part
from tarry.client.transfers import (
    CHUNK,
    OnProgress,
    folder_file,
    name_in,
    size_of,
    whole_file,
)

BYTES = {"Content-Type": "application/octet-stream"}


class AsyncPlatform(AsyncAccountCalls, AsyncCatalogueCalls, AsyncRunCalls):
    """A Tarry platform, with the verbs of `Platform`, each of which is awaited.

    Any number of them may be under way at once. What gives one thing after another (`events`,
    `all_runs`) is read by `async for`.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: timedelta = timedelta(seconds=30),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._door = AsyncDoor(url, token, timeout=timeout, sleep=sleep)
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

    @property
    def people(self) -> AsyncPeople:
        """Users, projects, roles, API tokens and the audit trail."""
        return AsyncPeople(self._door)

    async def close(self) -> None:
        """Close the connections."""
        await self._door.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def events(
        self,
        run: str,
        *,
        after: str = "",
        patience: timedelta = timedelta(minutes=10),
        on_lost: Callable[[Unreachable], None] | None = None,
    ) -> AsyncIterator[Event]:
        """Follow a run until it is over; arguments and promises are those of `Platform.events`."""
        following = Following(patience, self._clock)
        while True:
            try:
                async for event in self._stream(run, after):
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
            await self._sleep(pause)

    async def _stream(self, run: str, after: str) -> AsyncIterator[Event]:
        headers = {"Accept": "text/event-stream"}
        if after:
            headers["Last-Event-ID"] = after
        path = f"/runs/{part(run)}/events"
        answer = await self._door.call("GET", path, headers=headers, stream=True)
        reader = EventReader()
        try:
            async for piece in answer.content.iter_any():
                for event in reader.take(piece):
                    yield event
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._door.lost(error) from error
        finally:
            answer.close()

    # ── files ───────────────────────────────────────────────────────────────────────────────────

    async def upload(
        self,
        source: Path | BinaryIO,
        name: str | None = None,
        *,
        on_progress: OnProgress | None = None,
    ) -> StoredFile:
        """Upload a file, streamed; its storage URI may then be given to a port of type file."""
        if isinstance(source, Path):
            with await asyncio.to_thread(source.open, "rb") as opened:
                return await self.upload(opened, name or source.name, on_progress=on_progress)
        name = name or Path(str(getattr(source, "name", "upload"))).name
        data = await self._send("POST", {"name": name}, source, on_progress)
        return StoredFile(uri=str(data["uri"]), name=str(data["name"]), size=int(data["size"]))

    async def upload_folder(self, source: Path, name: str | None = None) -> str:
        """Upload a folder with all files in it, and give its storage URI, which ends in a slash."""
        resolved = await asyncio.to_thread(source.resolve)
        wanted = {"name": name or resolved.name or "folder"}
        made = await self._door.json("POST", "/folders", params=wanted)
        uri = str(made["uri"])
        for file in await asyncio.to_thread(lambda: sorted(source.rglob("*"))):
            if await asyncio.to_thread(file.is_file):
                place = f"{uri}{file.relative_to(source).as_posix()}"
                with await asyncio.to_thread(file.open, "rb") as opened:
                    await self._send("PUT", {"uri": place}, opened, None)
        return uri

    async def _send(
        self,
        method: str,
        params: dict[str, str],
        source: BinaryIO,
        on_progress: OnProgress | None,
    ) -> dict[str, Any]:
        size = size_of(source)

        async def pieces() -> AsyncIterator[bytes]:
            moved = 0
            while piece := await asyncio.to_thread(source.read, CHUNK):
                moved += len(piece)
                yield piece
                if on_progress is not None:
                    on_progress(moved, size)

        headers = BYTES | {"Content-Length": str(size)}
        data = pieces() if size else b""
        return await self._door.json(method, "/files", params=params, data=data, headers=headers)

    async def folder(self, uri: str) -> dict[str, str]:
        """List all files in a folder: paths beneath it, and their storage URIs."""
        found = await self._door.items("/folders", params={"uri": uri})
        return {str(item["path"]): str(item["uri"]) for item in found}

    async def download_folder(self, uri: str, to: Path) -> Path:
        """Download a folder with all files in it; arguments are those of `Platform`."""
        if await asyncio.to_thread(to.is_dir):
            to /= Path(uri.rstrip("/")).name
        for path, file in (await self.folder(uri)).items():
            place = folder_file(to, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            await self.download(file, place)
        to.mkdir(exist_ok=True)
        return to

    async def download(self, uri: str, to: Path, *, on_progress: OnProgress | None = None) -> Path:
        """Download a file, streamed; it appears under its name only when it is whole.

        Args:
            uri: its storage URI.
            to: the file to write, or a folder that takes it under its own name.
            on_progress: told how far it is.
        """
        answer = await self._door.call("GET", "/files", params={"uri": uri}, stream=True)
        try:
            if await asyncio.to_thread(to.is_dir):
                to /= name_in(answer.headers.get("Content-Disposition", ""))
            announced = answer.headers.get("Content-Length")
            await self._save(answer, to, int(announced) if announced else None, on_progress)
        finally:
            answer.close()
        return to

    async def _save(
        self, answer: aiohttp.ClientResponse, to: Path, size: int | None, on: OnProgress | None
    ) -> None:
        moved = 0
        with whole_file(to) as out:
            try:
                async for piece in answer.content.iter_chunked(CHUNK):
                    await asyncio.to_thread(out.write, piece)
                    moved += len(piece)
                    if on is not None:
                        on(moved, size)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise TransferFailed(name=to.name, reason="the connection was lost") from error
            if size is not None and moved != size:
                reason = f"only {moved} of {size} bytes arrived"
                raise TransferFailed(name=to.name, reason=reason)
