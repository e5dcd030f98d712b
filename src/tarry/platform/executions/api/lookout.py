"""Watches over the step runs that are under way: makes the calls that their watches want.

A step run that waits costs its watch and an entry in the timetable; only a call that is being made
has a task.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from tarry.contract.progress import progress_of
from tarry.contract.status import Page, tag_of
from tarry.platform.executions.api.lanes import Lanes
from tarry.platform.executions.api.places import Places
from tarry.platform.executions.api.timetable import Timetable
from tarry.platform.executions.interfaces import CallFailed, Services, Shown
from tarry.platform.executions.model import watch as watching
from tarry.platform.executions.model.answers import (
    abort_answered,
    abort_failed,
    answered,
    ask_abort,
    expired,
    overdue,
)
from tarry.platform.executions.model.calls import Answer, StepCall, Trouble
from tarry.platform.executions.model.events import Happening, StepWithheld
from tarry.platform.executions.model.troubles import failed
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.executions.model.watch import CallKind, Phase, Turn, Watch
from tarry.platform.kernel.model import StepRunId

log = structlog.get_logger(__name__)

LARGEST_PAGE = 16 * 1024 * 1024
"""Bytes of a page that is kept and shown. What base64 makes of it fits into the largest answer."""
MOST_CALLS = 100
"""Calls of one sort to one service at a time."""
_WAITS = "Waits for a free place: its service takes {most} at once"


_NONE: frozenset[CallKind] = frozenset()


@dataclass(slots=True)
class _Post:
    """One step run. Thousands wait, and most have no call: they share the empty set of them."""

    call: StepCall
    watch: Watch
    flying: frozenset[CallKind] = _NONE
    queued: frozenset[CallKind] = _NONE
    wakes_at: float | None = None
    tag: str = ""
    note: str = ""
    page_note: str = ""


class Lookout:
    """Makes the calls for every step run that is under way, and tells what came of them."""

    def __init__(
        self,
        services: Services,
        tasks: asyncio.TaskGroup,
        tell: Callable[[Happening], None],
        show: Callable[[StepRunId, Shown], None],
        free: Callable[[StepRunId], bool],
    ) -> None:
        self._services = services
        self._tasks = tasks
        self._tell = tell
        self._show = show
        self._posts: dict[StepRunId, _Post] = {}
        self._places = Places(free)
        self._lanes: Lanes[tuple[str, CallKind]] = Lanes(MOST_CALLS)
        self._loop = asyncio.get_running_loop()
        self._times: Timetable[_Post] = Timetable(self._loop, self._look)
        self._starting: set[asyncio.Task[None]] = set()
        self._held = False

    def begin(self, call: StepCall) -> None:
        """Start a step run whose intent has just become durable, if its service has a place."""
        if not self._places.take(call):
            self._show(call.step, Shown(note=_WAITS.format(most=call.terms.most_runs)))
            self._tell(StepWithheld(call.step))
            return
        if call.terms.most_runs is not None:
            self._show(call.step, Shown(note=""))
        now = self._loop.time()
        watch = watching.begin(call.step, call.terms, now, time_out=call.time_out)
        self._post(call, Turn(watch))

    def recover(self, call: StepCall, *, age: timedelta) -> None:
        """Find out about a step run that may or may not have been started."""
        self._places.occupy(call)
        now, seconds = self._loop.time(), age.total_seconds()
        turn = watching.recover(call.step, call.terms, now, age=seconds, time_out=call.time_out)
        self._post(call, turn)

    def resume(self, call: StepCall, *, age: timedelta, outputs: Mapping[str, str] | None) -> None:
        """Go on asking about a step run that runs."""
        self._places.occupy(call)
        now, seconds = self._loop.time(), age.total_seconds()
        found = watching.resume(
            call.step, call.terms, now, age=seconds, outputs=outputs, time_out=call.time_out
        )
        self._post(call, Turn(found))

    def abort(self, call: StepCall) -> None:
        """Have a step run stopped, whether we watch over it or not."""
        now = self._loop.time()
        post = self._posts.get(call.step)
        if post is None:
            found = watching.resume(call.step, call.terms, now, age=0.0, outputs=None)
            self._post(call, ask_abort(found, now, under_way=False))
        else:
            starting = CallKind.START in post.flying
            self._follow(post, ask_abort(post.watch, now, under_way=starting))

    def push(self, step: StepRunId) -> None:
        """Look at a step run now: its service has something new."""
        post = self._posts.get(step)
        if post is not None:
            now, under_way = self._loop.time(), bool(post.flying)
            self._follow(post, Turn(watching.push(post.watch, now, under_way=under_way)))

    def dismiss(self, step: StepRunId) -> None:
        """Watch no longer over a step run: it is known how it ended."""
        post = self._posts.get(step)
        if post is not None:
            self._follow(post, watching.dismiss(post.watch))

    async def hold(self, limit: timedelta) -> None:
        """Make no more calls, and wait for the answers to the start calls that were made."""
        self._held = True
        self._times.close()
        for post in list(self._posts.values()):
            starting = post.watch.phase is Phase.STARTING and not post.watch.sent
            if starting and CallKind.START not in post.flying:
                self._tell(StepWithheld(post.watch.step))
        if self._starting:
            await asyncio.wait(self._starting, timeout=limit.total_seconds())

    def close(self) -> None:
        """Forget everything: the shift is over."""
        self._held = True
        self._times.close()

    def _post(self, call: StepCall, turn: Turn) -> None:
        post = self._posts[call.step] = _Post(call=call, watch=turn.watch)
        self._follow(post, turn)

    def _follow(self, post: _Post, turn: Turn) -> None:
        post.watch = turn.watch
        note = turn.watch.note or post.page_note
        if note != post.note and not turn.watch.over:
            post.note = note
            self._show(turn.watch.step, Shown(note=note))
        if turn.watch.over:
            self._times.clear(post)
            if self._posts.get(turn.watch.step) is post:
                del self._posts[turn.watch.step]
            self._places.leave(post.call)
        else:
            self._arm(post)
        if turn.happening is not None:
            self._tell(turn.happening)

    def _arm(self, post: _Post) -> None:
        self._times.clear(post)
        if self._held:
            return
        watch = post.watch
        times = [watch.abort_by, watch.deadline, watch.due if self._may_call(post) else None]
        due = min((time for time in times if time is not None), default=None)
        if due is None:
            return
        if due <= self._loop.time():
            self._look(post)
        else:
            self._times.set(post, due)

    def _may_call(self, post: _Post) -> bool:
        call = post.watch.call
        if call is None or post.queued:
            return False
        return not (CallKind.START in post.flying or call in post.flying)

    def _look(self, post: _Post) -> None:
        self._times.clear(post)
        watch, now = post.watch, self._loop.time()
        if watch.over or self._held:
            return
        if watch.abort_by is not None and watch.abort_by <= now:
            self._follow(post, expired(watch))
        elif watch.deadline is not None and watch.deadline <= now:
            starting = CallKind.START in post.flying
            self._follow(post, overdue(watch, now, under_way=starting))
        elif watch.call is not None and self._may_call(post) and watch.due <= now + 0.001:
            lane = (watch.terms.uri, watch.call)
            post.queued |= {watch.call}
            self._lanes.enter(lane, post.call.project, lambda: self._launch(post, lane))
        else:
            self._arm(post)

    def _launch(self, post: _Post, lane: tuple[str, CallKind]) -> bool:
        post.queued = post.queued - {lane[1]} or _NONE
        if post.watch.over or self._held:
            return False
        if post.watch.call is not lane[1]:  # it waited, and something else is due by now
            self._arm(post)
            return False
        making = self._make(post, lane)
        try:
            task = self._tasks.create_task(making)
        except RuntimeError:  # the shift has just failed, and we have not been told yet
            making.close()
            return False
        post.flying |= {lane[1]}
        if lane[1] is CallKind.START:
            post.watch = watching.called(post.watch, self._loop.time())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)
        if post.watch.abort_by is not None or post.watch.deadline is not None:
            self._arm(post)
        return True

    async def _make(self, post: _Post, lane: tuple[str, CallKind]) -> None:
        kind = lane[1]
        try:
            if kind is CallKind.ABORT:
                turn = await self._abort(post)
            else:
                turn = await self._ask(post, kind)
        finally:
            post.flying = post.flying - {kind} or _NONE
            self._lanes.leave(lane)
        self._follow(post, turn)

    async def _ask(self, post: _Post, kind: CallKind) -> Turn:
        try:
            if kind is CallKind.START:
                answer = await self._services.start(post.call)
            elif kind is CallKind.LOOK:
                answer = await self._services.look(post.call)
            else:
                answer = await self._services.poll(post.call, post.watch.page_tag)
        except CallFailed as error:
            found = error
        except Exception as error:
            # Whatever it is, it must not touch the other steps; and it may have been sent.
            log.exception("step.call-broke", step_run=post.call.step, call=kind)
            found = CallFailed(Trouble.LOST, f"the call broke off: {error!r}")
        else:
            self._look_at_page(post, answer)
            return answered(post.watch, kind, answer, self._loop.time())
        log.info(
            "step.call-failed",
            step_run=post.call.step,
            call=kind,
            trouble=found.trouble,
            reason=found.reason,
        )
        return failed(post.watch, found.trouble, found.reason, self._loop.time())

    async def _abort(self, post: _Post) -> Turn:
        until = post.watch.abort_by or self._loop.time()
        limit = timedelta(seconds=max(0.1, until - self._loop.time()))
        try:
            stopped = await self._services.abort(post.call, limit)
        except CallFailed as error:
            return abort_failed(post.watch, error.trouble, error.reason, self._loop.time())
        return abort_answered(post.watch, stopped, self._loop.time())

    def _look_at_page(self, post: _Post, answer: Answer) -> None:
        """Keep a new page; one that is too large is not cut, but said to be too large."""
        if not isinstance(answer.status, Page) or post.watch.over:
            return
        content = answer.status.content
        post.page_note = too_large(content)
        if post.page_note:
            return
        page = status_page(content)
        if page.tag != post.tag:
            post.tag = page.tag
            self._show(post.call.step, Shown(page=page, progress=progress_of(content)))


def too_large(content: bytes) -> str:
    """Say that a page is too large to be kept; empty if it is not."""
    if len(content) <= LARGEST_PAGE:
        return ""
    return (
        f"The service's page has {len(content):,} bytes, more than the {LARGEST_PAGE:,} that are "
        "kept: it is not shown"
    )


def status_page(content: bytes) -> StatusPage:
    """Give a page with the tag that names it."""
    return StatusPage(content=content, tag=tag_of(content))
