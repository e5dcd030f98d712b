"""Where the verbs work: what they need of the world, and the runs that they know."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import structlog

from tarry.jobs.interfaces import Executor
from tarry.service.errors import RunEnded
from tarry.service.interfaces import (
    Authentication,
    Boxes,
    Clock,
    FillPage,
    Function,
    FunctionName,
    Manager,
    Push,
    Render,
    Room,
    Runs,
    SinceBoot,
    Storage,
    Watch,
    Watcher,
)
from tarry.service.model.page import place_words
from tarry.service.model.program import Operation, ProgramFile
from tarry.service.model.run import (
    NEXT,
    NO_QUEUE,
    Intent,
    Outcome,
    OwnerKey,
    Request,
    Rings,
    RunName,
    RunState,
    Secrets,
)
from tarry.service.operations.turns import Turns
from tarry.soap.schema import Lasting

log = structlog.get_logger(__name__)

_MOST_FINISHED = 2_000


@dataclass(frozen=True, slots=True)
class ShownPage:
    """The newest page of a run, ready to be sent.

    Attributes:
        answer: all outputs of a status call that shows it.
        unchanged: those of a call by somebody who shows it already.
        shown_at: when it was made.
        percent: the progress that it shows, 0 to 100.
    """

    tag: str
    answer: Lasting
    unchanged: Lasting
    shown_at: datetime
    note: str
    state: RunState
    percent: float | None = None


@dataclass(kw_only=True, eq=False)
class Run:
    """A run as this process knows it. All that must last stands on disk.

    Attributes:
        begun: set when its program was started, or never will be.
        over: set when its outcome is known and on disk.
        aborting: set when somebody asked to end it.
        note: what holds it up, for the page.
        rung_for: what its files were when the manager was last told.
        number: the lower, the sooner it was asked for.
        owner: in whose queue it waits.
        trouble: what was last found wrong with the author's page.
        place: in the queue, the first being 1; `None` if it does not wait there.
        passed: the limit that it has passed.
    """

    name: RunName
    folder: Path
    program: ProgramFile
    operation: Operation
    request: Request
    watch: Watch
    intent: Intent | None = None
    secrets: Secrets = field(default_factory=Secrets, repr=False)
    state: RunState = RunState.PREPARING
    outcome: Outcome | None = None
    note: str = ""
    trouble: str = ""
    page: ShownPage | None = field(default=None, repr=False)
    final_answer: Lasting | None = field(default=None, repr=False)
    rung_for: tuple[object, ...] | None = None
    number: int = 0
    owner: OwnerKey = NO_QUEUE
    place: int | None = None
    passed: RunEnded | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    aborting: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def line(self) -> tuple[str, str]:
        """Names the queue in which it waits."""
        return (self.program.name, self.operation.name)

    @property
    def shown_note(self) -> str:
        """What holds it up, with its place in the queue."""
        return self.note if self.place is None else place_words(self.place)

    def become(self, state: RunState) -> None:
        """Go on to a state; a run that a restart took up may be further than it knew."""
        if state is not self.state and NEXT[self.state]:
            log.info("run.became", run=self.name, state=state.value)
            self.state = state


@dataclass(kw_only=True, eq=False)
class Workshop:
    """What the verbs need. One for each serving process.

    Attributes:
        boot: names the time since the machine was started.
        python: what stands for `{python}`.
        pause: waits; tests inject their own.
        tells_folder: whether start answers name the folder of the run.
        room: the disk that the runs lie on.
        boxes: keeps programs in boxes.
        bound: the runs whose programs go on and have limits.
        last_number: of the run that was asked for last.
        kept_rings: the order of the owners in the queues, as it stands on disk.
        manager: to whom applications report their outputs.
        functions: operations that run in this process.
    """

    runs: Runs
    executor: Executor
    authentication: Authentication
    storage: Storage | None
    push: Push
    watcher: Watcher
    render: Render
    fill_page: FillPage
    room: Room
    boxes: Boxes
    clock: Clock
    since_boot: SinceBoot
    boot: str
    python: str
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    tells_folder: bool = False
    turns: Turns = field(default_factory=Turns)
    bound: dict[RunName, Run] = field(default_factory=dict)
    last_number: int = 0
    kept_rings: Rings = field(default_factory=dict)
    manager: Manager | None = None
    functions: Mapping[FunctionName, Function] = field(default_factory=dict)
    going: dict[RunName, Run] = field(default_factory=dict)
    finished: OrderedDict[RunName, Run] = field(default_factory=OrderedDict)
    digests: dict[int, str] = field(default_factory=dict)
    _locks: WeakValueDictionary[RunName, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def lock(self, name: RunName) -> asyncio.Lock:
        """Give the lock of an id: calls with the same id go one after the other."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock

    def next_number(self) -> int:
        """Number a run that is asked for now."""
        self.last_number += 1
        return self.last_number

    def keep_rings(self) -> None:
        """Let the order of the owners in the queues outlast this process."""
        rings = self.turns.rings()
        if rings == self.kept_rings:
            return
        try:
            self.runs.keep_rings(rings)
        except OSError as error:  # a full disk; only who comes first after a restart is at stake
            log.warning("queue.order_not_kept", reason=str(error))
        else:
            self.kept_rings = rings

    def known(self, name: RunName) -> Run | None:
        """Give a run that this process has in memory."""
        run = self.going.get(name)
        if run is None and (run := self.finished.get(name)) is not None:
            self.finished.move_to_end(name)
        return run

    def keep(self, run: Run) -> None:
        """Keep a run in memory: for as long as it goes on, or as long as there is room."""
        if run.outcome is None:
            self.going[run.name] = run
            return
        self.going.pop(run.name, None)
        self.finished[run.name] = run
        while len(self.finished) > _MOST_FINISHED:
            self.finished.popitem(last=False)

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Let work go on beside the calls; it ends with the process."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End what goes on beside the calls. Programs go on."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def digest_of(self, program: ProgramFile) -> str:
        """Give the digest under which a program file is kept, and see to it that it is."""
        digest = self.digests.get(id(program))
        if digest is None:
            digest = self.digests[id(program)] = self.runs.keep_program(program)
        return digest
