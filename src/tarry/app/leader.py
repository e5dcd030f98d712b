"""What only one process of a platform may do: managing runs, and the work beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from tarry.app.bindings import remove_files
from tarry.app.leading import Lead, Leading, Led, Worker
from tarry.app.metrics import CountedServices, TimedTransactions
from tarry.app.settings import Role, Settings
from tarry.platform.accounts.api.sweeping import Sweeping
from tarry.platform.catalogue.api.health_watch import HealthWatch
from tarry.platform.executions.adapters.mail import Mail, MailServer
from tarry.platform.executions.adapters.sql_announcing import SqlAnnouncements
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.adapters.sql_retention import SqlRetention
from tarry.platform.executions.adapters.webhooks import Webhooks
from tarry.platform.executions.api.herald import Herald
from tarry.platform.executions.api.retention import Retention
from tarry.platform.executions.api.worker import Manager
from tarry.platform.executions.interfaces import JournalStore, Messenger, Services
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.model.terms import Patience
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.adapters.leadership import hold_leadership, win_leadership
from tarry.platform.kernel.interfaces import Transactions
from tarry.soap.transport import Transport

if TYPE_CHECKING:
    from tarry.app.platform import Platform

JournalAround = Callable[[Transactions[JournalStore]], Transactions[JournalStore]]
"""Puts something around the manager's journal: tests let the process die between two writes."""


def leading(
    platform: "Platform",
    services: Services,
    *,
    around_journal: JournalAround | None,
    patience: Patience | None,
) -> Leading | None:
    """Wire the manager of a process, unless it never leads."""
    if platform.settings.role is Role.DOORS:
        return None
    room, tally = platform.room, platform.tally
    counted = CountedServices(services, tally)

    def make(journal: Transactions[JournalStore]) -> Manager:
        return Manager(journal, counted, room.permits, room.bell, patience=patience)

    around = around_journal or _as_it_is

    def timed(journal: Transactions[JournalStore]) -> Transactions[JournalStore]:
        return TimedTransactions(around(journal), tally)

    lead = _how_to_lead(platform.settings, platform.database, timed)
    return Leading(lead, make, room.bell, beside=_beside(platform))


def _how_to_lead(settings: Settings, database: Database, around: JournalAround) -> Lead:
    """Decide how leadership is won: on SQLite the locked data folder is it."""

    @asynccontextmanager
    async def alone() -> AsyncIterator[Led]:
        yield Led(around(SqlTransactions(database, SqlJournal)), asyncio.Event().wait)

    @asynccontextmanager
    async def among_others() -> AsyncIterator[Led]:
        won = await win_leadership(settings.database)
        try:
            yield Led(around(SqlTransactions(won, SqlJournal)), partial(hold_leadership, won))
        finally:
            await asyncio.to_thread(won.close)

    return among_others if settings.database else alone


def _as_it_is(journal: Transactions[JournalStore]) -> Transactions[JournalStore]:
    return journal


def _beside(platform: "Platform") -> list[Worker]:
    """Wire what else only one process of a platform may do."""
    settings, database = platform.settings, platform.database
    herald = Herald(
        store=SqlTransactions(database, SqlAnnouncements),
        messengers=_messengers(settings, platform.webhooks),
        bell=platform.room.bell,
        link=lambda run: f"{settings.url}/runs/{run}",
    )
    retention = Retention(
        store=SqlTransactions(database, SqlRetention),
        remove_files=partial(remove_files, platform.accounts, platform.files),
        keep_runs=_days(settings.keep_runs),
        keep_pages=_days(settings.keep_pages),
    )
    sweeping = Sweeping(accounts=platform.accounts, keep_trail=_days(settings.keep_trail))
    return [herald.run, retention.run, sweeping.run, HealthWatch(platform.shelf).run]


def _days(number: int) -> timedelta | None:
    return timedelta(days=number) if number else None


def _messengers(settings: Settings, webhooks: Transport) -> Mapping[Channel, Messenger]:
    found: dict[Channel, Messenger] = {Channel.WEBHOOK: Webhooks(webhooks)}
    if settings.mail_server:
        server = MailServer.parse(settings.mail_server)
        found[Channel.MAIL] = Mail(server, sender=settings.mail_from)
    return found
