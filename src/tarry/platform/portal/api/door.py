"""What the routes share: the rooms behind them, and who stands before them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.kernel.errors import NotLoggedIn
from tarry.platform.kernel.interfaces import Clock
from tarry.platform.kernel.model import Caller
from tarry.platform.portal.interfaces import Rooms


@dataclass(frozen=True, kw_only=True)
class Door:
    """The portal as it was built.

    Attributes:
        keys: derive the capabilities of status pages, and the token that one may read.
        public_url: the address that people and services use, without a slash at the end.
        soap_door: URL of the SOAP endpoint that status pages may post to.
        page_frames: sites that status pages may show in frames.
        extra_parameters: the wire's `extraParameters`, as services get them.
        recheck_every: how often an open event stream looks for itself, and at its token.
        linger: how long the event stream of a run outlives it, for the last pages.
        leads: whether the manager of this process is the one that works.
        figures: gives what is measured, in the text format of Prometheus.
        give_up_after: a listener that takes nothing for so long is cut off.
        cookie: name of the cookie that holds a browser's session token.
    """

    rooms: Rooms
    keys: Keys = field(repr=False)
    public_url: str
    soap_door: str
    page_frames: Sequence[str]
    extra_parameters: str
    upload_limit: int
    cookie: str
    clock: Clock
    healthy: Callable[[], Awaitable[bool]]
    leads: Callable[[], bool]
    figures: Callable[[], Awaitable[bytes]]
    recheck_every: timedelta
    linger: timedelta
    give_up_after: timedelta


def door_of(request: Request) -> Door:
    """Give the portal that a request came in by."""
    door: Door = request.app.state.door
    return door


_HEADER = APIKeyHeader(name="X-Auth-Token", auto_error=False, description="A session token")
_BEARER = HTTPBearer(auto_error=False, description="A session token")


def token_of(
    request: Request,
    header: Annotated[str | None, Security(_HEADER)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
) -> str:
    """Find the token of a request: a header before the browser's cookie.

    Raises:
        NotLoggedIn: there is none.
    """
    token = header or (bearer.credentials if bearer else None)
    if token is None:
        token = request.cookies.get(door_of(request).cookie)
    if not token:
        raise NotLoggedIn(reason="The request carries no session token")
    return token


async def caller_of(request: Request, token: Annotated[str, Depends(token_of)]) -> Caller:
    """Tell who calls.

    Raises:
        NotLoggedIn: the token is not valid.
    """
    caller = await door_of(request).rooms.accounts.caller_of(token)
    named = getattr(request.state, "named", None)
    return replace(caller, address=address_of(request), request=named)


async def known_caller(request: Request) -> Caller:
    """Tell who calls, before anybody has looked at what they want.

    Raises:
        NotLoggedIn: nobody whom we know.
    """
    token = token_of(request, await _HEADER(request), await _BEARER(request))
    return await caller_of(request, token)


def address_of(request: Request) -> str:
    """Tell where a request comes from; what a proxy says counts if the operator trusts it."""
    return request.client.host if request.client else ""


TheDoor = Annotated[Door, Depends(door_of)]
TheToken = Annotated[str, Depends(token_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]


def seconds_until(instant: datetime | None, now: datetime) -> int | None:
    """Tell for how long a cookie should last."""
    return None if instant is None else max(0, int((instant - now).total_seconds()))


def keep_nowhere(answer: Response) -> None:
    """Say of an answer that it shows a secret: nobody is to keep it, we neither."""
    answer.headers["Cache-Control"] = "no-store"
