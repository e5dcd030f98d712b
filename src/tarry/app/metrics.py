"""Numbers on the platform, in the text format of Prometheus: what to watch or be woken by.

What all processes share is read from the database; what only this one knows is counted here.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

from sqlalchemy import Connection, func, select

from tarry.contract.errors import TarryError
from tarry.platform.executions.adapters.tables import executions, inbox, step_runs, subscriptions
from tarry.platform.executions.interfaces import CallFailed, Services
from tarry.platform.executions.model.calls import Answer, StepCall
from tarry.platform.executions.model.states import STEP_OVER, ExecutionState, StepState
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.kernel.adapters.database import Database
from tarry.platform.kernel.interfaces import Transactions
from tarry.service.api.metrics import gauge, head, sample

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Seconds; a commit takes about 0.3 ms on a quiet disk."""
FRESH = timedelta(seconds=5)
"""The database is not asked again for so long, however often somebody looks."""

Store = TypeVar("Store")
Result = TypeVar("Result")


@dataclass
class Tally:
    """Counts since the process was started."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    commits: Counter[float] = field(default_factory=Counter)
    commit_seconds: float = 0.0
    clock: Callable[[], float] = time.monotonic

    def committed(self, seconds: float) -> None:
        """Count a commit of the journal."""
        self.commit_seconds += seconds
        self.commits[next((most for most in BUCKETS if seconds <= most), float("inf"))] += 1

    def lines(self) -> Iterator[str]:
        """Give the lines on what was counted."""
        name = "tarry_service_calls_total"
        yield from head(name, "counter", "Calls to services by kind (poll …) and outcome.")
        for (kind, outcome), number in sorted(self.calls.items()):
            yield sample(name, {"call": kind, "outcome": outcome}, number)
        name = "tarry_journal_commit_seconds"
        yield from head(name, "histogram", "Seconds until a write to the journal is durable.")
        reached = 0
        for most in BUCKETS:
            reached += self.commits[most]
            yield sample(f"{name}_bucket", {"le": f"{most:g}"}, reached)
        yield sample(f"{name}_bucket", {"le": "+Inf"}, self.commits.total())
        yield sample(f"{name}_sum", {}, round(self.commit_seconds, 6))
        yield sample(f"{name}_count", {}, self.commits.total())


class CountedServices:
    """Services, and how often each kind of call was made and failed."""

    def __init__(self, services: Services, tally: Tally) -> None:
        self._services = services
        self._tally = tally

    async def start(self, call: StepCall) -> Answer:
        """Make the start call; of a synchronous service, the call."""
        with self._counted("start"):
            return await self._services.start(call)

    async def poll(self, call: StepCall, page_tag: str) -> Answer:
        """Ask for the status; `page_tag` names the page that we have."""
        with self._counted("poll"):
            return await self._services.poll(call, page_tag)

    async def look(self, call: StepCall) -> Answer:
        """Look after an application made with Tarry."""
        with self._counted("look"):
            return await self._services.look(call)

    async def last_page(self, call: StepCall) -> StatusPage | None:
        """Get the page that a Tarry service shows for a step that is over."""
        with self._counted("last-page"):
            return await self._services.last_page(call)

    async def abort(self, call: StepCall, limit: timedelta) -> bool | None:
        """Ask to stop a step."""
        with self._counted("abort"):
            return await self._services.abort(call, limit)

    def _counted(self, kind: str) -> "_Counted":
        return _Counted(self._tally, kind)


class _Counted:
    def __init__(self, tally: Tally, kind: str) -> None:
        self._tally = tally
        self._kind = kind

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None:
            outcome = "answered"
        elif isinstance(error, CallFailed):
            outcome = error.trouble.value
        else:
            outcome = "broken" if isinstance(error, Exception) else "given-up"
        self._tally.calls[self._kind, outcome] += 1


class TimedTransactions(Generic[Store]):
    """Transactions, and how long it takes until what they write is durable."""

    def __init__(self, transactions: Transactions[Store], tally: Tally) -> None:
        self._transactions = transactions
        self._tally = tally

    async def read(self, work: Callable[[Store], Result]) -> Result:
        """Run work that only reads."""
        return await self._transactions.read(work)

    async def write(self, work: Callable[[Store], Result]) -> Result:
        """Run work that may write."""
        began = self._tally.clock()
        result = await self._transactions.write(work)
        self._tally.committed(self._tally.clock() - began)
        return result


@dataclass(frozen=True, slots=True)
class Counts:
    """What all processes of a platform share."""

    runs: Mapping[str, int]
    steps: Mapping[str, int]
    inbox: int
    untold: int


@dataclass
class Figures:
    """Gathers all numbers.

    Attributes:
        leads: whether the manager of this process is the one that works.
        readers: how many event streams this process feeds.
    """

    database: Database
    tally: Tally
    leads: Callable[[], bool]
    readers: Callable[[], int]
    _known: Counts | None = None
    _known_since: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def text(self) -> bytes:
        """Give the text; without the database there is what this process knows by itself."""
        lines = [
            *gauge("tarry_leads", "1 if this process manages the runs.", int(self.leads())),
            *gauge("tarry_readers", "Event streams that are open.", self.readers()),
            *self.tally.lines(),
        ]
        try:
            lines += shared(await self._counts())
        except TarryError:
            lines += gauge("tarry_database_up", "1 if the database answers.", 0)
        else:
            lines += gauge("tarry_database_up", "1 if the database answers.", 1)
        return ("\n".join(lines) + "\n").encode()

    async def _counts(self) -> Counts:
        async with self._asking:
            now = self.tally.clock()
            if self._known is None or now - self._known_since > FRESH.total_seconds():
                self._known = await self.database.read(count)
                self._known_since = now
            return self._known


def shared(counts: Counts) -> Iterator[str]:
    """Give the lines on what is in the database."""
    yield from head("tarry_runs", "gauge", "Runs by state.")
    for state in ExecutionState:
        yield sample("tarry_runs", {"state": state.value}, counts.runs.get(state.value, 0))
    yield from head("tarry_steps", "gauge", "Steps under way, by state.")
    for step in StepState:
        if step not in STEP_OVER:
            yield sample("tarry_steps", {"state": step.value}, counts.steps.get(step.value, 0))
    yield from gauge("tarry_inbox", "Letters that wait for the manager.", counts.inbox)
    yield from gauge(
        "tarry_untold", "People who could not be told of a run, so far or at all.", counts.untold
    )


def count(connection: Connection) -> Counts:
    """Count what is in the database: along indexes, never through pages."""
    by_state = select(executions.c.state, func.count()).group_by(executions.c.state)
    under_way = (
        select(step_runs.c.state, func.count())
        .join(executions, executions.c.id == step_runs.c.execution)
        .where(~executions.c.settled)
        .group_by(step_runs.c.state)
    )
    untold = select(func.count()).where(subscriptions.c.last_failure != "")
    return Counts(
        runs={row[0]: row[1] for row in connection.execute(by_state)},
        steps={row[0]: row[1] for row in connection.execute(under_way)},
        inbox=connection.scalar(select(func.count()).select_from(inbox)) or 0,
        untold=connection.scalar(untold) or 0,
    )
