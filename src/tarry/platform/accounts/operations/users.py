"""What administrators and admins of projects do with users, and users with themselves."""

import secrets
from collections.abc import Collection
from dataclasses import replace

import structlog

from tarry.platform.accounts.errors import RunsGoOn
from tarry.platform.accounts.interfaces import Accounts, Passwords, Randomness
from tarry.platform.accounts.model.people import User, password_from
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations.people import Given, new_user
from tarry.platform.accounts.operations.rights import (
    checked_email,
    demand_in,
    demand_in_person,
    keep_an_administrator,
    project_called,
    user_called,
)
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import WHOLE, Caller, Deed, Right, Stretch

log = structlog.get_logger()


async def see_users(
    accounts: Transactions[Accounts], caller: Caller, stretch: Stretch = WHOLE
) -> tuple[User, ...]:
    """Give the users, by name: all for an administrator, those of the project for its admin.

    Raises:
        NotAllowed: the caller manages neither.
    """
    if caller.may(Right.OPERATE):
        return await accounts.read(lambda store: store.users(stretch))
    caller.demand(Right.ADMIN, "see the users")
    members = await accounts.read(lambda store: store.members(caller.project, stretch))
    return tuple(member.user for member in members)


async def add_user(
    accounts: Transactions[Accounts],
    caller: Caller,
    given: Given,
    *,
    project: str,
    passwords: Passwords,
    roles: Collection[Role] = frozenset({Role.USER}),
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> tuple[User, str]:
    """Make a user who works in a project; gives user and password, generated if none is given.

    Raises:
        BadName, BadPassword, BadEmail: what is given cannot be used.
        Exists: there is a user of that name.
        NotFound: there is no such project.
        NotAllowed: the caller does not manage that project.
    """
    place = await accounts.read(lambda store: project_called(store, project))
    demand_in(caller, place, "make a user")
    if given.administrator:
        caller.demand(Right.OPERATE, "make an administrator")
    checked_email(given.email)
    user, password = await new_user(given, passwords=passwords, clock=clock, randomness=randomness)
    facts = {"project": place.name, "roles": " ".join(sorted(roles))}

    def work(store: Accounts) -> None:
        store.add_user(user)
        store.add_member(user.id, place.id, user.created_at)
        for role in roles:
            store.grant_role(user.id, place.id, role)
        store.add_deed(
            Deed(
                caller=caller,
                action="user.made",
                subject=user.name,
                facts=facts,
                at=user.created_at,
            )
        )

    await accounts.write(work)
    log.info("user.made", user=user.name, by=caller.user_name)
    return user, password


async def change_user(
    accounts: Transactions[Accounts],
    caller: Caller,
    user: str,
    *,
    email: str | None = None,
    description: str | None = None,
    active: bool | None = None,
    administrator: bool | None = None,
    clock: Clock = utc_now,
) -> User:
    """Change what is said of a user; `None` leaves it as it is.

    Who is no longer active is logged out, and their tokens are worthless until they are again.

    Raises:
        NotFound: there is no such user.
        BadEmail: it cannot be one.
        LastAdministrator: nobody could manage the platform then.
        NotAllowed: the caller is no administrator.
    """
    caller.demand(Right.OPERATE, "change a user")
    checked_email(email or "")
    asked = {
        "email": email,
        "description": description,
        "active": active,
        "administrator": administrator,
    }
    changes = {name: value for name, value in asked.items() if value is not None}
    facts = {name: str(value).lower() for name, value in changes.items() if name != "description"}
    now = clock()

    def work(store: Accounts) -> User:
        known = user_called(store, user)
        changed = replace(known, **changes)  # type: ignore[arg-type]
        if not (changed.active and changed.administrator):
            keep_an_administrator(store, known)
        store.change_user(changed)
        if not changed.active:
            store.end_sessions(known.id)
        store.add_deed(
            Deed(caller=caller, action="user.changed", subject=known.name, facts=facts, at=now)
        )
        return changed

    return await accounts.write(work)


async def remove_user(
    accounts: Transactions[Accounts], caller: Caller, user: str, *, clock: Clock = utc_now
) -> User:
    """Forget a user. What they have started and made stays.

    Raises:
        NotFound: there is no such user.
        RunsGoOn: runs of theirs would lose their access.
        LastAdministrator: nobody could manage the platform then.
        NotAllowed: the caller is no administrator.
    """
    caller.demand(Right.OPERATE, "remove a user")
    now = clock()

    def work(store: Accounts) -> User:
        known = user_called(store, user)
        keep_an_administrator(store, known)
        if count := store.open_run_tokens(known.id):
            raise RunsGoOn(user=known.name, count=count)
        store.remove_user(known.id)
        store.add_deed(
            Deed(
                caller=caller,
                action="user.removed",
                subject=known.name,
                facts={"id": known.id},
                at=now,
            )
        )
        return known

    removed = await accounts.write(work)
    log.info("user.removed", user=removed.name, by=caller.user_name)
    return removed


async def reset_password(
    accounts: Transactions[Accounts],
    caller: Caller,
    user: str,
    *,
    passwords: Passwords,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> str:
    """Give a user another password, generated, and give it to who asks: it is shown this once.

    All sessions of the user end, and all API tokens are revoked: whoever has lost a password may
    have lost more.

    Raises:
        NotFound: there is no such user.
        NotAllowed: the caller is no administrator.
    """
    caller.demand(Right.OPERATE, "reset a password")
    password = password_from(randomness(32))
    hashed = await passwords.hash(password)
    now = clock()

    def work(store: Accounts) -> None:
        known = user_called(store, user)
        store.set_password(known.id, hashed)
        store.end_sessions(known.id)
        store.forget_attempts(known.name)
        for token in store.api_tokens(user=known.id):
            store.remove_api_token(token.id)
        store.add_deed(
            Deed(caller=caller, action="password.reset", subject=known.name, facts={}, at=now)
        )

    await accounts.write(work)
    return password


async def change_email(
    accounts: Transactions[Accounts], caller: Caller, email: str, *, clock: Clock = utc_now
) -> None:
    """Change the caller's own e-mail address.

    Raises:
        BadEmail: it cannot be one.
        NotAllowed: the caller has not logged in.
    """
    demand_in_person(caller, "change an e-mail address")
    checked_email(email)
    now = clock()

    def work(store: Accounts) -> None:
        known = store.user(caller.user)
        if known is None:
            raise NotFound(what="user", name=caller.user_name)
        store.change_user(replace(known, email=email))
        store.add_deed(
            Deed(
                caller=caller,
                action="email.changed",
                subject=known.name,
                facts={"email": email},
                at=now,
            )
        )

    await accounts.write(work)
