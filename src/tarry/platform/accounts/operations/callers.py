"""Know who calls by the token that they show."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.people import ApiToken
from tarry.platform.accounts.model.roles import OF_RUNS, within
from tarry.platform.accounts.model.tokens import (
    Keys,
    is_api_token,
    is_session_token,
    token_hash,
)
from tarry.platform.accounts.operations.log_in import as_caller, log_out
from tarry.platform.kernel.errors import NotLoggedIn
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, UserId

REMEMBERED = timedelta(seconds=10)
MOST_REMEMBERED = 10_000
USE_NOTED_EVERY = timedelta(minutes=1)


async def caller_of(
    accounts: Transactions[Accounts], token: str, *, keys: Keys, clock: Clock = utc_now
) -> Caller:
    """Tell who calls, by the token of a session, of a run or of a program.

    Raises:
        NotLoggedIn: the token is not one of ours, has expired, or its run is over.
    """
    caller, _ = await _look_up(accounts, token, keys, clock())
    return caller


@dataclass
class Callers:
    """Answers `caller_of` from memory for a few seconds, as every request asks it.

    So a token that ends elsewhere may live on for that long; one that ends here does not. What is
    not valid is never remembered, or garbage would fill the memory.
    """

    accounts: Transactions[Accounts]
    keys: Keys
    clock: Clock = utc_now
    _known: dict[str, tuple[Caller, datetime]] = field(default_factory=dict, repr=False)

    async def of(self, token: str) -> Caller:
        """Tell who calls.

        Raises:
            NotLoggedIn: the token is not one of ours, has expired, or its run is over.
        """
        now = self.clock()
        known = self._known.get(token_hash(token))
        # A clock that was set back must not make a memory last.
        if known and now < known[1] <= now + REMEMBERED:
            return known[0]
        caller, expires_at = await _look_up(self.accounts, token, self.keys, now)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[token_hash(token)] = (caller, min(expires_at, now + REMEMBERED))
        return caller

    async def log_out(self, token: str) -> bool:
        """End the session of a token here and now; tells whether it was one."""
        ended = await log_out(self.accounts, token)
        self.forget(token)
        return ended

    def forget(self, token: str) -> None:
        """Look a token up again when it is shown next."""
        self._known.pop(token_hash(token), None)

    def forget_all(self) -> None:
        """Look all tokens up again: rights of many may have changed."""
        self._known.clear()

    def forget_user(self, user: UserId) -> None:
        """Look all tokens of a user up again: the password or the rights have changed."""
        self._known = {key: kept for key, kept in self._known.items() if kept[0].user != user}


async def _look_up(
    accounts: Transactions[Accounts], token: str, keys: Keys, now: datetime
) -> tuple[Caller, datetime]:
    """Give the caller, and until when the token is good at most."""
    if execution := keys.run_of(token):
        return await accounts.read(lambda store: _of_run(store, execution, now))
    if is_api_token(token):
        found, caller = await accounts.read(lambda store: _of_api_token(store, token, now))
        used = found.last_used_at
        if used is None or not used <= now < used + USE_NOTED_EVERY:
            await accounts.write(lambda store: store.note_use(found.id, now))
        return caller, found.expires_at or now + REMEMBERED
    if not is_session_token(token):
        raise NotLoggedIn(reason="The token is not valid" if token else "No token was given")
    return await accounts.read(lambda store: _of_session(store, token_hash(token), now))


def _of_session(store: Accounts, hashed: str, now: datetime) -> tuple[Caller, datetime]:
    session = store.session(hashed)
    if session is None or session.expires_at <= now:
        raise NotLoggedIn(reason="The token is not valid, or it has expired")
    return _member(store, session.user, session.project), session.expires_at


def _of_api_token(store: Accounts, token: str, now: datetime) -> tuple[ApiToken, Caller]:
    found = store.api_token(token_hash(token))
    if found is None or (found.expires_at is not None and found.expires_at <= now):
        raise NotLoggedIn(reason="The token is not valid, or it has expired or was revoked")
    owner = _member(store, found.user, found.project)
    rights = within(found.scopes, owner.rights)
    return found, replace(owner, rights=rights, api_token=found.id)


def _of_run(store: Accounts, execution: ExecutionId, now: datetime) -> tuple[Caller, datetime]:
    token = store.run_token(execution)
    if token is None or token.ended_at is not None:
        raise NotLoggedIn(reason="The run of this token is over")
    owner = _member(store, token.user, token.project)
    caller = replace(owner, execution=execution, rights=OF_RUNS)
    return caller, now + REMEMBERED


def _member(store: Accounts, user: UserId, project: ProjectId) -> Caller:
    found, place = store.user(user), store.project(project)
    works_there = found is not None and (found.administrator or store.is_member(user, project))
    if found is None or place is None or not found.active or not works_there:
        raise NotLoggedIn(reason="The user of this token may no longer work in its project")
    return as_caller(found, place, store.roles(user, project))
