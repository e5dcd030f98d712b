"""What is left to do when a step or a run is over; nothing waits for it."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import structlog

from tarry.contract.progress import progress_of
from tarry.platform.executions.api.lookout import too_large
from tarry.platform.executions.api.persistence import persist
from tarry.platform.executions.interfaces import CallFailed, Permits, Services, Shown
from tarry.platform.executions.model.calls import StepCall, Trouble
from tarry.platform.kernel.model import ExecutionId, StepRunId, execution_of

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.1
"""Seconds before a last page is asked for: what comes next starts first. For the service, making
the page is as much work as starting a run."""
PAUSES = (0.5, 2.0, 8.0)
"""Seconds between the attempts to get a last page."""
_PASSING = frozenset({Trouble.NOT_SENT, Trouble.LOST, Trouble.BUSY})


class Closing:
    """Fetches last pages; once those of a run are there, ends its token."""

    def __init__(
        self,
        services: Services,
        permits: Permits,
        tasks: asyncio.TaskGroup,
        show: Callable[[StepRunId, Shown], None],
        settled: Callable[[ExecutionId], None],
    ) -> None:
        self._services = services
        self._permits = permits
        self._tasks = tasks
        self._show = show
        self._settled = settled
        self._fetching: defaultdict[ExecutionId, set[asyncio.Task[None]]] = defaultdict(set)

    def fetch_last_page(self, call: StepCall) -> None:
        """Get the page that shows the results of a step that is over."""
        fetching = self._fetching[execution_of(call.step)]
        task = self._tasks.create_task(self._fetch(call))
        fetching.add(task)
        task.add_done_callback(fetching.discard)

    def settle(self, execution: ExecutionId) -> None:
        """End what a run was permitted, as soon as its last pages are there."""
        self._tasks.create_task(self._settle(execution))

    async def _settle(self, execution: ExecutionId) -> None:
        fetching = self._fetching.pop(execution, set())
        if fetching:
            await asyncio.wait(fetching)
        await persist("end a token", partial(self._permits.close, execution))
        self._settled(execution)

    async def _fetch(self, call: StepCall) -> None:
        await asyncio.sleep(FIRST_PAUSE)
        for pause in (*PAUSES, None):
            try:
                page = await self._services.last_page(call)
            except CallFailed as error:
                if error.trouble not in _PASSING or pause is None:
                    log.info("step.no-last-page", step_run=call.step, reason=error.reason)
                    return
                await asyncio.sleep(pause)
                continue
            if page is None:
                return
            if note := too_large(page.content):
                self._show(call.step, Shown(note=note))
            else:
                self._show(call.step, Shown(page=page, progress=progress_of(page.content)))
            return
