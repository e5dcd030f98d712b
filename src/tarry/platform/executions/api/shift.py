"""One stretch of the manager's work, from a recovery to its end: all that it has in memory."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar, assert_never
from weakref import WeakValueDictionary

import structlog

from tarry.contract.errors import TarryError
from tarry.platform.executions.api.alarms import Alarms
from tarry.platform.executions.api.closing import Closing
from tarry.platform.executions.api.lookout import Lookout
from tarry.platform.executions.api.persistence import persist
from tarry.platform.executions.api.scribe import Scribe
from tarry.platform.executions.errors import ImpossibleMove
from tarry.platform.executions.interfaces import Batch, JournalStore, Kept, Permits, Services
from tarry.platform.executions.model import commands
from tarry.platform.executions.model.calls import StepCall
from tarry.platform.executions.model.commands import Command
from tarry.platform.executions.model.decide import decide
from tarry.platform.executions.model.events import (
    Continued,
    Event,
    Happening,
    PlaceFree,
    Resumed,
    RetryDue,
)
from tarry.platform.executions.model.evolve import fold
from tarry.platform.executions.model.execution import Execution, Place, StepRun
from tarry.platform.executions.model.following import recover
from tarry.platform.executions.model.letters import Letter, Pushed
from tarry.platform.executions.model.plan import Plan
from tarry.platform.executions.model.resuming import finished_in
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations.bell import Bell
from tarry.platform.executions.operations.plans import plan_from
from tarry.platform.kernel.interfaces import Clock, Transactions
from tarry.platform.kernel.model import ExecutionId, StepRunId, execution_of

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
LETTERS_AT_ONCE = 500
_UNREADABLE = (TarryError, KeyError, TypeError, ValueError)
PLANS_KEPT = 50
"""So many plans stay in memory although no execution follows them: the next one may do so soon."""
_OTHERS_TURN = 100
"""After so many executions in a row, calls that are due get their turn."""


class Shift:
    """The executions that go on, and everything that drives them."""

    def __init__(
        self,
        journal: Transactions[JournalStore],
        services: Services,
        permits: Permits,
        bell: Bell,
        tasks: asyncio.TaskGroup,
        *,
        patience: Patience,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._bell = bell
        self._patience = patience
        self._clock = clock
        self._scribe = Scribe(journal, self._carry_out, self._written)
        self.lookout = Lookout(services, tasks, self._tell, self._scribe.show, self._free)
        self._alarms = Alarms(self._retry, clock)
        self._closing = Closing(services, permits, tasks, self._scribe.show, self._scribe.settle)
        self._executions: dict[ExecutionId, Execution] = {}
        self._plans: WeakValueDictionary[str, Plan] = WeakValueDictionary()
        self._newest_plans: deque[Plan] = deque(maxlen=PLANS_KEPT)
        self._taken: set[int] = set()
        self._more_letters = False
        self._held = False
        tasks.create_task(self._scribe.run())

    async def recover(self) -> None:
        """Take up every execution where the journal says that it stands."""
        kept = await self._read(lambda store: store.unsettled())
        loaded = [execution for run in kept if (execution := await self._load(run))]
        for number, execution in enumerate(loaded):
            self._carry_out(execution.id, recover(execution))
            self._take(execution.id, Resumed())
            if number % _OTHERS_TURN == _OTHERS_TURN - 1:
                await asyncio.sleep(0)
        log.info("manager.recovered", runs=len(loaded))

    async def read_letters(self) -> bool:
        """Take what is new out of the inbox; tells whether there was something."""
        if self._held:
            return False
        letters = await self._read(lambda store: store.letters(LETTERS_AT_ONCE))
        self._more_letters = len(letters) == LETTERS_AT_ONCE
        fresh = [letter for letter in letters if letter.id not in self._taken]
        unknown = {letter.execution for letter in fresh} - self._executions.keys()
        if unknown:
            for kept in await self._read(lambda store: store.kept(unknown)):
                await self._load(kept)
        for letter in fresh:
            self._taken.add(letter.id)
            self._deliver(letter)
        return bool(fresh)

    async def hold(self, limit: timedelta) -> None:
        """Begin nothing new, and write down what is still under way."""
        self._held = True
        # Whose intent is written gets its start call now, or it would be in doubt later.
        await self._scribe.flush()
        await self.lookout.hold(limit)
        await self._scribe.flush()

    def _deliver(self, letter: Letter) -> None:
        if isinstance(letter.message, Pushed):
            self.lookout.push(letter.message.step)
            self._scribe.drop_letter(letter.id)
        elif letter.execution in self._executions:
            self._take(letter.execution, letter.message, letter.id)
        else:
            self._scribe.drop_letter(letter.id)

    def close(self) -> None:
        """Forget everything: the shift is over."""
        self.lookout.close()
        self._alarms.close()

    def _retry(self, step: StepRunId) -> None:
        self._take(execution_of(step), RetryDue(step))

    def _free(self, step: StepRunId) -> bool:
        """Say that a service has a place for a step run; tells whether it will be started."""
        name = execution_of(step)
        self._take(name, PlaceFree(step))
        execution = self._executions.get(name)
        run = None if execution is None else execution.steps.get(step)
        return run is not None and not run.over and not run.withheld

    def _tell(self, happening: Happening) -> None:
        self._take(execution_of(happening.step), happening)

    def _take(self, name: ExecutionId, event: Event, letter: int = 0) -> None:
        before = self._executions.get(name)
        if before is None:
            return
        try:
            decision = decide(before, event, self._clock(), hold=self._held)
        except ImpossibleMove:
            # A mistake of ours. This run stays where it is; the others go on.
            log.exception("execution.stuck", run=name, happened=repr(event))
            return
        self._executions[name] = decision.execution
        self._scribe.note(before, decision, letter)

    def _carry_out(self, name: ExecutionId, wanted: Iterable[Command]) -> None:
        execution = self._executions[name]
        for command in wanted:
            if isinstance(command, commands.Settle):
                self._closing.settle(name)
                continue
            if isinstance(command, commands.Continue):
                self._take(name, Continued())
                continue
            if isinstance(command, commands.Wake):
                self._alarms.set(command.step, command.due)
                continue
            run = execution.steps[command.step]
            call = _call_of(execution, run)
            age = self._clock() - run.started_at
            match command:
                case commands.Start():
                    self.lookout.begin(call)
                case commands.Recover():
                    self.lookout.recover(call, age=age)
                case commands.Watch():
                    self.lookout.resume(call, age=age, outputs=run.first_outputs)
                case commands.Dismiss():
                    self.lookout.dismiss(command.step)
                case commands.Abort():
                    self.lookout.abort(call)
                case commands.FetchLastPage():
                    self._closing.fetch_last_page(call)
                case _:
                    assert_never(command)

    def _written(self, batch: Batch) -> None:
        self._taken -= batch.letters
        for settled in batch.settled:
            self._executions.pop(settled, None)
        for execution in batch.touched:
            self._bell.ring(execution)
        if batch.letters and self._more_letters:
            self._bell.ring_manager()

    async def _load(self, kept: Kept) -> Execution | None:
        """Rebuild an execution. One that cannot be read must not stop the others."""
        try:
            plan = await self._plan(kept.snapshot)
            earlier = await self._earlier(kept.resumed_from)
            execution = Execution(
                id=kept.id, project=kept.project, plan=plan, inputs=kept.inputs, earlier=earlier
            )
            execution = fold(execution, kept.records)
        except _UNREADABLE as error:
            kept_back = kept.unreadable or repr(error)
        else:
            kept_back = kept.unreadable
        if kept_back:
            log.error("execution.unreadable", run=kept.id, reason=kept_back)
            return None
        self._executions[kept.id] = execution
        return execution

    async def _earlier(self, name: ExecutionId | None) -> Mapping[Place, StepRun]:
        """Give what may be taken over from another execution, as far as it can still be read."""
        kept = None
        if name is not None:
            kept = await self._read(lambda store: store.earlier(name))
        if kept is None:
            return {}
        try:
            plan = await self._plan(kept.snapshot)
            before = Execution(id=kept.id, plan=plan, inputs=kept.inputs)
            return finished_in(fold(before, kept.records))
        except _UNREADABLE as error:
            log.warning("execution.nothing-to-take-over", run=kept.id, reason=repr(error))
            return {}

    async def _read(self, work: Callable[[JournalStore], Result]) -> Result:
        return await persist("read the journal", partial(self._journal.read, work))

    async def _plan(self, name: str) -> Plan:
        plan = self._plans.get(name)
        if plan is None:
            snapshot = await self._read(lambda store: store.snapshot(name))
            plan = self._plans[name] = plan_from(snapshot, self._patience)
            self._newest_plans.append(plan)
        return plan


def _call_of(execution: Execution, run: StepRun) -> StepCall:
    return StepCall(
        step=run.id,
        project=execution.project,
        terms=execution.terms_of(run),
        inputs=run.inputs,
        filled=run.filled,
        secrets=run.secrets,
        time_out=execution.plan.steps[run.place.path].time_out,
    )
