"""The values behind ids, as a place in a run sees them.

An id that is defined inside loops has there, and after them, the value of the newest round; who
stands before its definition in the same loop sees the round before. What did not run in that very
round has no value. Inside a for-each ids belong to their item, and are not seen outside.
"""

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from tarry.platform.executions.model.execution import Execution, Place
from tarry.platform.executions.model.facts import Items, Rounds, Side
from tarry.platform.executions.model.origins import (
    Alias,
    FromInput,
    FromItem,
    FromItems,
    FromLoop,
    FromManager,
    FromSides,
    FromStep,
)
from tarry.platform.executions.model.plan import Scope
from tarry.platform.workflows.model import (
    Condition,
    Constant,
    Repeat,
    Source,
    Wire,
    evaluate,
)
from tarry.platform.workflows.model.conditions import variables_of

_DEEPEST = 100
"""So many ids may stand for each other; more do so in a circle."""


class View(NamedTuple):
    """From where a value is looked at.

    Attributes:
        loops: the keys of the loops and for-eachs around, outermost first.
        iterations: of each of them.
        order: of the node that looks; what is defined at or after it was not yet in this round.
    """

    loops: tuple[str, ...]
    iterations: tuple[int, ...]
    order: int


class Value(NamedTuple):
    """What is behind an id.

    Attributes:
        text: the lexical form; `None`: there is no value.
        fresh: it comes from a step that this run has carried out itself. A run that resumes another
            takes over only what does not depend on such.
        known: names what only the manager knows; it is filled in at the call.
    """

    text: str | None = None
    fresh: bool = False
    known: str = ""


_NOTHING = Value()


def view_of(execution: Execution, place: Place) -> View:
    """Look from a node, before it has run."""
    scope = execution.plan.scopes[place.path]
    return View(scope.loops, place.iterations, scope.order)


def view_inside(execution: Execution, place: Place, iteration: int) -> View:
    """Look from the end of the body of a loop or for-each, in one of its iterations."""
    scope = execution.plan.scopes[place.path]
    return View((*scope.loops, place.path), (*place.iterations, iteration), scope.end + 1)


def view_after(execution: Execution, place: Place) -> View:
    """Look from the end of a node."""
    scope = execution.plan.scopes[place.path]
    return View(scope.loops, place.iterations, scope.end + 1)


def view_at_end(execution: Execution) -> View:
    """Look from the end of the document."""
    return View((), (), len(execution.plan.scopes) + 1)


def value_of(execution: Execution, source: Source | None, view: View, depth: int = 0) -> Value:
    """Give what a source is now."""
    match source:
        case None:
            return _NOTHING
        case Constant(text):
            return Value(text)
        case Wire(wire):
            origin = execution.plan.origins.get(wire)
        case _:
            assert_never(source)
    if origin is None or depth > _DEEPEST:
        return _NOTHING
    match origin:
        case FromManager(name):
            return Value(known=name)
        case FromInput(name):
            return Value(execution.inputs.get(name))
        case FromStep(key, port):
            return _output(execution, key, port, view)
        case FromSides():
            return _of_sides(execution, origin, view, depth + 1)
        case FromLoop(key):
            return _carried(execution, key, wire, view)
        case FromItem(key):
            return _item(execution, key, wire, view)
        case FromItems(key):
            return _gathered(execution, key, wire, view)
        case Alias(other):
            return value_of(execution, other, view, depth + 1)
        case _:
            assert_never(origin)


def holds(
    execution: Execution, condition: Condition, view: View, own: Mapping[str, str | None]
) -> bool:
    """Tell whether a condition holds.

    Args:
        execution: now.
        condition: the condition.
        view: from where it is asked.
        own: values by id that come before all others; `None`: there is none.

    Raises:
        NotComparable: it cannot be decided.
    """
    values: dict[str, str] = {}
    for wire in variables_of(condition):
        found = own[wire] if wire in own else value_of(execution, Wire(wire), view).text
        if found is not None:
            values[wire] = found
    return evaluate(condition, values, execution.plan.types)


def seen(execution: Execution, scope: Scope, view: View) -> tuple[int, ...] | None:
    """Tell in which iterations of the loops around it a node is seen; `None`: in none."""
    shared = 0
    most = min(len(scope.loops), len(view.loops))
    while shared < most and scope.loops[shared] == view.loops[shared]:
        shared += 1
    iterations = view.iterations[:shared]
    if shared and scope.order >= view.order:
        innermost = execution.plan.loops[scope.loops[shared - 1]]
        if not isinstance(innermost, Repeat) or iterations[-1] == 0:
            return None
        iterations = (*iterations[:-1], iterations[-1] - 1)
    for loop in scope.loops[shared:]:
        fact = execution.facts.get(Place(loop, iterations))
        if not isinstance(fact, Rounds) or fact.begun == 0:
            return None
        iterations = (*iterations, fact.begun - 1)
    return iterations


def _output(execution: Execution, key: str, port: str, view: View) -> Value:
    iterations = seen(execution, execution.plan.scopes[key], view)
    run = None if iterations is None else execution.at(Place(key, iterations))
    if run is None or not run.done:
        return _NOTHING
    return Value(run.outputs.get(port), fresh=run.taken_from is None)


def _of_sides(execution: Execution, origin: FromSides, view: View, depth: int) -> Value:
    iterations = seen(execution, execution.plan.scopes[origin.key], view)
    if iterations is None:
        return _NOTHING
    place = Place(origin.key, iterations)
    here = view_after(execution, place)
    if origin.decided:
        side = execution.facts.get(place)
        if not isinstance(side, Side):
            return _NOTHING
        return value_of(execution, origin.then if side.then else origin.otherwise, here, depth)
    found = value_of(execution, origin.then, here, depth)
    if found.text is None:
        return value_of(execution, origin.otherwise, here, depth)
    return found


def _carried(execution: Execution, key: str, wire: str, view: View) -> Value:
    iterations = seen(execution, execution.plan.scopes[key], view)
    fact = None if iterations is None else execution.facts.get(Place(key, iterations))
    if not isinstance(fact, Rounds):
        return _NOTHING
    return Value(fact.carried.get(wire), fresh=wire in fact.fresh)


def _item(execution: Execution, key: str, wire: str, view: View) -> Value:
    if key not in view.loops:
        return _NOTHING
    around = view.loops.index(key)
    fact = execution.facts.get(Place(key, view.iterations[:around]))
    if not isinstance(fact, Items):
        return _NOTHING
    return Value(fact.items[view.iterations[around]], fresh=wire in fact.fresh)


def _gathered(execution: Execution, key: str, wire: str, view: View) -> Value:
    iterations = seen(execution, execution.plan.scopes[key], view)
    fact = None if iterations is None else execution.facts.get(Place(key, iterations))
    if not isinstance(fact, Items) or fact.gathered is None:
        return _NOTHING
    return Value(fact.gathered.get(wire), fresh=wire in fact.fresh)
