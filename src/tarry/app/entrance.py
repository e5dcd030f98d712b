"""Wiring what answers requests."""

from functools import partial
from typing import TYPE_CHECKING

from tarry.app.doors import Doors, endpoints
from tarry.platform.accounts.api.authmanager import AuthManager
from tarry.platform.accounts.api.projects import Projects
from tarry.platform.accounts.api.users import Users
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import Callers, list_projects
from tarry.platform.catalogue.model.services import SHARED
from tarry.platform.executions.api.push import PushDoor
from tarry.platform.executions.api.workflow_manager import WorkflowManager
from tarry.platform.portal.interfaces import Rooms
from tarry.platform.portal.operations import (
    BoundAccounts,
    BoundCatalogue,
    BoundFiles,
    BoundPeople,
    BoundRequests,
    BoundRuns,
)

if TYPE_CHECKING:
    from tarry.app.platform import Platform


def doors_of(platform: "Platform", keys: Keys) -> Doors:
    """Wire the doors of a platform."""
    callers = Callers(accounts=platform.accounts, keys=keys)
    attempts = Attempts()
    return Doors(
        settings=platform.settings,
        keys=keys,
        rooms=_rooms(platform, callers, attempts),
        authentication=AuthManager(
            accounts=platform.accounts,
            callers=callers,
            passwords=platform.passwords,
            attempts=attempts,
            keys=keys,
            endpoints=endpoints(platform.settings),
            count_workflows=partial(_count_workflows, platform),
        ),
        users=Users(
            accounts=platform.accounts,
            callers=callers,
            passwords=platform.passwords,
            attempts=attempts,
        ),
        projects=Projects(accounts=platform.accounts, callers=callers),
        workflow_manager=WorkflowManager(room=platform.room, callers=callers, keys=keys),
        push=PushDoor(platform.room),
        healthy=platform.database.is_alive,
        leads=lambda: platform.leads,
        figures=platform.figures().text,
    )


def _rooms(platform: "Platform", callers: Callers, attempts: Attempts) -> Rooms:
    return Rooms(
        accounts=BoundAccounts(
            accounts=platform.accounts,
            callers=callers,
            passwords=platform.passwords,
            attempts=attempts,
        ),
        people=BoundPeople(
            accounts=platform.accounts, callers=callers, passwords=platform.passwords
        ),
        catalogue=BoundCatalogue(catalogue=platform.catalogue, wsdls=platform.wsdls),
        shelf=platform.shelf,
        runs=BoundRuns(platform.room),
        files=BoundFiles(platform.files),
        requests=BoundRequests(accounts=platform.accounts),
    )


async def _count_workflows(platform: "Platform") -> int:
    projects = [project.id for project in await list_projects(platform.accounts)]
    found = await platform.catalogue.read(lambda store: store.workflows([*projects, SHARED]))
    return len(found)
