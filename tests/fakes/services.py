"""Services that do what a test wants: slow, lying, faulting, away. They remember every start."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tarry.contract.kinds import Kind
from tarry.contract.status import Completed, Page, tag_of
from tarry.platform.executions.interfaces import CallFailed
from tarry.platform.executions.model.calls import Answer, StepCall, Trouble
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.kernel.model import StepRunId

UNSET = "UNSET"


@dataclass
class Behaviour:
    """How one service behaves.

    Attributes:
        lasts: seconds from the start to the end of its program.
        answers_after: seconds that each call takes.
        starts: what goes wrong with its start calls, in their order; `None` is a call that works.
        arrives: whether a start call whose answer is lost has started the program.
        polls: what goes wrong with its polls, in their order.
        breaks: the fault that every poll gets after the end.
        lies: seconds before its end in which it says that it is complete, with dummies.
        at_once: it is complete in its start answer.
        aborts: what it answers to an abort.
        hears: what it answers to a message.
        result: makes its result out of what it was given.
        page: makes its page.
    """

    lasts: float = 1.0
    answers_after: float = 0.001
    starts: Sequence[Trouble | None] = ()
    arrives: bool = True
    polls: Sequence[Trouble | None] = ()
    breaks: str = ""
    lies: float = 0.0
    at_once: bool = False
    aborts: bool | Trouble | None = True
    hears: str | Trouble = "OK"
    result: Callable[[str], Mapping[str, str]] = lambda given: {"result": f"({given})"}
    page: Callable[[float], bytes] = lambda part: f"<p>{part:.0%}</p>".encode()


@dataclass
class _Program:
    began: float
    ends: float
    given: str
    aborted: bool = False


class FakeServices:
    """Outlives managers, as real services do."""

    def __init__(self, **behaviours: Behaviour) -> None:
        self.behaviours = behaviours
        self.programs: dict[StepRunId, _Program] = {}
        self._starts_seen: Counter[str] = Counter()
        self._polls_seen: Counter[str] = Counter()
        self.started: Counter[StepRunId] = Counter()
        self.begun: Counter[StepRunId] = Counter()
        self.polled: Counter[StepRunId] = Counter()
        self.poll_times: list[float] = []
        self.aborted: list[StepRunId] = []
        self.looked: Counter[StepRunId] = Counter()
        self.heard: list[tuple[StepRunId, str]] = []
        self.last_pages: list[StepRunId] = []
        self.last_page_times: list[float] = []
        self.on_start: Callable[[StepCall], None] = lambda call: None

    async def start(self, call: StepCall) -> Answer:
        self.started[call.step] += 1
        self.on_start(call)
        behaviour = self._of(call)
        trouble = self._next(behaviour.starts, self._starts_seen, call)
        if trouble is None or (trouble is Trouble.LOST and behaviour.arrives):
            self._begin(call, behaviour)
        await asyncio.sleep(behaviour.answers_after)
        if trouble is not None:
            raise CallFailed(trouble, f"the start met {trouble}")
        given = call.inputs.get("given", "")
        if call.terms.kind is Kind.SYNCHRONOUS or behaviour.at_once:
            return Answer(status=Completed(), outputs=behaviour.result(given))
        return Answer(
            status=Page(behaviour.page(0.0)), outputs={"result": UNSET}, folder=f"/runs/{call.step}"
        )

    async def poll(self, call: StepCall, page_tag: str) -> Answer:
        now = asyncio.get_running_loop().time()
        self.polled[call.step] += 1
        self.poll_times.append(now)
        behaviour = self._of(call)
        await asyncio.sleep(behaviour.answers_after)
        trouble = self._next(behaviour.polls, self._polls_seen, call)
        if trouble is not None:
            raise CallFailed(trouble, f"the poll met {trouble}")
        program = self.programs.get(call.step)
        if program is None:
            raise CallFailed(Trouble.FAULT, "it knows no such run")
        if program.aborted:
            raise CallFailed(Trouble.FAULT, "the run was aborted")
        if now >= program.ends:
            if behaviour.breaks:
                raise CallFailed(Trouble.FAULT, behaviour.breaks)
            return Answer(status=Completed(), outputs=behaviour.result(program.given))
        if now >= program.ends - behaviour.lies:
            return Answer(status=Completed(), outputs={"result": UNSET})
        part = (now - program.began) / (program.ends - program.began)
        return Answer(status=Page(behaviour.page(part)), outputs={"result": UNSET})

    async def look(self, call: StepCall) -> Answer:
        behaviour = self._of(call)
        self.looked[call.step] += 1
        await asyncio.sleep(behaviour.answers_after)
        program = self.programs.get(call.step)
        if program is None:
            raise CallFailed(Trouble.NOT_SENT, "it is away")
        ended = asyncio.get_running_loop().time() >= program.ends
        if behaviour.breaks and ended:
            raise CallFailed(Trouble.FAULT, behaviour.breaks)
        return Answer(status=Page(behaviour.page(0.0)), outputs={"result": UNSET})

    async def last_page(self, call: StepCall) -> StatusPage | None:
        self.last_page_times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self._of(call).answers_after)
        self.last_pages.append(call.step)
        content = f"<p>the end of {call.step}</p>".encode()
        return StatusPage(content=content, tag=tag_of(content))

    async def notify(self, call: StepCall, message: str) -> str:
        behaviour = self._of(call)
        await asyncio.sleep(behaviour.answers_after)
        if isinstance(behaviour.hears, Trouble):
            raise CallFailed(behaviour.hears, f"the message met {behaviour.hears}")
        self.heard.append((call.step, message))
        return behaviour.hears

    async def abort(self, call: StepCall, limit: timedelta) -> bool | None:
        self.aborted.append(call.step)
        behaviour = self._of(call)
        await asyncio.sleep(behaviour.answers_after)
        if isinstance(behaviour.aborts, Trouble):
            raise CallFailed(behaviour.aborts, f"the abort met {behaviour.aborts}")
        if behaviour.aborts and call.step in self.programs:
            self.programs[call.step].aborted = True
        return behaviour.aborts

    def _begin(self, call: StepCall, behaviour: Behaviour) -> None:
        if call.terms.at_most_once and call.step in self.programs:
            return
        now = asyncio.get_running_loop().time()
        self.begun[call.step] += 1
        given = call.inputs.get("given", "")
        self.programs[call.step] = _Program(now, now + behaviour.lasts, given)

    def _next(
        self, troubles: Sequence[Trouble | None], seen: Counter[str], call: StepCall
    ) -> Trouble | None:
        seen[call.terms.name] += 1
        number = seen[call.terms.name]
        return troubles[number - 1] if number <= len(troubles) else None

    def _of(self, call: StepCall) -> Behaviour:
        return self.behaviours.setdefault(call.terms.name, Behaviour())
