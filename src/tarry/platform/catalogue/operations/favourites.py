"""Workflows that somebody likes best: theirs alone, and for each project."""

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.operations.sight import find_workflow
from tarry.platform.kernel.errors import NotAllowed
from tarry.platform.kernel.interfaces import Clock, Transactions
from tarry.platform.kernel.model import Caller, Right


async def list_favourites(catalogue: Transactions[Catalogue], caller: Caller) -> list[str]:
    """Give the names of the workflows that a caller likes best in their project, by name.

    One that is gone is still among them, and so is there again when it comes back.
    """
    caller.demand(Right.READ, "see favourites")
    found = await catalogue.read(lambda store: store.favourites(caller.user, caller.project))
    return sorted(found)


async def add_favourite(
    catalogue: Transactions[Catalogue], caller: Caller, name: str, *, clock: Clock
) -> None:
    """Note that a caller likes a workflow.

    Raises:
        NotFound: they see no such workflow.
        NotAllowed: it is not themselves who calls, but a program of theirs.
    """
    _demand_in_person(caller)
    now = clock()

    def work(store: Catalogue) -> None:
        find_workflow(store, caller, name)
        store.add_favourite(caller.user, caller.project, name, now)

    await catalogue.write(work)


async def remove_favourite(catalogue: Transactions[Catalogue], caller: Caller, name: str) -> None:
    """Note that a caller no longer likes a workflow, whether it is there or not.

    Raises:
        NotAllowed: it is not themselves who calls, but a program of theirs.
    """
    _demand_in_person(caller)
    await catalogue.write(lambda store: store.remove_favourite(caller.user, caller.project, name))


def _demand_in_person(caller: Caller) -> None:
    caller.demand(Right.READ, "choose favourites")
    if caller.execution is not None or caller.api_token:
        reason = "that is a person's own choice, and this is the token of a program"
        raise NotAllowed(who=caller.user_name, what="choose favourites", reason=reason)
