"""How often a log-in may be tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A log-in that has not succeeded, or is still being checked.

    Attributes:
        name: the user's, also one that nobody has, so that nothing can be learnt.
        address: where it came from; empty if nobody knows.
    """

    name: str
    address: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """How many are let through.

    The store counts them, so a restart forgets none, and several web processes count together.

    Attributes:
        most: so many per user name within the window.
        most_from: so many from one address; many people may stand behind one.
    """

    most: int = 10
    most_from: int = 100
    window: timedelta = timedelta(minutes=5)

    def wait(
        self, of_name: Sequence[datetime], of_address: Sequence[datetime], now: datetime
    ) -> timedelta | None:
        """Tell how long the next attempt has to wait, or `None` if it may be made.

        Args:
            of_name: when the attempts with this name were made, oldest first.
            of_address: when those from this address were made, oldest first.
            now: the instant.
        """
        waits = (
            self._wait(of_name, self.most, now),
            self._wait(of_address, self.most_from, now),
        )
        return max((wait for wait in waits if wait is not None), default=None)

    def _wait(self, made: Sequence[datetime], most: int, now: datetime) -> timedelta | None:
        # What a clock that was set back left far ahead must not lock anybody out for ever.
        window = self.window
        recent = [min(at, now) for at in made if now - window < at < now + window]
        return recent[-most] + self.window - now if len(recent) >= most else None
