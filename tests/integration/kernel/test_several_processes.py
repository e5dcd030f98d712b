"""A SQLite database that several processes use: none of them loses what another has written."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from tarry.platform.kernel.adapters.database import Database, sqlite_url

_VISIT = """
import asyncio, sys
from sqlalchemy import text
from tarry.platform.kernel.adapters.database import Database

async def visit():
    database = Database(sys.argv[1])
    if sys.argv[2] == "read":
        query = text("SELECT n FROM numbers ORDER BY n")
        found = await database.read(lambda connection: connection.execute(query).scalars().all())
        print(*found)
    else:
        word = text("INSERT INTO numbers VALUES (:n)")
        await database.write(lambda connection: connection.execute(word, {"n": sys.argv[2]}))
    database.close()

asyncio.run(visit())
"""


def visit(url: str, what: str) -> list[int]:
    """Let another process come, read or write a number, and go."""
    command = [sys.executable, "-c", _VISIT, url, what]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [int(word) for word in done.stdout.split()]


async def test_who_comes_and_goes_does_not_take_the_log_away(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "test.db")
    with closing(Database(url)) as earlier:
        await earlier.write(
            lambda connection: connection.execute(text("CREATE TABLE numbers (n INTEGER)"))
        )
    database = Database(url)

    async def numbers() -> list[int]:
        query = text("SELECT n FROM numbers ORDER BY n")
        return list(
            await database.read(lambda connection: connection.execute(query).scalars().all())
        )

    async def add(number: int) -> None:
        word = text("INSERT INTO numbers VALUES (:n)")
        await database.write(lambda connection: connection.execute(word, {"n": number}))

    try:
        await add(1)
        assert await numbers() == [1]
        assert visit(url, "read") == [1]
        visit(url, "2")
        assert await numbers() == [1, 2]
        await add(3)
        assert visit(url, "read") == [1, 2, 3]
        visit(url, "4")
        assert await numbers() == [1, 2, 3, 4]
    finally:
        database.close()
