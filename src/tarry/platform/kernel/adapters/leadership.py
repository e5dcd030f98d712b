"""Leadership: which of several processes on one PostgreSQL writes the journal.

PostgreSQL itself holds it, as an advisory lock on the very connection that writes. A process that
lost the connection can write nothing with it any more, whatever it still believes; and the lock is
free for the next one at the same moment. A leader that is stopped without being ended (its machine
sleeps, a debugger holds it) is cut off by the server after a while, so it must give signs of life.

Source: PostgreSQL, Explicit Locking (advisory locks), and `idle_session_timeout`.
"""

import asyncio
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Connection, text

from tarry.contract.errors import TarryError
from tarry.platform.kernel.adapters.database import Database
from tarry.platform.kernel.errors import DatabaseFailed, WriterLost

log = structlog.get_logger(__name__)

LOCK = 8_278_792
"""Names the advisory lock; any number that nobody else uses in this database."""
LOOK_EVERY = timedelta(seconds=1)
"""How often a standby tries to lead."""
LIFE_SIGN_EVERY = timedelta(seconds=2)
SILENT_AT_MOST = timedelta(seconds=8)
"""A leader that is silent for longer is cut off by the server."""
ANSWER_WITHIN = timedelta(seconds=15)
"""A leader whose sign of life is not answered for so long gives up: it is cut off from the server,
maybe without having been told."""


async def win_leadership(
    url: str, *, look_every: timedelta = LOOK_EVERY, silent_at_most: timedelta = SILENT_AT_MOST
) -> Database:
    """Wait until nobody else leads; gives a database whose writing connection leads.

    Whoever gets it has to keep it alive with `hold_leadership`, and to close it.

    Args:
        url: of the database.
        look_every: how often to try.
        silent_at_most: after so long without a sign of life the server ends our leadership.
    """
    waits = False
    database: Database | None = None
    try:
        while True:
            try:
                if database is None or database.is_lost:
                    await _close(database)
                    database = await asyncio.to_thread(Database, url)
                if await database.write(partial(_try_to_lead, silent_at_most)):
                    won, database = database, None
                    log.info("leadership.won")
                    return won
                if not waits:
                    log.info("leadership.held-by-another")
                    waits = True
            except TarryError as error:
                log.warning("leadership.unavailable", reason=str(error))
            await asyncio.sleep(look_every.total_seconds())
    finally:
        await _close(database)


async def hold_leadership(database: Database, *, answer_within: timedelta = ANSWER_WITHIN) -> None:
    """Give signs of life for as long as the database's writing connection leads.

    Raises:
        WriterLost: it leads no more.
    """
    while True:
        try:
            async with asyncio.timeout(answer_within.total_seconds()):
                await database.write(_live)
        except TimeoutError:
            # The server has ended our leadership meanwhile, or will: it has not heard of us.
            database.sever()
            reason = f"the database has not answered for {answer_within.total_seconds():g} s"
            raise WriterLost(reason=reason) from None
        except DatabaseFailed as error:
            # Such as a full disk, or work that shared the commit: the connection still leads.
            log.warning("leadership.life-sign-failed", reason=str(error))
        if database.is_lost:
            raise WriterLost(reason="somebody else may lead")
        await asyncio.sleep(LIFE_SIGN_EVERY.total_seconds())


def _try_to_lead(silent_at_most: timedelta, connection: Connection) -> bool:
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        return False
    silent = f"{int(1000 * silent_at_most.total_seconds())}ms"
    for limit in ("idle_session_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET {limit} = '{silent}'"))
    return True


def _live(connection: Connection) -> None:
    connection.execute(text("SELECT 1"))


async def _close(database: Database | None) -> None:
    if database is not None:
        await asyncio.to_thread(database.close)
