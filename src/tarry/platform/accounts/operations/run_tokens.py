"""The tokens of runs: what a service gets instead of the token of a user."""

from tarry.platform.accounts.errors import RunTokenTaken
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.people import RunToken
from tarry.platform.accounts.model.tokens import Keys, is_execution_id
from tarry.platform.kernel.errors import NotFound
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, ExecutionId, Right


async def open_run_token(
    accounts: Transactions[Accounts],
    execution: ExecutionId,
    caller: Caller,
    *,
    keys: Keys,
    clock: Clock = utc_now,
) -> str:
    """Make the token of a run good, and give it; the run acts for the caller.

    Doing it again for the same caller changes nothing, and does not revive a token that has ended.

    Raises:
        RunTokenTaken: it belongs to another user or project.
    """
    token = keys.run_token(execution)
    now = clock()

    def work(store: Accounts) -> None:
        known = store.run_token(execution)
        if known is None:
            opened = RunToken(
                execution=execution, user=caller.user, project=caller.project, opened_at=now
            )
            store.add_run_token(opened)
        elif (known.user, known.project) != (caller.user, caller.project):
            raise RunTokenTaken(execution=execution)

    await accounts.write(work)
    return token


async def own_run_token(
    accounts: Transactions[Accounts], execution: str, caller: Caller, *, keys: Keys
) -> str:
    """Give the token of a run that goes on to its owner.

    Raises:
        NotFound: there is no such run, it is over, or it belongs to somebody else.
        NotAllowed: the caller may not run anything: a run's token may do more than they.
    """
    if caller.execution is None:
        caller.demand(Right.RUN, "have the token of a run")
    found = (
        await accounts.read(lambda store: store.run_token(ExecutionId(execution)))
        if is_execution_id(execution)
        else None
    )
    mine = found and (found.user, found.project) == (caller.user, caller.project)
    if caller.execution not in {None, execution}:
        mine = False  # a run is good for itself only
    if found is None or not mine or found.ended_at is not None:
        raise NotFound(what="run of yours that goes on with the id", name=repr(execution[:80]))
    return keys.run_token(found.execution)


async def close_run_token(
    accounts: Transactions[Accounts], execution: ExecutionId, *, clock: Clock = utc_now
) -> bool:
    """End the token of a run that is over; tells whether it was good until now."""
    now = clock()
    return await accounts.write(lambda store: store.end_run_token(execution, now))
