"""Services that compute with whole numbers, of every kind; mishaps happen when a test says so."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import strategies as st
from tests.fakes.documents import ADD, COUNT, SERVICES, call
from tests.fakes.executions import chain, service

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.contract.status import Completed, Page
from tarry.platform.catalogue.model import PublishedWorkflow, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.services import Told
from tarry.platform.executions.interfaces import CallFailed
from tarry.platform.executions.model.calls import Answer, StepCall, Trouble
from tarry.platform.executions.model.terms import Terms
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.kernel.model import StepRunId
from tarry.platform.workflows import xml
from tarry.platform.workflows.model import Document, Node, Step
from tarry.platform.workflows.model.walking import rebuilt
from tarry.platform.workflows.operations import expanded

BASES = {"Add": ADD, "Count": COUNT}
DUMMIES = {"sum": "0", "numbers": "[]"}
INSTEAD = {"Add": {"sum": "5"}, "Count": {"numbers": "[]"}}


def _entry(
    base: str, make: str, kind: Kind, most: int | None = None, **facts: bool
) -> ServiceEntry:
    interface = SERVICES[BASES[base]]
    made = service(f"{make}{base}", kind=kind, outputs=interface.outputs, **facts)
    return replace(made, inputs=interface.inputs, told=Told(most_runs=most))


ENTRIES: Mapping[str, ServiceEntry] = {
    entry.uri: entry
    for base in BASES
    for entry in (
        _entry(base, "Ask", Kind.APPLICATION),
        _entry(base, "Sync", Kind.SYNCHRONOUS),
        _entry(base, "SyncAgain", Kind.SYNCHRONOUS, repeatable=True),
        _entry(base, "Field", Kind.ASYNCHRONOUS),
        _entry(base, "FieldAgain", Kind.ASYNCHRONOUS, repeatable=True),
        _entry(base, "Tarry", Kind.ASYNCHRONOUS, at_most_once=True),
        _entry(base, "Narrow", Kind.ASYNCHRONOUS, most=1, at_most_once=True),
    )
}


def base_of(uri: str) -> str:
    """Tell what a service computes."""
    return "Add" if uri.endswith("Add") else "Count"


def computed(uri: str, inputs: Mapping[str, str]) -> Mapping[str, str]:
    """Do what a service does."""
    return call(BASES[base_of(uri)], inputs)


@st.composite
def with_settings(draw: st.DrawFn, document: Document) -> Document:
    """Give each step a service of some kind, and what is to be done when it fails."""

    def change(node: Node) -> Node:
        if not isinstance(node, Step):
            return node
        base = "Add" if node.service == ADD else "Count"
        uris = [uri for uri in ENTRIES if base_of(uri) == base]
        return replace(
            node,
            service=draw(st.sampled_from(uris)),
            retries=draw(st.sampled_from([0, 0, 1, 3])),
            retry_pause=timedelta(seconds=draw(st.sampled_from([0, 2, 300]))),
            time_out=draw(st.sampled_from([None, None, None, timedelta(seconds=50)])),
            on_failure=draw(st.sampled_from([None, None, INSTEAD[base]])),
            repeatable=draw(st.sampled_from([False, False, True])),
        )

    return replace(document, body=rebuilt(document.body, change))


def published(document: Document, *inner: Document) -> PublishedWorkflow:
    """Publish a document over these services; the inner ones may stand in a service's place."""
    nested = {one.uri: _entry_of(one) for one in inner}
    documents = {uri: xml.read(entry.document) for uri, entry in nested.items()}
    entry = _entry_of(document)
    return PublishedWorkflow(
        entry=entry,
        document=expanded(xml.read(entry.document), documents),
        services=ENTRIES,
        nested=nested,
    )


def _entry_of(document: Document) -> WorkflowEntry:
    like = chain(document.name, *ENTRIES.values()).entry
    inputs = tuple(Port(name=given.name, type=PortType.INTEGER) for given in document.inputs)
    outputs = tuple(Port(name=shown.name, required=False) for shown in document.outputs)
    written = xml.write(document)
    return replace(like, uri=document.uri, document=written, inputs=inputs, outputs=outputs)


@dataclass
class Program:
    """What goes on at a service."""

    began: float
    ends: float
    lies_from: float
    outputs: Mapping[str, str]
    aborted: bool = False


