"""What other processes on the same PostgreSQL say: LISTEN and NOTIFY.

A notice carries no news, only that there may be some, and can be lost with the connection: whoever
hears notices also looks by themselves now and then.

Source: PostgreSQL, LISTEN; psycopg 3, asynchronous notifications.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog
from sqlalchemy import Connection, make_url, text

log = structlog.get_logger(__name__)

PAUSE = 2.0
"""Seconds before a broken connection is made anew."""


def give_notice(connection: Connection, channel: str, payload: str = "") -> None:
    """Tell the other processes when this transaction is durable; nothing to do on SQLite."""
    if connection.dialect.name == "postgresql":
        say = text("SELECT pg_notify(:channel, :payload)")
        connection.execute(say, {"channel": channel, "payload": payload})


async def hear_notices(
    url: str, heard: Mapping[str, Callable[[str], None]], missed: Callable[[], None]
) -> None:
    """Call `heard[channel](payload)` for every notice, for ever.

    Args:
        url: of the database, as SQLAlchemy writes it.
        heard: channels, each a plain name, and who is told.
        missed: called whenever notices may have been missed.
    """
    import psycopg  # noqa: PLC0415 - its 9 MB are not for those on SQLite

    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            await _hear(address, heard, missed)
        except (psycopg.Error, OSError) as error:
            log.warning("notices.broken", reason=" ".join(str(error).split()))
        await asyncio.sleep(PAUSE)


async def _hear(
    address: str, heard: Mapping[str, Callable[[str], None]], missed: Callable[[], None]
) -> None:
    import psycopg  # noqa: PLC0415 - see above

    connection = await psycopg.AsyncConnection.connect(
        address, autocommit=True, connect_timeout=10, keepalives_idle=5, keepalives_interval=2
    )
    try:
        for channel in heard:
            await connection.execute(f"LISTEN {channel}".encode("ascii"))
        missed()
        async for notice in connection.notifies():
            heard[notice.channel](notice.payload)
    finally:
        with suppress(psycopg.Error):
            await connection.close()
