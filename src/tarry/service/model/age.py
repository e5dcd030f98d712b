"""How old results are: counted in time that the service saw pass, not in what clocks say.

A clock may be years ahead for a minute, and must not have fresh results removed; it may be set
back, and must not have old ones kept for ever. While the machine is up, the time since its boot
counts, which nobody can set. Across a boot only the clock can tell, and is believed for a day at
most: a machine that was off for a month keeps results a little longer, which does no harm.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

MOST_ACROSS_BOOTS = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """The time that has passed, at a look.

    Attributes:
        boot: names the boot of the machine in which it was looked.
        since_boot: seconds.
        clock: what it said.
        total: seconds that have passed since the first look.
    """

    boot: str
    since_boot: float
    clock: datetime
    total: float = 0.0

    def at(self, *, boot: str, since_boot: float, clock: datetime) -> "Passed":
        """Look again."""
        if boot == self.boot:
            more = since_boot - self.since_boot
        else:
            more = min(clock - self.clock, MOST_ACROSS_BOOTS).total_seconds()
        total = self.total + max(more, 0.0)
        return Passed(boot=boot, since_boot=since_boot, clock=clock, total=total)


def write_passed(passed: Passed) -> str:
    """Give it as JSON."""
    return json.dumps({**asdict(passed), "clock": passed.clock.isoformat()}) + "\n"


def read_passed(text: str) -> Passed:
    """Read what `write_passed` gave."""
    data = json.loads(text)
    return Passed(**{**data, "clock": datetime.fromisoformat(data["clock"])})
