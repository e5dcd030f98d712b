"""A manager in a process of its own, to be killed; its services live in files and outlive it.

python -m tests.fakes.manager_process DATABASE_URL FOLDER [NAME]

With a name it is one of several on a PostgreSQL; if a file `death` says so, whichever leads dies at
a write of its journal.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.fakes.crashes import KillingTransactions
from tests.fakes.executions import FakePermits

from tarry.app.leading import Leading, Led
from tarry.contract.kinds import Kind
from tarry.contract.status import Completed, Page
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.api.worker import Manager
from tarry.platform.executions.interfaces import CallFailed, JournalStore
from tarry.platform.executions.model.calls import Answer, StepCall, Trouble
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.executions.operations import Bell
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.adapters.leadership import hold_leadership, win_leadership
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import execution_of

LASTS = 0.3
PATIENCE = Patience(doubt=timedelta(seconds=0.2))


class FileServices:
    """Programs that are files: begun when they are made, over a while later."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def start(self, call: StepCall) -> Answer:
        """Note the call; begin the program, but for `at_most_once` never a second one."""
        self._note("calls", call)
        if call.terms.name == "Broken" or self._stumbles(call):
            raise CallFailed(Trouble.FAULT, "no luck")
        await asyncio.sleep(0.002)  # on its way: a kill here leaves a call that never arrived
        program = self._folder / call.step
        try:
            program.touch(exist_ok=False)
        except FileExistsError:
            if not call.terms.at_most_once:
                self._note("doubled", call)
        else:
            self._note("begun", call)
        await asyncio.sleep(0.002)  # on its way back: a kill here leaves an answer that is lost
        if call.terms.kind is Kind.SYNCHRONOUS:
            return Answer(status=Completed(), outputs=self._outputs(call))
        return Answer(status=Page(b"0%"), outputs={"result": "UNSET"})

    async def poll(self, call: StepCall, page_tag: str) -> Answer:
        """Tell how a program is doing."""
        program = self._folder / call.step
        if not program.exists():
            raise CallFailed(Trouble.FAULT, "it knows no such run")
        part = (time.time() - program.stat().st_mtime) / LASTS
        if part >= 1:
            return Answer(status=Completed(), outputs=self._outputs(call))
        return Answer(status=Page(f"{part:.0%}".encode()), outputs={"result": "UNSET"})

    async def look(self, call: StepCall) -> Answer:
        """Have nothing to look after."""
        return await self.start(call)

    async def last_page(self, call: StepCall) -> StatusPage | None:
        """Show the end."""
        return StatusPage(content=b"100%", tag="end")

    async def abort(self, call: StepCall, limit: timedelta) -> bool | None:
        """Have no such thing."""
        return None

    def _stumbles(self, call: StepCall) -> bool:
        """Tell whether this is the first call of a service that faults at first, in its run."""
        if call.terms.name != "Flaky":
            return False
        try:
            (self._folder / f"stumbled-{execution_of(call.step)}").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _outputs(self, call: StepCall) -> dict[str, str]:
        return {"result": f"({call.inputs.get('given', '')})"}

    def _note(self, file: str, call: StepCall) -> None:
        handle = os.open(self._folder / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{call.step}\n".encode())
        os.close(handle)


async def main(url: str, folder: Path, name: str) -> None:
    """Work until killed; with others on the same PostgreSQL, whenever we lead."""

    def make(journal: Transactions[JournalStore]) -> Manager:
        return Manager(
            journal,
            FileServices(folder),
            FakePermits(),
            bell,
            patience=PATIENCE,
            recheck=timedelta(seconds=0.05),
        )

    @asynccontextmanager
    async def lead() -> AsyncIterator[Led]:
        database = await win_leadership(url, look_every=timedelta(seconds=0.1))
        (folder / f"leads-{name}").touch()
        try:
            journal = SqlTransactions(database, SqlJournal)
            yield Led(
                KillingTransactions(journal, folder / "death"), partial(hold_leadership, database)
            )
        finally:
            (folder / f"leads-{name}").unlink()
            await asyncio.to_thread(database.close)

    bell = Bell()
    (folder / f"ready{name}").touch()
    if name:
        await Leading(lead, make, bell).run()
    else:
        await make(SqlTransactions(Database(url), SqlJournal)).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), "".join(sys.argv[3:])))