class NumberServices:
    """Outlives managers; what goes wrong next is said by the test.

    Attributes:
        lasts: seconds that the next programs take.
        lies: seconds before their end in which the next ones say that they are complete.
        starts: what goes wrong with the next start calls, and whether the program is begun.
        polls: what goes wrong with the next polls.
        incomplete: so many of the next programs bring no outputs.
        aborts: what is said to an abort.
        begun: how many programs were begun for a step run.
        told: what went wrong with the calls of a step run.
    """

    def __init__(self) -> None:
        self.lasts = 1.0
        self.lies = 0.0
        self.starts: deque[tuple[Trouble, bool]] = deque()
        self.polls: deque[Trouble] = deque()
        self.incomplete = 0
        self.aborts: bool | Trouble | None = True
        self.programs: dict[StepRunId, Program] = {}
        self.terms: dict[StepRunId, Terms] = {}
        self.begun: Counter[StepRunId] = Counter()
        self.told: defaultdict[StepRunId, list[Trouble]] = defaultdict(list)

    def heal(self) -> None:
        """Let nothing more go wrong."""
        self.starts.clear()
        self.polls.clear()
        self.lasts, self.lies, self.incomplete, self.aborts = 1.0, 0.0, 0, True

    async def start(self, call: StepCall) -> Answer:
        self.terms[call.step] = call.terms
        trouble, arrives = self.starts.popleft() if self.starts else (None, True)
        if trouble is None or (trouble is Trouble.LOST and arrives):
            self._begin(call)
        waits = call.terms.kind is Kind.SYNCHRONOUS and trouble is not Trouble.NOT_SENT
        await asyncio.sleep(min(self.lasts, 100.0) if waits else 0.01)
        if trouble is not None:
            raise self._trouble(call, trouble)
        program = self.programs[call.step]
        if call.terms.kind is Kind.SYNCHRONOUS:
            return Answer(status=Completed(), outputs=program.outputs)
        return self._stands(call, program)

    async def poll(self, call: StepCall, page_tag: str) -> Answer:
        await asyncio.sleep(0.01)
        if self.polls:
            raise self._trouble(call, self.polls.popleft())
        program = self.programs.get(call.step)
        if program is None:
            raise self._trouble(call, Trouble.FAULT)
        return self._stands(call, program)

    async def look(self, call: StepCall) -> Answer:
        return await self.start(call)

    async def last_page(self, call: StepCall) -> StatusPage | None:
        await asyncio.sleep(0.01)
        return None

    async def notify(self, call: StepCall, message: str) -> str:
        await asyncio.sleep(0.01)
        return "OK"

    async def abort(self, call: StepCall, limit: timedelta) -> bool | None:
        await asyncio.sleep(0.01)
        if isinstance(self.aborts, Trouble):
            raise CallFailed(self.aborts, "the abort met trouble")
        if self.aborts and call.step in self.programs:
            self.programs[call.step].aborted = True
        return self.aborts

    def _begin(self, call: StepCall) -> None:
        if call.terms.at_most_once and call.step in self.programs:
            return
        now = asyncio.get_running_loop().time()
        self.begun[call.step] += 1
        outputs = computed(call.terms.uri, call.inputs)
        if self.incomplete and call.terms.kind is not Kind.APPLICATION:
            self.incomplete -= 1
            outputs = {}
        ends = now + self.lasts
        self.programs[call.step] = Program(now, ends, ends - self.lies, outputs)

    def _stands(self, call: StepCall, program: Program) -> Answer:
        now = asyncio.get_running_loop().time()
        dummies = {port.name: DUMMIES[port.name] for port in call.terms.outputs}
        if program.aborted:
            raise self._trouble(call, Trouble.FAULT)
        if call.terms.kind is not Kind.APPLICATION:
            if now >= program.ends:
                return Answer(status=Completed(), outputs=program.outputs)
            field = not call.terms.at_most_once
            if field and program.began < program.lies_from <= now:
                return Answer(status=Completed(), outputs=dummies)
        return Answer(status=Page(b"<p>going on</p>"), outputs=dummies)

    def _trouble(self, call: StepCall, trouble: Trouble) -> CallFailed:
        self.told[call.step].append(trouble)
        return CallFailed(trouble, f"the call met {trouble}")
