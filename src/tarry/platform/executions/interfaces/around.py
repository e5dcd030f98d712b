"""What is around the executions: services, the rooms below, and those who are told."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Protocol

from tarry.contract.errors import Sort, TarryError
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.executions.model.announcing import Announcement
from tarry.platform.executions.model.calls import Answer, StepCall, Trouble
from tarry.platform.executions.model.telling import Channel
from tarry.platform.executions.model.views import StatusPage
from tarry.platform.kernel.model import (
    Caller,
    ExecutionId,
    StepRunId,
)


class CallFailed(TarryError):
    """A call to a service brought no answer that can be used.

    Attributes:
        trouble: what sort of trouble, as far as it matters for what is done next.
        fault: the code of the fault, if a service made with Tarry has answered with one.
    """

    code = "call-failed"
    sort = Sort.UNAVAILABLE
    message = "{reason}"

    def __init__(self, trouble: Trouble, reason: str, *, fault: str = "") -> None:
        super().__init__(reason=reason)
        self.trouble = trouble
        self.reason = reason
        self.fault = fault


class Services(Protocol):
    """The services that steps use. Every call raises `CallFailed` if it brings no answer."""

    async def start(self, call: StepCall) -> Answer:
        """Make the start call; of a synchronous service, the call."""
        ...

    async def poll(self, call: StepCall, page_tag: str) -> Answer:
        """Ask for the status; `page_tag` names the page that we have."""
        ...

    async def look(self, call: StepCall) -> Answer:
        """Look after an application made with Tarry: its page, if nothing has ended it.

        Raises:
            CallFailed: `Trouble.FAULT` only if its run has ended badly.
        """
        ...

    async def last_page(self, call: StepCall) -> StatusPage | None:
        """Get the page that a Tarry service shows for a step that is over."""
        ...

    async def abort(self, call: StepCall, limit: timedelta) -> bool | None:
        """Ask to stop a step: whether it is stopped, or `None` if the service has no such thing."""
        ...


class Intercom(Protocol):
    """Brings messages to running steps; what drives them does not need it."""

    async def notify(self, call: StepCall, message: str) -> str:
        """Send a message to a step run, and give what its service says to it.

        Raises:
            CallFailed: it brought no answer; only `Trouble.LOST` may have arrived.
        """
        ...


class Workflows(Protocol):
    """The catalogue, as far as a start needs it."""

    async def published(self, caller: Caller, name: str) -> PublishedWorkflow:
        """Give the published version of a workflow.

        Raises:
            NotFound: there is none of that name, for this caller.
        """
        ...

    async def version_of(
        self, caller: Caller, name: str, version: int | None = None
    ) -> PublishedWorkflow:
        """Give a version of a workflow, published or not; none: the newest.

        Raises:
            NotFound: there is none, for this caller.
            WorkflowInvalid: it cannot run.
        """
        ...

    async def alone(self, caller: Caller, service: str) -> PublishedWorkflow:
        """Give a workflow that does nothing but use a service.

        Raises:
            NotFound: there is no service of that name, for this caller.
        """
        ...


class Permits(Protocol):
    """What a run was given by who started it: its token, its files and its secrets."""

    async def open(
        self,
        execution: ExecutionId,
        caller: Caller,
        files: Collection[str],
        secrets: Mapping[str, str],
    ) -> None:
        """Make the run's token valid, let it read these files, and keep its secrets durably.

        Raises:
            NotAllowed: the caller may not read one of them.
        """
        ...

    async def close(self, execution: ExecutionId) -> None:
        """End the run's token and forget its secrets; twice does no harm."""
        ...


class Vault(Protocol):
    """The secrets of runs that are not over. They are in no database and in no journal."""

    async def keep(self, execution: ExecutionId, secrets: Mapping[str, str]) -> None:
        """Keep the secrets of a run, by input of its workflow, durably."""
        ...

    async def secrets_of(self, execution: ExecutionId) -> Mapping[str, str]:
        """Give the secrets of a run; none if they were forgotten."""
        ...

    async def forget(self, execution: ExecutionId) -> None:
        """Remove the secrets of a run; twice does no harm."""
        ...

    async def known(self, older_than: timedelta) -> Collection[ExecutionId]:
        """Tell the runs whose secrets have been kept for so long."""
        ...


class Capabilities(Protocol):
    """Makes and reads what a service pushes with. Nothing of it is stored."""

    def push_capability(self, step_run: StepRunId) -> str:
        """Make the capability for one step run."""
        ...

    def pushed_step_run(self, capability: str) -> StepRunId | None:
        """Tell the step run that a capability is for; `None` if we did not give it."""
        ...


class NotDelivered(TarryError):
    """Somebody could not be told about a run."""

    code = "not-delivered"
    sort = Sort.UNAVAILABLE
    message = "{reason}"


class Reach(Protocol):
    """Knows who can be told about runs."""

    async def why_not(self, channel: Channel, address: str) -> str:
        """Say why nobody can be told there; empty if they can, as far as one knows before."""
        ...


class Messenger(Protocol):
    """Takes announcements to people."""

    async def deliver(self, address: str, announcement: Announcement) -> None:
        """Deliver one.

        Raises:
            NotDelivered: it may be tried again later.
        """
        ...
