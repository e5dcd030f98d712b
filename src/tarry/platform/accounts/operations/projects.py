"""Projects and who works in them."""

import secrets
from collections.abc import Collection

import structlog

from tarry.platform.accounts.interfaces import Accounts, Randomness
from tarry.platform.accounts.model.people import Member, Project, User
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations.people import new_project
from tarry.platform.accounts.operations.rights import demand_in, project_called, user_called
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import WHOLE, Caller, Deed, Right, Stretch

log = structlog.get_logger()


async def see_projects(
    accounts: Transactions[Accounts], caller: Caller, stretch: Stretch = WHOLE
) -> tuple[Project, ...]:
    """Give the projects, by name: all for an administrator, else those that the caller works in."""
    if caller.may(Right.OPERATE):
        return await accounts.read(lambda store: store.projects(stretch))
    if caller.execution is not None or caller.api_token:  # they are good for one project only
        found = await accounts.read(lambda store: store.project(caller.project))
        return () if found is None or found.name <= stretch.after else (found,)
    return await accounts.read(lambda store: store.projects_of(caller.user, stretch))


async def add_project(
    accounts: Transactions[Accounts],
    caller: Caller,
    name: str,
    description: str = "",
    *,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> Project:
    """Make a project.

    Raises:
        BadName: it cannot have that name.
        Exists: there is one of that name, or there was.
        NotAllowed: the caller is no administrator.
    """
    caller.demand(Right.OPERATE, "make a project")
    project = new_project(name, description, clock=clock, randomness=randomness)

    def work(store: Accounts) -> None:
        store.add_project(project)
        store.add_deed(
            Deed(
                caller=caller, action="project.made", subject=name, facts={}, at=project.created_at
            )
        )

    await accounts.write(work)
    return project


async def close_project(
    accounts: Transactions[Accounts], caller: Caller, project: str, *, clock: Clock = utc_now
) -> Project:
    """Close a project: nobody works in it any more, and its runs lose their access.

    What it has made stays where it is, and so does its name: storage URIs hold it.

    Raises:
        NotFound: there is no such project.
        NotAllowed: the caller is no administrator.
    """
    caller.demand(Right.OPERATE, "remove a project")
    now = clock()

    def work(store: Accounts) -> Project:
        known = project_called(store, project)
        store.close_project(known.id, now)
        store.add_deed(
            Deed(
                caller=caller,
                action="project.closed",
                subject=known.name,
                facts={"id": known.id},
                at=now,
            )
        )
        return known

    closed = await accounts.write(work)
    log.info("project.closed", project=closed.name, by=caller.user_name)
    return closed


async def list_members(
    accounts: Transactions[Accounts], caller: Caller, project: str, stretch: Stretch = WHOLE
) -> tuple[Member, ...]:
    """Give who works in a project and in which roles, by name.

    Raises:
        NotFound: there is no such project.
        NotAllowed: the caller does not manage it.
    """

    def work(store: Accounts) -> tuple[Member, ...]:
        place = project_called(store, project)
        demand_in(caller, place, "see the members of a project")
        return store.members(place.id, stretch)

    return await accounts.read(work)


async def roles_in(
    accounts: Transactions[Accounts], caller: Caller, user: str, project: str
) -> frozenset[str]:
    """Give the roles of a user in a project; everybody may ask for their own.

    Raises:
        NotFound: there is no such user or project.
        NotAllowed: the caller manages neither.
    """

    def work(store: Accounts) -> frozenset[str]:
        known, place = user_called(store, user), project_called(store, project)
        if known.id != caller.user:
            demand_in(caller, place, "see the roles of others")
        return store.roles(known.id, place.id)

    return await accounts.read(work)


async def set_roles(
    accounts: Transactions[Accounts],
    caller: Caller,
    user: str,
    project: str,
    *,
    add: Collection[Role] = (),
    withdraw: Collection[Role] = (),
    clock: Clock = utc_now,
) -> User:
    """Let a user work in a project, and give or take roles there.

    Raises:
        NotFound: there is no such user or project.
        NotAllowed: the caller does not manage that project.
    """
    now = clock()

    def work(store: Accounts) -> User:
        known, place = _managed(store, caller, user, project, "change who works in a project")
        before = store.roles(known.id, place.id)
        store.add_member(known.id, place.id, now)
        for role in withdraw:
            store.withdraw_role(known.id, place.id, role)
        for role in add:
            store.grant_role(known.id, place.id, role)
        facts = {
            "project": place.name,
            "before": " ".join(sorted(before)),
            "now": " ".join(sorted(store.roles(known.id, place.id))),
        }
        store.add_deed(
            Deed(caller=caller, action="roles.changed", subject=known.name, facts=facts, at=now)
        )
        return known

    return await accounts.write(work)


async def remove_member(
    accounts: Transactions[Accounts],
    caller: Caller,
    user: str,
    project: str,
    *,
    clock: Clock = utc_now,
) -> User:
    """Let a user no longer work in a project; their roles there are gone.

    Raises:
        NotFound: there is no such user or project, or the user does not work there.
        NotAllowed: the caller does not manage that project.
    """
    now = clock()

    def work(store: Accounts) -> User:
        known, place = _managed(store, caller, user, project, "change who works in a project")
        if not store.remove_member(known.id, place.id):
            raise NotFound(what=f"member of {place.name} called", name=known.name)
        facts = {"project": place.name}
        store.add_deed(
            Deed(caller=caller, action="member.removed", subject=known.name, facts=facts, at=now)
        )
        return known

    return await accounts.write(work)


def _managed(
    store: Accounts, caller: Caller, user: str, project: str, what: str
) -> tuple[User, Project]:
    """Find a user and a project that the caller manages. Who does not learns of no user."""
    place = project_called(store, project)
    demand_in(caller, place, what)
    return user_called(store, user), place
