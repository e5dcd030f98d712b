"""Make users and projects, and list them: what the platform does without being asked."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

import structlog

from tarry.platform.accounts.interfaces import Accounts, Passwords, Randomness
from tarry.platform.accounts.model.people import (
    Project,
    User,
    checked_name,
    checked_password,
    password_from,
)
from tarry.platform.accounts.model.roles import DEFAULT_ROLES, Role
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import ProjectId, UserId

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Ensured:
    """A user that is there now.

    Attributes:
        password: set if the user was made just now; it is stored nowhere in this form.
    """

    user: User
    project: Project
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is said of somebody who is to be a user.

    Attributes:
        password: `None` if one is to be made.
    """

    name: str
    password: str | None = field(default=None, repr=False)
    email: str = ""
    description: str = ""
    administrator: bool = False


async def create_project(
    accounts: Transactions[Accounts],
    name: str,
    description: str = "",
    *,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> Project:
    """Make a project.

    Raises:
        BadName: it cannot have that name.
        Exists: there is one of that name.
    """
    project = new_project(name, description, clock=clock, randomness=randomness)
    await accounts.write(lambda store: store.add_project(project))
    return project


async def create_user(
    accounts: Transactions[Accounts],
    *,
    name: str,
    project: Project,
    passwords: Passwords,
    password: str | None = None,
    email: str = "",
    description: str = "",
    roles: Collection[Role] = DEFAULT_ROLES,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> tuple[User, str]:
    """Make a user who works in a project; gives user and password, generated if there is none.

    Raises:
        BadName: the user cannot have that name.
        BadPassword: the password cannot be used.
        Exists: there is a user of that name.
    """
    given = Given(name=name, password=password, email=email, description=description)
    user, chosen = await new_user(given, passwords=passwords, clock=clock, randomness=randomness)

    def work(store: Accounts) -> None:
        store.add_user(user)
        store.add_member(user.id, project.id, user.created_at)
        for role in roles:
            store.grant_role(user.id, project.id, role)

    await accounts.write(work)
    return user, chosen


async def ensure_user(
    accounts: Transactions[Accounts],
    *,
    name: str,
    project: str,
    passwords: Passwords,
    password: str | None = None,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> Ensured:
    """Make sure that a user and a project exist and belong together; what is there stays.

    The password of a user who exists is never touched.
    """
    place = await accounts.read(lambda store: store.project_named(name=project))
    if place is None:
        place = await create_project(accounts, project, clock=clock, randomness=randomness)
    user = await accounts.read(lambda store: store.user_named(name))
    if user is not None:
        kept, home, now = user, place, clock()

        def join(store: Accounts) -> None:
            if not store.is_member(kept.id, home.id):
                store.add_member(kept.id, home.id, now)
                for role in DEFAULT_ROLES:
                    store.grant_role(kept.id, home.id, role)

        await accounts.write(join)
        return Ensured(user=user, project=place)
    made, chosen = await create_user(
        accounts,
        name=name,
        project=place,
        passwords=passwords,
        password=password,
        clock=clock,
        randomness=randomness,
    )
    log.info("user.created", user=name, project=project)
    return Ensured(user=made, project=place, password=chosen)


def new_project(name: str, description: str, *, clock: Clock, randomness: Randomness) -> Project:
    """Make the value of a new project.

    Raises:
        BadName: it cannot have that name.
    """
    return Project(
        id=ProjectId(randomness(16).hex()),
        name=checked_name("project", name),
        description=description,
        created_at=clock(),
    )


async def new_user(
    given: Given, *, passwords: Passwords, clock: Clock, randomness: Randomness
) -> tuple[User, str]:
    """Make the value of a new user; gives the password too, made if none was given.

    Raises:
        BadName: the user cannot have that name.
        BadPassword: the password cannot be used.
    """
    checked_name("user", given.name)
    chosen = password_from(randomness(32)) if given.password is None else given.password
    hashed = await passwords.hash(checked_password(chosen, user_name=given.name))
    user = User(
        id=UserId(randomness(16).hex()),
        name=given.name,
        email=given.email,
        description=given.description,
        password_hash=hashed,
        active=True,
        created_at=clock(),
        administrator=given.administrator,
    )
    return user, chosen


async def list_users(accounts: Transactions[Accounts]) -> tuple[User, ...]:
    """Give all users, by name."""
    return await accounts.read(lambda store: store.users())


async def list_projects(accounts: Transactions[Accounts]) -> tuple[Project, ...]:
    """Give all projects, by name."""
    return await accounts.read(lambda store: store.projects())
