"""HTTP to the platform over aiohttp: what `tarry.client.door` does, without waiting for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp

from tarry.client.door import TOKEN_HEADER, is_loopback
from tarry.client.errors import Moved, NotThePlatform, PlatformError, Unreachable, refusal
from tarry.client.insistence import KEY_HEADER, Insistence

MOST_RETRIES = 1
"""A keep-alive connection may have been closed at the other end: reading again is safe."""


class AsyncDoor:
    """The REST door of one platform."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        timeout: timedelta,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self._sleep = sleep
        self._timeout = timeout.total_seconds()
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def items(
        self, path: str, params: Mapping[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """Give the items of a list, all its pages."""
        asked = dict(params or {})
        page = await self.json("GET", path, params=asked)
        found = list(page["items"])
        while page.get("next"):
            page = await self.json("GET", path, params=asked | {"after": page["next"]})
            found += page["items"]
        return found

    async def content(self, method: str, path: str, **asked: Any) -> bytes:
        """Call and give the answer's body."""
        async with await self.call(method, path, **asked) as answer:
            return await self._body(answer)

    async def done(self, method: str, path: str, **asked: Any) -> None:
        """Call for what has no answer but that it is done."""
        await self.content(method, path, **asked)

    async def once(
        self, method: str, path: str, *, key: str | None = None, **asked: Any
    ) -> dict[str, Any]:
        """Call for something that must happen once, again and again until there is an answer."""
        insistence = Insistence()
        headers = {**asked.pop("headers", {}), KEY_HEADER: key or str(uuid4())}
        while True:
            try:
                return await self.json(method, path, headers=headers, **asked)
            except (PlatformError, Unreachable, NotThePlatform) as error:
                pause = insistence.pause_after(error)
            await self._sleep(pause)

    async def json(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        """Call and give the answer's JSON."""
        async with await self.call(method, path, **asked) as answer:
            await self._body(answer)
            try:
                data = await answer.json(content_type=None)
            except ValueError:
                data = None
        if not isinstance(data, dict):
            raise NotThePlatform(url=self.url, status=answer.status)
        return data

    async def call(
        self, method: str, path: str, *, stream: bool = False, **asked: Any
    ) -> aiohttp.ClientResponse:
        """Call the API; the caller reads the answer and lets it go.

        Raises:
            PlatformError: the platform refused.
            Unreachable: nothing answered.
        """
        retries = MOST_RETRIES if method == "GET" else 0
        while True:
            try:
                answer = await self._ask(method, path, stream, asked)
                break
            except Unreachable as error:
                if not retries or not error.sent:
                    raise
                retries -= 1
        if 300 <= answer.status < 400 and answer.status != 304:
            answer.close()
            raise Moved(url=self.url, target=answer.headers.get("Location", "another address"))
        if answer.status >= 400:
            raise await self._refusal(answer)
        return answer

    async def _ask(
        self, method: str, path: str, stream: bool, asked: dict[str, Any]
    ) -> aiohttp.ClientResponse:
        headers = dict(asked.pop("headers", None) or {})
        if self.token:
            headers[TOKEN_HEADER] = self.token
        # A stream or a transfer may take as long as it likes, but no silence may.
        limit = aiohttp.ClientTimeout(
            total=None if stream or "data" in asked else self._timeout,
            sock_connect=self._timeout,
            sock_read=self._timeout,
        )
        asked["headers"] = headers
        try:
            return await self._open().request(
                method,
                f"{self.url}/api/v1{path}",
                timeout=limit,
                allow_redirects=False,  # a redirection could take the token elsewhere
                **asked,
            )
        except aiohttp.ClientConnectorError as error:
            reason = (error.os_error.strerror or str(error)).lower()
            raise Unreachable.after(self.url, reason, sent=False) from error
        except aiohttp.ConnectionTimeoutError as error:
            reason = f"no answer within {self._timeout:g} s"
            raise Unreachable.after(self.url, reason, sent=False) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self.lost(error) from error

    def lost(self, error: BaseException) -> Unreachable:
        """Say that a connection was lost after the request went out."""
        reason = f"no answer within {self._timeout:g} s"
        if not isinstance(error, TimeoutError):
            reason = "the connection was lost"
        return Unreachable.after(self.url, reason, sent=True)

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        try:
            return await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self.lost(error) from error

    async def _refusal(self, answer: aiohttp.ClientResponse) -> PlatformError | NotThePlatform:
        try:
            problem = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            problem = None
        answer.close()
        return refusal(self.url, answer.status, problem)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # No proxy stands between us and this machine.
            self._session = aiohttp.ClientSession(
                trust_env=not is_loopback(self.url),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Each run that is followed holds a connection; others must not wait for them.
                connector=aiohttp.TCPConnector(limit=0),
            )
        return self._session
