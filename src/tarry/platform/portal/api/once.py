"""What a named request does, it does once: whoever sends it again gets the answer it had.

One guard for all of the API that changes something by POST, so that no route has to think of it.
The rooms mark the request in the transaction of the deed itself (`kernel.interfaces.Trail`); here
is seen to it that a repetition is answered instead of being carried out. Requests for runs are
answered by the runs themselves (`repeating.TheRequest`), with the run as it is by then.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fastapi import Request as HttpRequest
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tarry.contract.errors import TarryError
from tarry.platform.accounts.model.requests import Answer, Marked
from tarry.platform.executions.errors import RequestDiffers, RequestUnderWay
from tarry.platform.executions.operations.under_way import UnderWay
from tarry.platform.kernel.errors import NotLoggedIn, RequestDone
from tarry.platform.kernel.model import Caller, Request
from tarry.platform.portal.api.door import Door, door_of, known_caller
from tarry.platform.portal.api.guards import same_origin
from tarry.platform.portal.api.problems import problem_answer
from tarry.platform.portal.api.repeating import KEY_HEADER, named

API = "/api/v1"
_ELSEWHERE = re.compile(
    rf"{API}/(runs|runs/[^/]+/(resume|rerun)|tokens|session|files|folders|services/inspect|workflows/preview)"
)
"""Runs see to it themselves; who logs in is not known yet; what only looks may look again; a file's
bytes are not held in memory, and each upload has a place of its own."""
_TOLD_AGAIN = ("content-type", "etag", "location")
REPEATED = "Idempotency-Replayed"
"""Header that marks an answer as that of the first time."""


def takes_keys(method: str, path: str) -> bool:
    """Tell whether a call does once what it is named for."""
    return method == "POST" and path.startswith(f"{API}/") and not _ELSEWHERE.fullmatch(path)


YOUNG = timedelta(minutes=1)
"""For so long after its deed a request without an answer may just be about to get one."""


class Once:
    """Carries out a named request once, and answers its repetitions as the first one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way = UnderWay()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has no name, or is new."""
        if scope["type"] != "http" or not takes_keys(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        key = Headers(scope=scope).get(KEY_HEADER)
        if key is None:
            await self._app(scope, receive, send)
            return
        http = HttpRequest(scope, receive)
        try:
            await same_origin(http)
            caller = await known_caller(http)
            await self._only(http, caller, key, send)
        except NotLoggedIn:
            await self._app(scope, receive, send)  # which says so
        except TarryError as error:
            await problem_answer(error)(scope, receive, send)

    async def _only(self, http: HttpRequest, caller: Caller, key: str, send: Send) -> None:
        body = await http.body()
        door = door_of(http)
        request = named(door, http, key, body)
        with self._under_way.only((caller.project, caller.user, request.key), request.key):
            earlier = await door.rooms.requests.before(caller, request)
            if earlier is not None:
                await _as_before(request, earlier, door.clock())(http.scope, _nothing, send)
                return
            http.scope.setdefault("state", {})["named"] = request
            kept = _Kept(body, http.receive, send)
            await self._app(http.scope, kept.receive, kept.send)
            await _keep(door, caller, request, kept)


@dataclass
class _Kept:
    """Gives a body that was read already, and keeps what is answered to it."""

    body: bytes
    rest: Receive
    out: Send
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes = b""
    given: bool = False

    async def receive(self) -> Message:
        if self.given:
            return await self.rest()
        self.given = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], Headers(raw=message["headers"])
        elif message["type"] == "http.response.body":
            self.answer += message.get("body", b"")
        await self.out(message)


async def _keep(door: Door, caller: Caller, request: Request, kept: _Kept) -> None:
    """Keep an answer, unless it refuses; what is shown once and stored nowhere is left out."""
    if not 200 <= kept.status < 300:
        return
    secret = "no-store" in kept.headers.get("cache-control", "")
    headers = {name: kept.headers[name] for name in _TOLD_AGAIN if name in kept.headers}
    answer = Answer(status=kept.status, headers=headers, body=None if secret else kept.answer)
    await door.rooms.requests.keep(caller, request, answer)


def _as_before(request: Request, earlier: Marked, now: datetime) -> Response:
    """Answer as the first time.

    Raises:
        RequestDiffers: that was another request.
        RequestUnderWay: it is so young that another process may still be answering it.
        RequestDone: its answer was not kept.
    """
    if earlier.digest != request.digest:
        raise RequestDiffers(key=request.key)
    if earlier.answer is None and now - earlier.at < YOUNG:
        raise RequestUnderWay(key=request.key)
    if earlier.answer is None or earlier.answer.body is None:
        raise RequestDone(key=request.key, action=earlier.action, subject=earlier.subject)
    headers = {**earlier.answer.headers, REPEATED: "true"}
    return Response(earlier.answer.body, earlier.answer.status, headers)


async def _nothing() -> Message:
    raise ClientDisconnect
