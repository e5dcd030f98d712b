"""Ids and durations that have types of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from tarry.platform.kernel.errors import NotAllowed

UserId = NewType("UserId", str)
ProjectId = NewType("ProjectId", str)
ExecutionId = NewType("ExecutionId", str)
"""One run of a workflow: 32 hex digits."""
StepRunId = NewType("StepRunId", str)
"""One attempt at a step: `<execution id>_<n>`; on the wire it is the `serviceID`."""


class Right(StrEnum):
    """Something that a caller may be allowed to do, in the project of their token.

    Which role and which scope of a token brings which right stands in `accounts.model.roles`.
    """

    READ = "read"
    """See runs, their results and files, services and workflows."""
    RUN = "run"
    """Start runs, abort them, decide about their steps, and bring in files for them."""
    DEVELOP = "develop"
    """Register services, import and publish workflows."""
    ADMIN = "admin"
    """Say who works in the project and in which role; read its audit trail."""
    OPERATE = "operate"
    """Manage users and projects of the whole platform, and share with all of them."""


KEPT_FOR = timedelta(hours=24)
"""For so long a request that arrives again is answered as it was the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that may arrive again, named by whoever sends it; the same name, the same deed.

    Attributes:
        key: chosen by the sender, unique among the requests of a user in a project.
        digest: tells what is asked for, so that a key that is used for something else is noticed;
            it must not betray the values, which may be secret.
        attempt: tells this arrival of the request from every other one.
    """

    key: str
    digest: str = field(repr=False)
    attempt: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls, as far as a token proves it.

    Attributes:
        roles: for show; what the caller may do is said by `rights`.
        rights: nothing is allowed that is not in it.
        execution: set when the token is that of a run; it is then good for that run only.
        api_token: the id of the API token that was shown, if it was one.
        address: where the call comes from, for the audit trail.
        request: how they name what they ask for, if it may arrive again.
    """

    user: UserId
    user_name: str
    project: ProjectId
    project_name: str
    email: str = ""
    roles: frozenset[str] = frozenset()
    rights: frozenset[Right] = frozenset()
    execution: ExecutionId | None = None
    api_token: str = ""
    address: str = ""
    request: Request | None = None

    def may(self, right: Right) -> bool:
        """Tell whether the caller has a right."""
        return right in self.rights

    def demand(self, right: Right, what: str) -> None:
        """Go on only if the caller has a right.

        Args:
            right: that is needed.
            what: the caller wants to do, as in "start a run".

        Raises:
            NotAllowed: the caller has not.
        """
        if right in self.rights:
            return
        if self.execution is not None:
            reason = "the token is that of a run"
        elif self.api_token:
            reason = f"it takes the right '{right}', and the token or its user's role lacks it"
        else:
            project = self.project_name
            reason = f"it takes the right '{right}', which their roles in {project} do not bring"
        raise NotAllowed(who=self.user_name, what=what, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that a caller has done, for the audit trail.

    Attributes:
        caller: who did it; the address is theirs.
        action: a thing and what became of it, such as `run.started`.
        subject: the name or id of that thing.
        facts: what else is worth knowing; never a secret.
    """

    caller: Caller
    action: str
    subject: str
    at: datetime
    facts: Mapping[str, str] = field(default_factory=dict)


def execution_of(step_run: StepRunId) -> ExecutionId:
    """Tell the execution that a step run belongs to."""
    return ExecutionId(step_run.rpartition("_")[0])


@dataclass(frozen=True, kw_only=True)
class Window:
    """A piece of a long list: what comes before an instant, newest first.

    Attributes:
        before: what was made at this very instant is left out, but for what `before_id` says.
        before_id: of what was made at that instant, what has a smaller id than this is wanted, so
            that a page ends and the next one begins between two of the same instant.
    """

    before: datetime | None = None
    before_id: str = ""
    limit: int = 50


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A piece of a list by name, in the order of code points.

    Attributes:
        after: what comes before this name, or has it, was seen; empty: from the beginning.
        after_id: of what has that very name, what has a larger id than this is wanted.
        limit: at most so many; none: all.
    """

    after: str = ""
    after_id: str = ""
    limit: int | None = None


WHOLE = Stretch()
"""All of a list."""
