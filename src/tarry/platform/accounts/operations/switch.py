"""Go on in another project without logging in again."""

import secrets

import structlog

from tarry.platform.accounts.interfaces import Accounts, Randomness
from tarry.platform.accounts.model.people import SESSION_LASTS, Session
from tarry.platform.accounts.model.tokens import session_token, token_hash
from tarry.platform.accounts.operations.log_in import LoggedIn, as_caller
from tarry.platform.kernel.errors import NotFound, NotLoggedIn
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, Deed

log = structlog.get_logger()


async def switch_project(
    accounts: Transactions[Accounts],
    caller: Caller,
    token: str,
    project: str,
    *,
    clock: Clock = utc_now,
    randomness: Randomness = secrets.token_bytes,
) -> LoggedIn:
    """Open a session in another project in the place of the one of a token, which ends.

    It lasts no longer than the one before: who wants to stay longer logs in again.

    Raises:
        NotLoggedIn: the token is not that of a session.
        NotFound: the caller works in no such project.
    """
    now = clock()
    fresh = session_token(randomness(32))

    def work(store: Accounts) -> tuple[Caller, Session]:
        old, user = store.session(token_hash(token)), store.user(caller.user)
        if old is None or user is None or old.expires_at <= now:
            raise NotLoggedIn(reason="Only a log-in can go on in another project")
        place = store.project_named(project)
        may = place is not None and (user.administrator or store.is_member(user.id, place.id))
        if place is None or not may:
            raise NotFound(what="project", name=project[:80])
        store.end_session(old.token_hash)
        session = Session(
            token_hash=token_hash(fresh),
            user=user.id,
            project=place.id,
            created_at=now,
            expires_at=min(old.expires_at, now + SESSION_LASTS),
        )
        store.add_session(session)
        roles = store.roles(user.id, place.id)
        found = as_caller(user, place, roles, address=caller.address)
        store.add_deed(
            Deed(caller=found, action="session.opened", subject=user.name, facts={}, at=now)
        )
        return found, session

    found, session = await accounts.write(work)
    log.info("session.opened", user=found.user_name, project=found.project_name)
    return LoggedIn(token=fresh, caller=found, expires_at=session.expires_at)
