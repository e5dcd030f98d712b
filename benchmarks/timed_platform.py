"""A platform that also tells how long each commit of its journal took.

python -m benchmarks.timed_platform FILE: settings come from the environment, one line a commit goes
to the file. Everything else is as `tarry up` wires it.
"""

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import uvloop

from benchmarks.own_platform import READY, USER, settings_from_environment
from tarry.app import running
from tarry.app.first_user import ensure_first_user
from tarry.app.platform import Platform, build
from tarry.app.services import ServiceProcess
from tarry.platform.executions.interfaces import JournalStore
from tarry.platform.kernel.interfaces import Transactions

Result = TypeVar("Result")


class TimedJournal:
    """The journal, with a line in a file for each write: seconds from asking to durable."""

    def __init__(self, journal: Transactions[JournalStore], file: Path) -> None:
        self._journal = journal
        self._lines = file.open("a", buffering=1)

    async def read(self, work: Callable[[JournalStore], Result]) -> Result:
        """Read."""
        return await self._journal.read(work)

    async def write(self, work: Callable[[JournalStore], Result]) -> Result:
        """Write, and note how long it took."""
        began = perf_counter()
        result = await self._journal.write(work)
        self._lines.write(f"{perf_counter() - began:.6f}\n")
        return result


async def _ready(platform: Platform, _services: ServiceProcess | None) -> None:
    await ensure_first_user(
        platform.accounts, platform.passwords, platform.folder, user=USER, project="mine"
    )
    print(READY, flush=True)


def main() -> None:
    """Run until a signal comes."""
    timed = partial(TimedJournal, file=Path(sys.argv[1]))
    going = running.run(
        settings_from_environment(),
        ready=_ready,
        log_to_files=True,
        wire=partial(build, around_journal=timed),
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(going)


if __name__ == "__main__":
    main()
