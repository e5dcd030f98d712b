"""Writes the journal, in groups: what happens while one commit is under way shares the next.

Nobody waits for the scribe but the commands: each is carried out after the commit that holds its
records, and in the order of the journal. The executions in memory run ahead of the journal by what
has not been committed; should the process end there, nobody has acted on it.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from tarry.platform.executions.api.persistence import persist
from tarry.platform.executions.errors import JournalBroken
from tarry.platform.executions.interfaces import Batch, JournalStore, Shown
from tarry.platform.executions.model.commands import Command
from tarry.platform.executions.model.decide import Decision
from tarry.platform.executions.model.execution import Execution
from tarry.platform.executions.model.records import Deciding, Intended, TakenOver
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import ExecutionId, StepRunId

PAGES_WAIT = 0.2
"""Seconds that a page may wait for a commit that it can share; nothing hangs on it."""

CarryOut = Callable[[ExecutionId, Iterable[Command]], None]


@dataclass(slots=True)
class _Entry:
    batch: Batch = field(default_factory=Batch)
    commands: list[tuple[ExecutionId, tuple[Command, ...]]] = field(default_factory=list)


class Scribe:
    """Collects what is to be written, and commits it."""

    def __init__(
        self,
        journal: Transactions[JournalStore],
        carry_out: CarryOut,
        written: Callable[[Batch], None],
    ) -> None:
        self._journal = journal
        self._carry_out = carry_out
        self._written = written
        self._open = _Entry()
        self._due = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def note(self, before: Execution, decision: Decision, letter: int = 0) -> None:
        """Write a decision, and carry out its commands afterwards."""
        batch = self._open.batch
        after = decision.execution
        for seq, record in enumerate(decision.records, before.written + 1):
            batch.records.append((after.id, seq, record))
            step: StepRunId | None = getattr(record, "step", None)
            if step is not None:
                batch.steps[step] = after.steps[step]
                if step in batch.shown and after.steps[step].over:  # its last word is newer
                    batch.shown[step] = replace(batch.shown[step], note=None)
            if isinstance(record, Intended | TakenOver):
                batch.begun.add(record.step)
            if isinstance(record, Deciding):
                batch.facts[after.id, record.place] = after.facts[record.place]
        if after.state is not before.state:
            batch.executions[after.id] = after
        if letter:
            batch.letters.add(letter)
        if decision.commands:
            self._open.commands.append((after.id, decision.commands))
        if decision.records or letter:
            self._hurry()

    def drop_letter(self, letter: int) -> None:
        """Take a letter out of the inbox that changes nothing."""
        self._open.batch.letters.add(letter)
        self._hurry()

    def show(self, step: StepRunId, shown: Shown) -> None:
        """Overwrite what is shown of a step run, soon."""
        batch = self._open.batch
        before = batch.shown.get(step)
        if before is not None:
            shown = Shown(
                page=shown.page or before.page,
                progress=shown.progress if shown.page else before.progress,
                note=before.note if shown.note is None else shown.note,
            )
        batch.shown[step] = shown
        self._idle.clear()
        if self._later is None and not self._due.is_set():
            self._later = asyncio.get_running_loop().call_later(PAGES_WAIT, self._hurry)

    def settle(self, execution: ExecutionId) -> None:
        """Mark an execution as one that the manager has nothing more to do with."""
        self._open.batch.settled.add(execution)
        self._hurry()

    async def flush(self) -> None:
        """Wait until everything noted so far is durable."""
        self._hurry()
        await self._idle.wait()

    async def run(self) -> None:
        """Commit whatever comes, for ever."""
        while True:
            await self._due.wait()
            self._due.clear()
            if self._later is not None:
                self._later.cancel()
                self._later = None
            entry, self._open = self._open, _Entry()
            if entry.batch:
                await self._commit(entry.batch)
                self._written(entry.batch)
            for execution, commands in entry.commands:
                self._carry_out(execution, commands)
            if not self._due.is_set() and not self._open.batch:
                self._idle.set()

    async def _commit(self, batch: Batch) -> None:
        """Commit a batch, however long it takes: nothing can go on without it."""
        try:
            write = partial(self._journal.write, lambda store: store.save(batch))
            await persist("write the journal", write)
        except JournalBroken:
            if not await persist("read the journal", partial(self._is_written, batch)):
                raise

    async def _is_written(self, batch: Batch) -> bool:
        """Tell whether a commit whose answer was lost has arrived after all."""
        last = {execution: seq for execution, seq, _ in batch.records}
        found = await self._journal.read(
            lambda store: {execution: store.written(execution) for execution in last}
        )
        return found == last

    def _hurry(self) -> None:
        self._idle.clear()
        self._due.set()
