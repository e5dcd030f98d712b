"""Who may see a run, and who may do something about it."""

from tarry.platform.executions.interfaces import ExecutionStore
from tarry.platform.executions.model.views import RunView
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ExecutionId, Right


def run_of(store: ExecutionStore, caller: Caller, execution: ExecutionId) -> RunView:
    """Give a run that the caller may see.

    Raises:
        NotFound: there is none; a run of another project cannot be told from one that is not.
        NotAllowed: the caller may not see runs.
    """
    caller.demand(Right.READ, "see runs")
    found = store.run(execution)
    own = caller.execution is None or caller.execution == execution
    if found is None or found.project != caller.project or not own:
        raise NotFound(what="run", name=execution)
    return found


def refuse_runs(caller: Caller, what: str) -> None:
    """Refuse the token of a run where a person has to ask.

    Raises:
        NotAllowed: the caller holds the token of a run, or may not run anything.
    """
    if caller.execution is not None:
        raise NotAllowed(who="a run", what=what, reason="its token is good for its files only")
    caller.demand(Right.RUN, what)


def refuse_lists(caller: Caller, what: str) -> None:
    """Refuse the token of a run where it is about more than that run: services hold such tokens.

    Raises:
        NotAllowed: the caller holds the token of a run, or may not see runs.
    """
    if caller.execution is not None:
        raise NotAllowed(who="a run", what=what, reason="its token is good for that run only")
    caller.demand(Right.READ, what)


def refuse_trials(caller: Caller, what: str) -> None:
    """Refuse who may not try out what is not published: it is developers' work.

    Raises:
        NotAllowed: the caller may not develop, or may not start runs.
    """
    refuse_runs(caller, what)
    caller.demand(Right.DEVELOP, what)
