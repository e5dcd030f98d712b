"""Forgets runs that are no longer kept, by the operator's rules."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from tarry.contract.errors import TarryError
from tarry.platform.executions.interfaces import OldRun, RetentionStore
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import ExecutionId

log = structlog.get_logger(__name__)

LOOK_EVERY = timedelta(hours=1)
AT_ONCE = 100


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Removes old runs and old pages. One of them is enough: it works beside the manager.

    Attributes:
        remove_files: removes what a run has written, before the run itself is forgotten: what is
            interrupted in between is done again.
        keep_runs: how long a run is kept after its end; `None`: for ever.
        keep_pages: how long its pages are; `None`: as long as the run.
    """

    store: Transactions[RetentionStore]
    remove_files: Callable[[OldRun], Awaitable[None]]
    keep_runs: timedelta | None = None
    keep_pages: timedelta | None = None
    clock: Clock = utc_now

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            try:
                await self.forget_old()
            except Exception:
                log.exception("retention.failed", next_try_in=str(LOOK_EVERY))
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def forget_old(self) -> int:
        """Forget what is old by now; tells how many runs."""
        now, forgotten = self.clock(), 0
        if self.keep_pages is not None:
            before = now - self.keep_pages
            pages = await self.store.write(lambda store: store.drop_pages(before))
            if pages:
                log.info("retention.pages-dropped", pages=pages)
        if self.keep_runs is None:
            return 0
        before = now - self.keep_runs
        stuck: set[ExecutionId] = set()
        while old := await self._old(before, stuck):
            for run in old:
                try:
                    await self.remove_files(run)
                except TarryError as error:
                    # The next look tries again; the others need not wait for that.
                    log.warning("retention.run-kept", run=run.id, reason=str(error))
                    stuck.add(run.id)
                    continue
                await self.store.write(partial(_forget, run))
                forgotten += 1
        if forgotten:
            log.info("retention.runs-forgotten", runs=forgotten)
        return forgotten

    async def _old(self, before: datetime, stuck: Collection[ExecutionId]) -> list[OldRun]:
        most = AT_ONCE + len(stuck)
        found = await self.store.read(lambda store: store.old(before, most))
        return [run for run in found if run.id not in stuck]


def _forget(run: OldRun, store: RetentionStore) -> None:
    store.forget(run.id)
