"""File descriptors that threads and the event loop share without harm."""

import os
import threading
import weakref
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


class Descriptor:
    """An open file that is closed once, never while a thread uses it, and when it is forgotten.

    A caller who is cancelled cannot stop the thread that reads or writes for it. If the number were
    closed under that thread, it would soon name another file or socket, and the thread would go on
    with that one.
    """

    def __init__(self, number: int, before_closing: Callable[[], None] | None = None) -> None:
        self._number = number
        self._lock = threading.Lock()
        self._finish = weakref.finalize(self, _finish, number, before_closing)

    def use(self, work: Callable[[int], Result]) -> Result:
        """Do something with the open file; may wait for another thread that does.

        Raises:
            ValueError: it is closed.
        """
        with self._lock:
            if not self._finish.alive:
                raise ValueError("the file is closed")
            return work(self._number)

    @property
    def is_open(self) -> bool:
        """Whether it can still be used."""
        return self._finish.alive

    def close(self) -> None:
        """Close the file, once nobody uses it."""
        with self._lock:
            self._finish()


class GrowingFile(Descriptor):
    """A new file that is removed when it is closed or forgotten, unless it was renamed before."""

    def __init__(self, path: Path) -> None:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        super().__init__(number, partial(path.unlink, missing_ok=True))
        self.path = path


def _finish(number: int, before_closing: Callable[[], None] | None) -> None:
    try:
        if before_closing is not None:
            before_closing()
    finally:
        os.close(number)
