"""The platform that a service is configured with: its storage and its manager's bell, over HTTP.

Addresses come from the operator and from nobody else, and redirects are not followed: a token goes
to the configured platform or nowhere.
"""

import asyncio
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import aiohttp
import structlog

from tarry.contract.status import PUSH_HEADER
from tarry.service.adapters.beneath import open_beneath
from tarry.service.errors import StorageAway, StorageRefused
from tarry.service.interfaces import Place
from tarry.service.model.files import local_name

log = structlog.get_logger(__name__)

TOKEN_HEADER = "X-Auth-Token"  # noqa: S105 - the name of a header
MAX_FILE = 50 * 1024**3
"""Bytes of an input file."""
_SPARE = 64 * 1024**2
"""Bytes that stay free on the disk."""

_CHUNK = 1024 * 1024
_LATER = frozenset({408, 425, 429})
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=10, sock_read=120)
_BELL_TIMEOUT = aiohttp.ClientTimeout(total=5)
_STEP_RUN = re.compile(r"([0-9a-f]{32})_([0-9]{1,9})")


class HttpStorage:
    """Reads and writes files behind storage URIs at the platform's door for files.

    Args:
        address: such as `http://localhost:8080/api/v1/files`.
        session: with which requests are made; its owner closes it.
    """

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self._address = address
        self._folders = f"{address.removesuffix('/files')}/folders"
        self._session = session

    async def fetch(self, uri: str, *, session_token: str, into: Path) -> None:
        """Bring a file here; it is whole when this returns, or not there."""
        part = into.with_name(f".{into.name}.part")
        try:
            async with self._session.get(
                self._address,
                params={"uri": uri},
                headers={TOKEN_HEADER: session_token},
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as answer:
                await _check(answer, f"to hand out {uri}")
                await _receive(answer, part)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StorageAway(reason=_words(error)) from error
        except OSError as error:
            raise StorageAway(reason=f"cannot write {into.name}: {error.strerror}") from error
        part.replace(into)

    async def fetch_folder(self, uri: str, *, session_token: str, into: Path) -> None:
        """Bring a folder here; it is whole when this returns, or not there."""
        part = into.with_name(f".{into.name}.part")
        wanted = await self._listed(uri, session_token)
        try:
            await asyncio.to_thread(part.mkdir, mode=0o700, exist_ok=True)
            for path in wanted:
                file = part / path
                await asyncio.to_thread(file.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
                if not file.exists():  # what an attempt before this one brought is whole
                    await self.fetch(f"{uri}{path}", session_token=session_token, into=file)
        except OSError as error:
            raise StorageAway(reason=f"cannot write {into.name}: {error.strerror}") from error
        part.replace(into)

    async def _listed(self, uri: str, session_token: str) -> list[str]:
        try:
            async with self._session.get(
                self._folders,
                params={"uri": uri},
                headers={TOKEN_HEADER: session_token},
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as answer:
                await _check(answer, f"to say what is in {uri}")
                body: object = await answer.json(content_type=None)
        except ValueError:
            body = None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StorageAway(reason=_words(error)) from error
        return _paths_in(body, uri)

    async def make_folder(self, name: str, *, session_token: str, place: Place) -> str:
        """Make a folder in the storage and give its URI; again is the same as once."""
        uri = _uri(place, local_name(name))
        try:
            async with self._session.request(
                "PUT" if uri else "POST",
                self._folders,
                params={"uri": f"{uri}/"} if uri else {"name": local_name(name)},
                headers={TOKEN_HEADER: session_token},
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as answer:
                await _check(answer, f"to make the folder {uri or name}")
                return await _uri_in(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StorageAway(reason=_words(error)) from error

    async def store_at(self, folder: Path, path: str, *, session_token: str, uri: str) -> None:
        """Bring a file to a place in the storage; again is the same as once."""
        with os.fdopen(await asyncio.to_thread(open_beneath, folder, path), "rb") as file:
            await self._send(file, "PUT", {"uri": uri}, uri, session_token)

    async def store(self, folder: Path, path: str, *, session_token: str, place: Place) -> str:
        """Bring a file to the storage and give its URI; again is the same as once."""
        with os.fdopen(await asyncio.to_thread(open_beneath, folder, path), "rb") as file:
            name = local_name(path)
            uri = _uri(place, name)
            params = {"uri": uri} if uri else {"name": name}
            return await self._send(
                file, "PUT" if uri else "POST", params, uri or name, session_token
            )

    async def _send(
        self, file: BinaryIO, method: str, params: dict[str, str], what: str, session_token: str
    ) -> str:
        try:
            async with self._session.request(
                method,
                self._address,
                params=params,
                data=file,
                headers=_headers(session_token),
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as answer:
                await _check(answer, f"to keep {what}")
                return await _uri_in(answer)
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise StorageAway(reason=_words(error)) from error


class HttpPush:
    """Rings the manager's bell.

    Args:
        address: such as `http://localhost:8080/push`.
        session: with which requests are made; its owner closes it.
    """

    def __init__(self, address: str, session: aiohttp.ClientSession) -> None:
        self._address = address
        self._session = session

    async def ring(self, capability: str) -> bool:
        """Tell the manager to look now; whether it was heard."""
        try:
            async with self._session.post(
                self._address,
                headers={PUSH_HEADER: capability},
                timeout=_BELL_TIMEOUT,
                allow_redirects=False,
            ) as answer:
                if answer.status >= 400:
                    log.info("push.refused", status=answer.status)
                return answer.status < 500
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.info("push.not_heard", reason=_words(error))
            return False


class NoPush:
    """There is no manager to tell."""

    async def ring(self, capability: str) -> bool:
        """Do nothing."""
        del capability
        return True


def _uri(place: Place, name: str) -> str:
    """Name an output of a run of the platform; anybody else's files get a place of their own."""
    run = _STEP_RUN.fullmatch(place.service_id)
    if run is None or not place.project:
        return ""
    return f"local://{place.project}/runs/{run[1]}/{run[2]}/{place.port}/{name}"


def _headers(session_token: str) -> dict[str, str]:
    return {TOKEN_HEADER: session_token, "Content-Type": "application/octet-stream"}


async def _check(answer: aiohttp.ClientResponse, what: str) -> None:
    if answer.status in (200, 201, 204):
        return
    if answer.status >= 500 or answer.status in _LATER:
        raise StorageAway(reason=f"it answered with HTTP {answer.status}")
    raise StorageRefused(what=what, reason=await _reason(answer))


async def _reason(answer: aiohttp.ClientResponse) -> str:
    """Give the storage's own words if it has any, else the number."""
    body: object = None
    with suppress(ValueError, aiohttp.ClientError):
        body = await answer.json(content_type=None)
    for key in ("detail", "title"):
        text = body.get(key) if isinstance(body, dict) else None
        if isinstance(text, str) and text:
            return f"{text[:300]} (HTTP {answer.status})"
    return f"HTTP {answer.status}"


async def _uri_in(answer: aiohttp.ClientResponse) -> str:
    body: object = None
    with suppress(ValueError):
        body = await answer.json(content_type=None)
    uri = body.get("uri") if isinstance(body, dict) else None
    if not isinstance(uri, str) or "://" not in uri:
        raise StorageRefused(what="to say where the file is", reason="its answer holds no URI")
    return uri


def _paths_in(body: object, uri: str) -> list[str]:
    """Read a listing. No path may lead out of the folder, whatever the storage says."""
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise StorageRefused(what=f"to say what is in {uri}", reason="its answer holds no list")
    paths = [item.get("path") if isinstance(item, dict) else None for item in items]
    for path in paths:
        parts = path.split("/") if isinstance(path, str) else [""]
        if {"", ".", ".."} & set(parts) or "\0" in str(path):
            raise StorageRefused(what=f"to say what is in {uri}", reason=f"{path!r} is no path")
    return [str(path) for path in paths]


async def _receive(answer: aiohttp.ClientResponse, part: Path) -> None:
    expected = answer.content_length
    free = (await asyncio.to_thread(shutil.disk_usage, part.parent)).free - _SPARE
    limit = min(MAX_FILE, max(0, free))
    if expected is not None and expected > limit:
        raise StorageRefused(
            what="a file of that size", reason=f"{expected} bytes are more than fit here ({limit})"
        )
    received = 0
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        async for chunk in answer.content.iter_chunked(_CHUNK):
            received += len(chunk)
            if received > limit:
                raise StorageRefused(what="a file of that size", reason="it does not fit here")
            await asyncio.to_thread(file.write, chunk)
    if expected is not None and received != expected:
        raise StorageAway(reason=f"only {received} of {expected} bytes came")


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
