"""Wakes whoever waits in this process, so that nobody has to ask the database again and again.

A bell carries no news, only that there may be some: who hears it looks. What must not be lost is
in the database before the bell is rung.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tarry.platform.kernel.model import ExecutionId, StepRunId

MOST_NAMED = 1_000
"""Whoever does not listen for so long that more executions have rung hears that any may have."""


class Heard(asyncio.Event):
    """Set when there may be news."""

    def __init__(self) -> None:
        super().__init__()
        self._named: set[ExecutionId] = set()
        self._any = False

    def note(self, execution: ExecutionId | None) -> None:
        """Be told that there may be news of an execution; `None`: of any."""
        if execution is None or len(self._named) >= MOST_NAMED:
            self._any = True
        else:
            self._named.add(execution)
        self.set()

    def take(self) -> tuple[frozenset[ExecutionId], bool]:
        """Give which executions there may be news of, and whether of any; and listen anew."""
        taken = frozenset(self._named), self._any
        self.clear()
        return taken

    def clear(self) -> None:
        """Listen anew."""
        super().clear()
        self._named.clear()
        self._any = False


class Bell:
    """Connects the doors with the manager, and the manager with those who watch."""

    def __init__(self) -> None:
        self._manager: Callable[[], None] | None = None
        self._look: Callable[[StepRunId], None] | None = None
        self._listeners: dict[Heard, ExecutionId | None] = {}
        self._readers: set[Heard] = set()

    @property
    def readers(self) -> int:
        """How many people follow events just now."""
        return len(self._readers)

    def attach(self, wake: Callable[[], None], look: Callable[[StepRunId], None]) -> None:
        """Let the manager of this process hear us."""
        self._manager, self._look = wake, look

    def detach(self) -> None:
        """Forget the manager of this process: it leads no more."""
        self._manager = self._look = None

    def ring_manager(self) -> None:
        """Say that there is a letter in the inbox."""
        if self._manager is not None:
            self._manager()

    def look_now(self, step: StepRunId) -> bool:
        """Ask for a step run to be looked at; `False` if there is no manager in this process."""
        if self._look is None:
            return False
        self._look(step)
        return True

    def ring(self, execution: ExecutionId) -> None:
        """Say that something changed in an execution: its journal, or a page."""
        for listener, wanted in self._listeners.items():
            if wanted is None or wanted == execution:
                listener.note(execution)

    def ring_all(self) -> None:
        """Say that anything may have changed."""
        self.ring_manager()
        for listener in self._listeners:
            listener.note(None)

    @contextmanager
    def listen(
        self, execution: ExecutionId | None = None, *, reader: bool = False
    ) -> Iterator[Heard]:
        """Hear of changes in one execution, or in all; clear the event before looking.

        Args:
            execution: which one; `None`: all.
            reader: somebody outside follows them; they are counted.
        """
        heard = Heard()
        self._listeners[heard] = execution
        if reader:
            self._readers.add(heard)
        try:
            yield heard
        finally:
            del self._listeners[heard]
            self._readers.discard(heard)
