"""Where a run stands in its document: which pieces of it are done."""

from typing import assert_never

from tarry.platform.executions.model.execution import Execution, Place
from tarry.platform.executions.model.facts import Items, Rounds, Side
from tarry.platform.workflows.model import (
    Branch,
    ForEach,
    Merge,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Step,
)


def is_done(execution: Execution, node: Node, iterations: tuple[int, ...]) -> bool:
    """Tell whether nothing is left to do in a piece of the document.

    A sequence is done with its last node, as that does not begin before the others are done.
    """
    match node:
        case Step(key=key):
            run = execution.at(Place(key, iterations))
            return run is not None and run.done
        case Merge() | Nested():
            return True
        case Sequence(nodes=nodes):
            for inner in reversed(nodes):
                if inner.key not in execution.plan.idle:
                    return is_done(execution, inner, iterations)
            return True
        case Parallel(branches=branches):
            return all(is_done(execution, branch, iterations) for branch in branches)
        case Branch(key=key, then=then, otherwise=otherwise):
            side = execution.facts.get(Place(key, iterations))
            if not isinstance(side, Side):
                return False
            return is_done(execution, then if side.then else otherwise, iterations)
        case Repeat(key=key) | ForEach(key=key):
            fact = execution.facts.get(Place(key, iterations))
            return isinstance(fact, Rounds | Items) and fact.over
        case _:
            assert_never(node)


def item_done(execution: Execution, place: Place) -> tuple[Place, int] | None:
    """Give the for-each, and which item of it is done because the node at this place is.

    Of nested ones it is the innermost; it is itself done only when that was written down.
    """
    key, iterations = place
    while True:
        around = execution.plan.around[key]
        if not around.last:
            return None
        match around.owner:
            case Sequence() | Branch():
                pass
            case Parallel(branches=branches):
                if not all(is_done(execution, branch, iterations) for branch in branches):
                    return None
            case ForEach(key=outer):
                return Place(outer, iterations[:-1]), iterations[-1]
            case _:
                return None
        key = around.owner.key
