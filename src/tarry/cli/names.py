"""Names and ids as people write them: in part, or nearly right."""

from typing import TYPE_CHECKING

from tarry.cli.failures import Failure, no_such

if TYPE_CHECKING:
    from tarry.client import Platform, Run, Service, Workflow

NEWEST = "last"
"""What stands for the newest run."""
SHORT = 8
"""Characters of a run's id that lists show; enough to name it."""


def workflow_named(platform: "Platform", name: str) -> "Workflow":
    """Find a workflow, or say which one was probably meant."""
    from tarry.client import PlatformError

    try:
        return platform.workflow(name)
    except PlatformError as error:
        if error.code != "not-found":
            raise
        known = [workflow.name for workflow in platform.workflows()]
        raise no_such("workflow", name, known) from error


def service_named(platform: "Platform", name: str) -> "Service":
    """Find a service, or say which one was probably meant."""
    from tarry.client import PlatformError

    try:
        return platform.service(name)
    except PlatformError as error:
        if error.code != "not-found":
            raise
        known = [service.name for service in platform.services()]
        raise no_such("service", name, known) from error


def run_named(platform: "Platform", name: str) -> "Run":
    """Find a run by its id, the start of it, or `last`."""
    from tarry.client import PlatformError

    if name == NEWEST:
        newest = platform.runs(limit=1)
        if not newest:
            raise Failure("There is no run yet.", hint="Start one: tarry run WORKFLOW name=value …")
        return platform.run(newest[0].id)
    try:
        return platform.run(name)
    except PlatformError as error:
        if error.code != "not-found":
            raise
    start = name.lower()
    found = [run.id for run in platform.runs(text=start) if run.id.startswith(start)]
    if len(found) == 1:
        return platform.run(found[0])
    if found:
        raise Failure(
            f"{name} could be any of these runs: {', '.join(found[:5])}",
            hint="Write more of its id.",
        )
    raise Failure(f"There is no run {name}.", hint="'tarry runs' lists them.")
