"""The WorkflowManager: runs over SOAP, as clients, services and pages in the field know it.

Source: CONTRACT.md, section 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from tarry.contract.kinds import FILLED_IN
from tarry.contract.ports import Port, PortType
from tarry.contract.status import (
    PAGE_HEADER,
    Completed,
    Page,
    Unchanged,
    tag_of,
    write_status,
)
from tarry.platform.accounts.model.tokens import is_execution_id
from tarry.platform.executions import operations
from tarry.platform.executions.errors import RunFailed, RunIsNotOver, RunIsOver
from tarry.platform.executions.model.states import OVER, STEP_OVER, ExecutionState
from tarry.platform.executions.model.summary import summary_page
from tarry.platform.executions.model.views import RunView
from tarry.platform.executions.operations import Room
from tarry.platform.kernel.errors import NotFound, NotLoggedIn
from tarry.platform.kernel.model import Caller, ExecutionId, StepRunId
from tarry.soap.outputs import lexical_values, read_outputs, wire_values, write_outputs
from tarry.soap.schema import Interface, Operation, WireValue, elements
from tarry.soap.server import Call, Endpoint, Handler

PATH = "/dfki/WorkflowManager2Service/services/SOAP"
NAMESPACE = "http://www.eu-cloudflow.eu/dfki/WorkflowManager2/"


class Callers(Protocol):
    """Knows who calls."""

    async def of(self, token: str) -> Caller:
        """Tell who calls.

        Raises:
            NotLoggedIn: the token is not valid, or not any more.
        """
        ...


class Keys(Protocol):
    """Knows the tokens of runs, also of those that are over."""

    def run_of(self, token: str) -> ExecutionId | None:
        """Tell the run whose token this is, or `None` if we never made it."""
        ...


@dataclass(frozen=True, kw_only=True)
class WorkflowManager:
    """What the WorkflowManager answers with."""

    room: Room
    callers: Callers
    keys: Keys = field(repr=False)

    def handlers(self) -> dict[str, Handler]:
        """Give the handler of each operation."""
        return {
            "startWorkflow": self._start,
            "getWorkflowStatus": self._status,
            "getWorkflowResults": self._results,
            "abortWorkflow": self._abort,
            "serviceExecutionFinished": self._finished,
        }

    async def _start(self, call: Call) -> Mapping[str, WireValue]:
        caller = await self._caller(call)
        uri = call.text("workflowURI").strip()
        name = uri.rpartition("#")[2]
        published = await self.room.workflows.published(caller, name)
        if uri not in {name, published.entry.uri}:
            raise NotFound(what="workflow", name=uri[:300])
        written = call.text("xmlInputs_base64")
        given = read_outputs(written, "xmlInputs_base64") if written.strip() else {}
        ports = published.entry.inputs
        known = {port.name for port in ports}
        # Clients send the token along as they send it to services; other names are mistakes.
        strange = {port: "" for port in given if port not in known | FILLED_IN}
        inputs = {**strange, **lexical_values(ports, given)}
        run = await operations.start(self.room, caller, name, inputs)
        return {"workflowID": run}

    async def _status(self, call: Call) -> Mapping[str, WireValue]:
        run = await self._run(call)
        if run.state in OVER:
            _refuse_failed(run)
            return {"status_base64": write_status(Completed())}
        page = await self._page(run)
        tag = tag_of(page)
        call.reply_headers[PAGE_HEADER] = tag
        if call.headers.get(PAGE_HEADER.lower()) == tag:
            return {"status_base64": write_status(Unchanged())}
        return {"status_base64": write_status(Page(page))}

    async def _page(self, run: RunView) -> bytes:
        """Give the page of the one step that shows one now; else how the run stands."""
        showing = [step for step in run.steps if step.state not in STEP_OVER and step.page_tag]
        waiting = [step for step in showing if step.waits]
        for step in (waiting or showing)[-1:]:
            try:
                return (await operations.page(self.room, step.id, caller=None)).content
            except NotFound:
                pass  # it has just gone
        return summary_page(run)

    async def _results(self, call: Call) -> Mapping[str, WireValue]:
        run = await self._run(call)
        if run.state not in OVER:
            raise RunIsNotOver(run=run.id, state=run.state)
        _refuse_failed(run)
        outputs = wire_values(run.output_ports, run.outputs)
        return {"xmlOutputs_base64": write_outputs(outputs)}

    async def _abort(self, call: Call) -> Mapping[str, WireValue]:
        """Say whether the run is being aborted, or was."""
        run = await self._run(call)
        try:
            await operations.abort(self.room, await self._caller(call), run.id)
        except RunIsOver:
            run = await self._run(call)
            return {"success": "true" if run.state is ExecutionState.ABORTED else "false"}
        return {"success": "true"}

    async def _finished(self, call: Call) -> Mapping[str, WireValue]:
        token = call.text("sessionToken").strip()
        step = StepRunId(call.text("serviceID").strip())
        try:
            caller = await self.callers.of(token)
        except NotLoggedIn:
            caller = None
        run = self.keys.run_of(token)
        ports = await operations.awaited(self.room, step, caller=caller, run=run)
        if ports is not None:  # else it has been said before, and twice is harmless
            written = call.text("xmlOutputs_base64")
            given = read_outputs(written) if written.strip() else {}
            outputs = lexical_values(ports, given)
            await operations.report(self.room, step, ports, outputs, caller=caller)
        return {}

    async def _run(self, call: Call) -> RunView:
        caller = await self._caller(call)
        run = call.text("workflowID").strip()
        if not is_execution_id(run):
            raise NotFound(what="run", name=repr(run[:80]))
        return await operations.show(self.room, caller, ExecutionId(run))

    async def _caller(self, call: Call) -> Caller:
        caller = await self.callers.of(call.text("sessionToken").strip())
        return replace(caller, address=call.address)


def _refuse_failed(run: RunView) -> None:
    """A failure is a fault: nothing else in the contract says so."""
    if run.state is not ExecutionState.SUCCEEDED:
        reason = run.failure.message if run.failure else f"The run has {run.state}"
        raise RunFailed(reason=reason)


def interface() -> Interface:
    """Give the interface; pages post under older namespaces, so any is taken."""
    return Interface(
        name="WorkflowManager2",
        namespace=NAMESPACE,
        documentation="Runs of workflows: start, follow and abort them, and report to them.",
        operations=tuple(_operation(*each) for each in _OPERATIONS),
        qualified_inputs=False,
        qualified_outputs=False,
        match_any_namespace=True,
    )


def endpoint(manager: WorkflowManager, *, base_url: str | None = None) -> Endpoint:
    """Serve a WorkflowManager at its path, to pages of any site too: no cookie opens it."""
    return Endpoint(interface(), manager.handlers(), path=PATH, base_url=base_url, cors=True)


_OPERATIONS = (
    (
        "startWorkflow",
        ("workflowURI", "sessionToken", "xmlInputs_base64"),
        "workflowID",
        "Starts a run of a published workflow.",
    ),
    (
        "getWorkflowStatus",
        ("workflowID", "sessionToken"),
        "status_base64",
        "The page of what runs now, or COMPLETED. A failure is a fault.",
    ),
    (
        "getWorkflowResults",
        ("workflowID", "sessionToken"),
        "xmlOutputs_base64",
        "The outputs of a run that has succeeded.",
    ),
    (
        "abortWorkflow",
        ("workflowID", "sessionToken"),
        "success",
        "Aborts a run and its services: true if it ends, or has ended, so.",
    ),
    (
        "serviceExecutionFinished",
        ("serviceID", "sessionToken", "xmlOutputs_base64"),
        "",
        "An application, or its page, reports its outputs. Twice is harmless.",
    ),
)
"""Each operation: its name, what it takes, what it gives, and what it does."""


def _operation(name: str, inputs: tuple[str, ...], output: str, documentation: str) -> Operation:
    # What is missing counts as empty and gets this door's own answer; garbage may have any lines.
    ports = (Port(name=each, type=PortType.TEXT, required=False) for each in inputs)
    outputs = elements(Port(name=output, type=PortType.TEXT)) if output else ()
    return Operation(
        name=name, inputs=elements(*ports), outputs=outputs, documentation=documentation
    )
