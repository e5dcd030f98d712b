"""The tokens that users make for their programs: named, limited by scopes, and revocable."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from tarry.platform.accounts.errors import BadExpiry
from tarry.platform.accounts.interfaces import Accounts, Randomness
from tarry.platform.accounts.model.people import ApiToken, User, checked_name
from tarry.platform.accounts.model.tokens import api_token, token_hash
from tarry.platform.accounts.operations.rights import demand_in_person
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import WHOLE, Caller, Deed, Right, Stretch

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class MadeToken:
    """A token that was made just now. Its text is shown this once and stored nowhere."""

    text: str = field(repr=False)
    kept: ApiToken


@dataclass(frozen=True, kw_only=True)
class ListedToken:
    """A token in a list, with the names of its user and project."""

    kept: ApiToken
    user_name: str
    project_name: str


async def make_api_token(
    accounts: Transactions[Accounts],
    caller: Caller,
    *,
    name: str,
    scopes: Collection[Right],
    expires_at: datetime | None = None,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> MadeToken:
    """Make a token for a program of the caller's, good in the project of their log-in.

    Args:
        accounts: the store.
        caller: somebody who has logged in.
        name: what it is for.
        scopes: what it lets through of what the caller may do; later the user may have more or
            less rights, the token never has more than them.
        expires_at: `None` if it is good until it is revoked.
        clock: gives the instant.
        randomness: makes the token.

    Raises:
        BadName: it cannot have that name.
        BadExpiry: it would have expired.
        Exists: the caller has one of that name.
        NotAllowed: the caller has no right that a scope names, or has not logged in.
    """
    demand_in_person(caller, "make a token")
    for scope in scopes:
        caller.demand(scope, f"make a token with the scope '{scope}'")
    if not scopes:
        reason = "it would have no scope"
        raise NotAllowed(who=caller.user_name, what="make a token", reason=reason)
    now = clock()
    if expires_at is not None and expires_at <= now:
        raise BadExpiry(at=expires_at.isoformat())
    text = api_token(randomness(32))
    kept = ApiToken(
        id=randomness(8).hex(),
        token_hash=token_hash(text),
        name=checked_name("token", name),
        user=caller.user,
        project=caller.project,
        scopes=frozenset(scopes),
        created_at=now,
        expires_at=expires_at,
    )
    facts = {"scopes": " ".join(sorted(scopes)), "id": kept.id}

    def work(store: Accounts) -> None:
        store.add_api_token(kept)
        store.add_deed(Deed(caller=caller, action="token.made", subject=name, facts=facts, at=now))

    await accounts.write(work)
    log.info("token.made", user=caller.user_name, token=kept.id)
    return MadeToken(text=text, kept=kept)


async def list_api_tokens(
    accounts: Transactions[Accounts],
    caller: Caller,
    stretch: Stretch = WHOLE,
    *,
    of_all: bool = False,
) -> Sequence[ListedToken]:
    """List tokens, by name: the caller's own, or all of the project for its admin.

    An administrator of the platform gets those of all projects.

    Raises:
        NotAllowed: the caller may not see others' tokens; runs see none.
    """
    if caller.execution is not None:
        raise NotAllowed(who="A run", what="list tokens", reason="it acts for its owner")
    everywhere = caller.may(Right.OPERATE)
    if of_all and not everywhere:
        caller.demand(Right.ADMIN, "list the tokens of others")

    def work(store: Accounts) -> list[ListedToken]:
        found = (
            store.api_tokens(project=None if everywhere else caller.project, stretch=stretch)
            if of_all
            else store.api_tokens(user=caller.user, stretch=stretch)
        )
        return [_listed(store, token) for token in found]

    return await accounts.read(work)


async def revoke_api_token(
    accounts: Transactions[Accounts], caller: Caller, token: str, *, clock: Clock = utc_now
) -> ApiToken:
    """Make a token worthless: one's own, or in the project that one manages.

    Args:
        accounts: the store.
        caller: who wants it. A program may revoke its own token only.
        token: its id, or its name if it is the caller's own.
        clock: gives the instant.

    Raises:
        NotFound: there is no such token, for this caller.
    """
    now = clock()

    def work(store: Accounts) -> ApiToken:
        found = next((it for it in store.api_tokens() if _means(caller, it, token)), None)
        if found is None:
            raise NotFound(what="API token", name=token[:80])
        owner = store.user(found.user)
        store.remove_api_token(found.id)
        facts = {"id": found.id, "user": owner.name if owner else ""}
        store.add_deed(
            Deed(caller=caller, action="token.revoked", subject=found.name, facts=facts, at=now)
        )
        return found

    revoked = await accounts.write(work)
    log.info("token.revoked", user=caller.user_name, token=revoked.id)
    return revoked


def _means(caller: Caller, token: ApiToken, wanted: str) -> bool:
    """Tell whether a caller may revoke a token and means this one."""
    if caller.execution is not None:
        return False
    if caller.api_token:
        return caller.api_token == token.id == wanted
    if token.user == caller.user and wanted in {token.id, token.name}:
        return True
    manages = caller.may(Right.OPERATE) or (
        caller.may(Right.ADMIN) and token.project == caller.project
    )
    return manages and wanted == token.id


def _listed(store: Accounts, token: ApiToken) -> ListedToken:
    user: User | None = store.user(token.user)
    project = store.project(token.project)
    return ListedToken(
        kept=token,
        user_name=user.name if user else "",
        project_name=project.name if project else "",
    )
