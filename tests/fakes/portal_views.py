"""Two people, and what a portal shows them."""

from datetime import UTC, datetime, timedelta

from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.model import WorkflowEntry
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.executions.model.views import RunView, StepView
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, StepRunId, UserId

ADA = Caller(
    user=UserId("u1"),
    user_name="ada",
    project=ProjectId("p1"),
    project_name="bridges",
    rights=RIGHTS[Role.DEVELOPER],
)
BOB = Caller(
    user=UserId("u2"),
    user_name="bob",
    project=ProjectId("p2"),
    project_name="tunnels",
    rights=RIGHTS[Role.DEVELOPER],
)
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def step_view(run: str, number: int, name: str = "mesh", **facts: object) -> StepView:
    """Make a step that runs, but for the facts."""
    plain: dict[str, object] = {
        "id": StepRunId(f"{run}_{number}"),
        "number": number,
        "key": f"s{number}",
        "name": name,
        "service": f"http://tarry/async/Mesher.owl#{name}_Service",
        "operation": f"start_{name}",
        "inputs": {},
        "state": StepState.RUNNING,
        "progress": None,
        "attempt": 1,
        "started_at": MORNING,
        "ended_at": None,
        "failure": None,
        "outputs": {},
        "folder": "",
        "page_tag": "",
        "note": "",
    }
    return StepView(**(plain | facts))  # type: ignore[arg-type]


def run_view(*, number: int = 1, caller: Caller = ADA, **facts: object) -> RunView:
    """Make a run of Ada's that runs, but for the facts."""
    plain: dict[str, object] = {
        "id": ExecutionId(f"{number:032x}"),
        "workflow": "Demo_Mesh",
        "title": "Mesh a part",
        "state": ExecutionState.RUNNING,
        "owner": caller.user,
        "owner_name": caller.user_name,
        "project": caller.project,
        "created_at": MORNING + timedelta(minutes=number),
        "started_at": MORNING + timedelta(minutes=number),
        "ended_at": None,
        "inputs": {},
        "outputs": {},
        "input_ports": (),
        "output_ports": (),
        "failure": None,
        "steps": (),
    }
    return RunView(**(plain | facts))  # type: ignore[arg-type]


def workflow(**facts: object) -> WorkflowEntry:
    """Make a published workflow of Ada's project, but for the facts."""
    plain: dict[str, object] = {
        "name": "Demo_Mesh",
        "uri": "http://tarry/workflow/Demo_Mesh.owl#Demo_Mesh",
        "project": ADA.project,
        "document": b"<workflow/>",
        "title": "Mesh a part",
        "description": "",
        "inputs": (),
        "outputs": (),
        "version": 1,
        "published_version": 1,
        "imported_by": ADA.user,
        "imported_at": MORNING,
    }
    return WorkflowEntry(**(plain | facts))  # type: ignore[arg-type]
