"""Projects over SOAP, as clients in the field know them.

Source: CONTRACT.md, section 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tarry.contract.ports import Port
from tarry.platform.accounts.api.wire import (
    DONE,
    NAMESPACE,
    PROJECT_INFO,
    guarded,
    operation,
    project_info,
)
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.operations import (
    Callers,
    add_project,
    close_project,
    see_projects,
)
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller
from tarry.soap.schema import Element, Interface, WireValue
from tarry.soap.server import Call, Endpoint, Handler

PATH = "/authManager/Projects"


@dataclass(frozen=True, kw_only=True)
class Projects:
    """What the Projects service answers with."""

    accounts: Transactions[Accounts]
    callers: Callers
    clock: Clock = utc_now

    def handlers(self) -> dict[str, Handler]:
        """Give the handler of each operation."""
        work = {
            "listProjects": self._list,
            "createProject": self._create,
            "deleteProject": self._delete,
        }
        return {name: guarded(self.callers, each) for name, each in work.items()}

    async def _list(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        del call
        found = await see_projects(self.accounts, caller)
        return {"return": [project_info(project) for project in found]}

    async def _create(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        made = await add_project(
            self.accounts,
            caller,
            call.text("name"),
            call.text("description"),
            clock=self.clock,
        )
        return {"return": project_info(made)}

    async def _delete(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        await close_project(self.accounts, caller, call.text("projectID"), clock=self.clock)
        self.callers.forget_all()
        return DONE


def interface() -> Interface:
    """Give the interface: inputs are qualified, outputs are not."""
    many = Element(port=Port(name="return", required=False), record=PROJECT_INFO, repeated=True)
    one = Element(port=Port(name="return"), record=PROJECT_INFO)
    return Interface(
        name="Projects",
        namespace=NAMESPACE,
        documentation="Groups of users whose data is kept apart.",
        operations=(
            operation("listProjects", "token", output=many),
            operation("createProject", "token", "name", "description", output=one),
            operation("deleteProject", "token", "projectID"),
        ),
        qualified_inputs=True,
        qualified_outputs=False,
        match_any_namespace=True,
    )


def endpoint(projects: Projects, *, base_url: str | None = None) -> Endpoint:
    """Serve the projects at their path; the WSDL names `base_url` if it is given."""
    return Endpoint(interface(), projects.handlers(), path=PATH, base_url=base_url)
