"""REST: what happens, as server-sent events.

An event that must not be missed carries the id of its row in the journal, so `Last-Event-ID` works
across a restart of the platform. First subscribe, then replay: what happens in between is then sent
twice at worst, and never lost.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from tarry.contract.errors import TarryError
from tarry.platform.executions.model.states import OVER
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.model import ExecutionId
from tarry.platform.portal.api.answers import run_answer
from tarry.platform.portal.api.door import Door, TheCaller, TheDoor, TheToken

router = APIRouter(tags=["events"])

BREATH = 0.1
"""Seconds between two messages of one stream: what comes faster is told together."""
LEISURE = 9
"""A pause is so many times as long as it took to tell: a run of 10,000 steps, which is told as a
whole, then takes a tenth of a core and no more."""
LONGEST_BREATH = 10.0
PING = 15
RETRY_MS = 1000
_STREAM = {
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
    "description": (
        "`run`: the whole run as JSON, with an id · `page`: `{step, page_tag, progress, note}` of "
        "a step that shows something new, without an id · `changed`: `{run, kind, at}`, something "
        "happened to a run of the project, with an id · `look`: `{run}`, a run of the project "
        "shows something new; without a name, some run may"
    ),
}


def _seen(
    last_event_id: Annotated[str, Header()] = "",
    last: Annotated[
        str,
        Query(
            alias="last_event_id",
            description="As the header `Last-Event-ID`, for who cannot set one; the header wins",
        ),
    ] = "",
) -> int:
    """Give the id of the event that was seen last, or -1."""
    given = last_event_id or last
    return int(given) if re.fullmatch("[0-9]{1,18}", given) else -1


Seen = Annotated[int, Depends(_seen)]


async def _visible(run: str, door: TheDoor, caller: TheCaller) -> RunView:
    return await door.rooms.runs.show(caller, ExecutionId(run))


@router.get(
    "/runs/{run}/events",
    response_class=EventSourceResponse,
    operation_id="followRun",
    responses={200: _STREAM},
)
async def run_events(
    view: Annotated[RunView, Depends(_visible)],
    door: TheDoor,
    token: TheToken,
    seen: Seen,
) -> EventSourceResponse:
    """Follow one run until it is over."""
    return _stream(door, follow(door, token, view.id, seen))


@router.get(
    "/events",
    response_class=EventSourceResponse,
    operation_id="followProject",
    responses={200: _STREAM},
)
async def project_events(
    door: TheDoor,
    token: TheToken,
    _caller: TheCaller,
    seen: Seen,
) -> EventSourceResponse:
    """Hear that some run of the project changed; what has changed is then asked for."""
    return _stream(door, _changes(door, token, seen))


def _stream(door: Door, events: AsyncIterator[ServerSentEvent]) -> EventSourceResponse:
    return EventSourceResponse(
        events,
        ping=PING,
        sep="\n",
        headers={"Cache-Control": "no-store"},
        send_timeout=door.give_up_after.total_seconds(),
    )


async def follow(
    door: Door, token: str, run: ExecutionId, seen: int
) -> AsyncIterator[ServerSentEvent]:
    """Tell what happens to a run, beginning after an event that was seen.

    It ends a little after the run, as the last pages of its steps may come after its end, or when
    the token is no longer good.
    """
    shown: Pages = {}
    told_end = False
    loop = asyncio.get_running_loop()
    with door.rooms.runs.listen(run) as heard:
        while True:
            heard.clear()
            try:
                caller = await door.rooms.accounts.caller_of(token)
                began = loop.time()
                newest = await door.rooms.runs.newest_event(run)
                view = await door.rooms.runs.show(caller, run)
            except TarryError:
                return
            pages = _pages(view)
            over = view.state in OVER
            if newest > seen or (over and not told_end):
                event = _event("run", run_answer(view, caller).model_dump_json(), newest)
                took = loop.time() - began
                yield event
            else:
                took = loop.time() - began
                for step, page in pages.items():
                    if shown.get(step) != page:
                        yield _event("page", json.dumps({"step": step, **page}))
            seen, shown, told_end = newest, pages, over
            await asyncio.sleep(min(max(BREATH, LEISURE * took), LONGEST_BREATH))
            limit = door.linger if over else door.recheck_every
            if not await _news(heard, limit) and over:
                return


async def _changes(door: Door, token: str, seen: int) -> AsyncIterator[ServerSentEvent]:
    with door.rooms.runs.listen(None) as heard:
        if seen < 0:
            seen = await door.rooms.runs.newest_event()
        while True:
            rung, any_ = heard.take()
            try:
                caller = await door.rooms.accounts.caller_of(token)
                found = await door.rooms.runs.events_after(caller, seen, None)
                # Whose journal has nothing new shows something new all the same: a page.
                shown = rung - {event.execution for event in found}
                ours = await door.rooms.runs.own(caller, shown)
            except TarryError:
                return
            for event in found:
                data = {"run": event.execution, "kind": event.kind, "at": event.at.isoformat()}
                yield _event("changed", json.dumps(data), event.id)
                seen = event.id
            for run in sorted(ours):
                yield _event("look", json.dumps({"run": run}))
            if any_:
                yield _event("look", "{}")
            await asyncio.sleep(BREATH)
            if not found:
                await _news(heard, door.recheck_every)


async def _news(heard: asyncio.Event, limit: timedelta) -> bool:
    """Wait for news, but not for ever: the bell of another process is not heard here."""
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return await heard.wait()
    except TimeoutError:
        return False


Pages = dict[int, dict[str, object]]


def _pages(view: RunView) -> Pages:
    return {
        step.number: {"page_tag": step.page_tag, "progress": step.progress, "note": step.note}
        for step in view.steps
    }


def _event(kind: str, data: str, event_id: int | None = None) -> ServerSentEvent:
    name = None if event_id is None else str(event_id)
    return ServerSentEvent(data, event=kind, id=name, retry=RETRY_MS, sep="\n")
