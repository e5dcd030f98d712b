"""The AuthManager: log-ins and tokens over SOAP, as services and clients in the field know it.

Source: CONTRACT.md, section 4.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port
from tarry.platform.accounts.api.wire import (
    BOOLEAN,
    INTEGER,
    NAMESPACE,
    PROJECT_INFO,
    ROLE_INFO,
    STRINGS,
    USER_INFO,
    BadToken,
    Unauthorized,
    caller_of,
    operation,
    project_info,
    role_info,
    user_info,
)
from tarry.platform.accounts.errors import LogInFailed, ProjectNeeded, TooManyAttempts
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.people import Project, User
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import Callers, close_run_token, log_in, own_run_token
from tarry.platform.kernel.errors import NotFound, NotLoggedIn
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller
from tarry.soap.schema import Element, Interface, Record, WireValue
from tarry.soap.server import Call, Endpoint, Handler

log = structlog.get_logger()

PATH = "/authManager/AuthManager"


class NotOffered(TarryError):
    """The platform has nothing of this kind."""

    code = "not-offered"
    sort = Sort.NOT_FOUND
    message = "{what}: this platform does not offer it"


@dataclass(frozen=True, kw_only=True)
class AuthManager:
    """What the AuthManager answers with.

    Attributes:
        endpoints: addresses that `getEndpoint` knows, by component.
        count_workflows: counts what `countWorkflows` counts.
    """

    accounts: Transactions[Accounts]
    callers: Callers
    passwords: Passwords
    attempts: Attempts
    keys: Keys = field(repr=False)
    endpoints: Mapping[str, str]
    count_workflows: Callable[[], Awaitable[int]]
    clock: Clock = utc_now

    def handlers(self) -> dict[str, Handler]:
        """Give the handler of each operation."""
        return {
            "getSessionToken": self._get_session_token,
            "validateSessionToken": self._validate,
            "getTokenInfo": self._token_info,
            "getTokenInfoComplete": self._token_info,
            "getUsername": self._getter(lambda caller: caller.user_name),
            "getProject": self._getter(lambda caller: caller.project_name),
            "getEmail": self._getter(lambda caller: caller.email),
            "getRoles": self._getter(lambda caller: sorted(caller.roles)),
            "getEndpoint": self._get_endpoint,
            "getOpenStackToken": self._open_stack_token,
            "countWorkflows": self._count_workflows,
            "createWorkflowToken": self._create_workflow_token,
            "deleteWorkflowToken": self._delete_workflow_token,
        }

    async def _get_session_token(self, call: Call) -> Mapping[str, WireValue]:
        try:
            logged_in = await log_in(
                self.accounts,
                user=call.text("username"),
                password=call.text("password"),
                project=call.text("project") or None,
                passwords=self.passwords,
                attempts=self.attempts,
                address=call.address,
                clock=self.clock,
            )
        except (LogInFailed, TooManyAttempts, ProjectNeeded) as error:
            raise Unauthorized(reason=error) from error
        return {"return": logged_in.token}

    async def _validate(self, call: Call) -> Mapping[str, WireValue]:
        # Clients in use take any fault for "valid": so whatever happens, this one says false.
        try:
            await self.callers.of(call.text("sessionToken"))
        except NotLoggedIn:
            return {"return": "false"}
        except Exception as error:  # noqa: BLE001 - see above
            log.error("token.not_validated", error=repr(error))  # noqa: TRY400 - no secrets
            return {"return": "false"}
        return {"return": "true"}

    async def _token_info(self, call: Call) -> Mapping[str, WireValue]:
        caller = await caller_of(self.callers, call)

        def look_up(store: Accounts) -> tuple[User | None, Project | None]:
            return store.user(caller.user), store.project(caller.project)

        user, project = await self.accounts.read(look_up)
        if user is None or project is None:  # gone since the caller was looked up
            raise BadToken(reason="The user or the project of this token is gone")
        info: dict[str, WireValue] = {
            "project": project_info(project),
            "roles": [role_info(role) for role in sorted(caller.roles)],
            "user": user_info(user),
        }
        return {"return": info}

    def _getter(self, get: Callable[[Caller], WireValue]) -> Handler:
        async def handler(call: Call) -> Mapping[str, WireValue]:
            return {"return": get(await caller_of(self.callers, call))}

        return handler

    async def _get_endpoint(self, call: Call) -> Mapping[str, WireValue]:
        await caller_of(self.callers, call)
        component = call.text("component")
        known = {name.lower(): address for name, address in self.endpoints.items()}
        if component.lower() not in known:
            there = ", ".join(sorted(self.endpoints)) or "none"
            raise NotFound(what="component", name=f"{component[:80]!r}; there are: {there}")
        return {"return": known[component.lower()]}

    async def _open_stack_token(self, call: Call) -> Mapping[str, WireValue]:
        await caller_of(self.callers, call)
        raise NotOffered(what="OpenStack token")

    async def _count_workflows(self, call: Call) -> Mapping[str, WireValue]:
        del call
        return {"return": str(await self.count_workflows())}

    async def _create_workflow_token(self, call: Call) -> Mapping[str, WireValue]:
        caller = await caller_of(self.callers, call)
        execution = call.text("workflowID")
        return {"return": await own_run_token(self.accounts, execution, caller, keys=self.keys)}

    async def _delete_workflow_token(self, call: Call) -> Mapping[str, WireValue]:
        token = call.text("sessionToken")
        execution = self.keys.run_of(token)
        ended = execution is not None and await close_run_token(
            self.accounts, execution, clock=self.clock
        )
        self.callers.forget(token)
        return {"return": "true" if ended else "false"}


def interface() -> Interface:
    """Give the interface: inputs are qualified, outputs are not."""
    return Interface(
        name="AuthManager",
        namespace=NAMESPACE,
        documentation="Log-ins, and what a token says about its owner.",
        operations=(
            operation("getSessionToken", "username", "password", "project"),
            operation("validateSessionToken", "sessionToken", output=BOOLEAN),
            operation("getTokenInfo", "sessionToken", output=_TOKEN_INFO),
            operation("getTokenInfoComplete", "sessionToken", output=_TOKEN_INFO),
            operation("getUsername", "sessionToken"),
            operation("getProject", "sessionToken"),
            operation("getEmail", "sessionToken"),
            operation("getRoles", "sessionToken", output=STRINGS),
            operation("getEndpoint", "sessionToken", "component"),
            operation("getOpenStackToken", "sessionToken"),
            operation("countWorkflows", output=INTEGER),
            operation("createWorkflowToken", "sessionToken", "workflowID"),
            operation("deleteWorkflowToken", "sessionToken", output=BOOLEAN),
        ),
        qualified_inputs=True,
        qualified_outputs=False,
        match_any_namespace=True,
    )


def endpoint(manager: AuthManager, *, base_url: str | None = None) -> Endpoint:
    """Serve an AuthManager at its path.

    The WSDL names `base_url` (what stands before the path) if it is given, else the address that
    a request was sent to.
    """
    return Endpoint(interface(), manager.handlers(), path=PATH, base_url=base_url)


_TOKEN_INFO = Element(
    port=Port(name="return"),
    record=Record(
        name="tokenInfo",
        fields=(
            Element(port=Port(name="project"), record=PROJECT_INFO),
            Element(port=Port(name="roles", required=False), record=ROLE_INFO, repeated=True),
            Element(port=Port(name="user"), record=USER_INFO),
        ),
    ),
)
