"""How often a log-in may be tried."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_NAMES = 10_000


@dataclass
class Attempts:
    """Counts log-ins per user name that have not succeeded, those still being checked included.

    Lives in memory: a restart forgets it, which costs an attacker more than it gives. Names that
    nobody has are counted as well, so that nothing can be learnt; the oldest are forgotten.
    """

    most: int = 10
    window: timedelta = timedelta(minutes=5)
    _tried: OrderedDict[str, list[datetime]] = field(default_factory=OrderedDict, repr=False)

    @property
    def names(self) -> int:
        """How many names are remembered; never more than `MOST_NAMES`."""
        return len(self._tried)

    def wait(self, name: str, now: datetime) -> timedelta | None:
        """Tell how long the next attempt has to wait, or `None` if it may be made."""
        recent = [at for at in self._tried.get(name, ()) if now - at < self.window]
        return recent[-self.most] + self.window - now if len(recent) >= self.most else None

    def begin(self, name: str, now: datetime) -> None:
        """Count an attempt before it is checked, so that many at once gain nothing."""
        recent = [at for at in self._tried.pop(name, ()) if now - at < self.window]
        self._tried[name] = [*recent, now]
        if len(self._tried) > MOST_NAMES:
            self._tried.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the failures of a user who has logged in."""
        self._tried.pop(name, None)
