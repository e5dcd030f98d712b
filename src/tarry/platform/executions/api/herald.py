"""Tells people, who asked for it, that their run has ended or waits for them.

What is still to be told follows from the database alone: what a run is, less what was told already.
So a crash loses nothing; at worst something is told twice, with the same key.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from tarry.platform.executions.interfaces import (
    AnnouncementStore,
    Messenger,
    NotDelivered,
)
from tarry.platform.executions.model.announcing import (
    Announcement,
    Occasion,
    Subscription,
    announcements,
    next_pause,
)
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.operations.bell import Bell
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import ExecutionId

log = structlog.get_logger(__name__)

BREATH = timedelta(seconds=1)
"""Between two looks: what happens meanwhile is told together."""
RECHECK = timedelta(seconds=30)
AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class Herald:
    """Announces what happens to runs. One of them is enough: it works beside the manager.

    Attributes:
        link: gives the address at which a person looks at a run.
    """

    store: Transactions[AnnouncementStore]
    messengers: Mapping[Channel, Messenger]
    bell: Bell
    link: Callable[[ExecutionId], str]
    clock: Clock = utc_now
    breath: timedelta = BREATH

    async def run(self) -> None:
        """Tell what there is to tell, for ever."""
        with self.bell.listen() as heard:
            while True:
                heard.clear()
                try:
                    await self.tell_all()
                except Exception:
                    log.exception("herald.failed")
                await asyncio.sleep(self.breath.total_seconds())
                with suppress(TimeoutError):
                    async with asyncio.timeout(RECHECK.total_seconds()):
                        await heard.wait()

    async def tell_all(self) -> None:
        """Tell what is due now."""
        now = self.clock()
        due = await self.store.read(lambda store: store.due(now, AT_ONCE))
        await asyncio.gather(*(self._tell(one, now) for one in due))

    async def _tell(self, subscription: Subscription, now: datetime) -> None:
        run = await self.store.read(lambda store: store.run(subscription.execution))
        if run is None:
            return
        told, over = set(subscription.told), False
        for one in announcements(run, now, self.link(run.id)):
            if one.key not in told:
                try:
                    await self._deliver(subscription, one)
                except NotDelivered as error:
                    await self._put_off(subscription, frozenset(told), str(error), now)
                    return
                told.add(one.key)
            over = one.occasion is Occasion.ENDED
        if over or told != subscription.told:
            done = frozenset(told)
            await self.store.write(lambda store: store.told(subscription.id, done, over=over))

    async def _deliver(self, subscription: Subscription, one: Announcement) -> None:
        messenger = self.messengers.get(subscription.channel)
        if messenger is None:
            raise NotDelivered(reason=f"the platform is not set up for {subscription.channel}")
        await messenger.deliver(subscription.address, one)
        log.info("run.announced", run=one.execution, key=one.key, channel=subscription.channel)

    async def _put_off(
        self, subscription: Subscription, told: frozenset[str], reason: str, now: datetime
    ) -> None:
        tries = subscription.tries + 1
        pause = next_pause(tries)
        again = None if pause is None else now + pause
        log.warning(
            "run.not-announced", run=subscription.execution, reason=reason, next_try=str(again)
        )
        await self.store.write(
            lambda store: store.failed(subscription.id, told, tries, again, reason)
        )
