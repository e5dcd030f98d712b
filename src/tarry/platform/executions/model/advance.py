"""Going on through a document: what follows on what is done, and what may begin.

`enter` looks at a piece of the document from its beginning; it begins what may begin there, and is
asked again after a restart. `leave` is told that one node is done, and looks at what comes after it
only, so that a long run costs no more for each of its steps than a short one.

Both tell whether a piece is done. Once the draft is at rest, nothing more begins.
"""

from typing import assert_never

from tarry.contract.lists import NotAList, read_list, write_list
from tarry.contract.ports import MAX_ITEMS
from tarry.platform.executions.model import records
from tarry.platform.executions.model.draft import UNDEFINED, Draft, begin
from tarry.platform.executions.model.execution import Place
from tarry.platform.executions.model.facts import Items, Rounds, Side
from tarry.platform.executions.model.states import StepState
from tarry.platform.executions.model.survey import is_done
from tarry.platform.executions.model.values import (
    Value,
    View,
    holds,
    value_of,
    view_inside,
    view_of,
)
from tarry.platform.workflows.model import (
    Branch,
    Condition,
    ForEach,
    Merge,
    Nested,
    Node,
    NotComparable,
    Parallel,
    Repeat,
    Sequence,
    Step,
)

ENDLESS = "endless-loop"
NOT_A_LIST = "not-a-list"
TOO_MANY = "too-many-items"

_Iterations = tuple[int, ...]


def enter(draft: Draft, node: Node, iterations: _Iterations) -> bool:
    """Begin in a piece of the document whatever may begin; tells whether all of it is done."""
    if draft.at_rest:
        return False
    match node:
        case Step():
            return _step(draft, node, Place(node.key, iterations))
        case Sequence(nodes=nodes):
            return all(enter(draft, inner, iterations) for inner in nodes)
        case Parallel(branches=branches):
            done = [enter(draft, branch, iterations) for branch in branches]  # each of them
            return all(done)
        case Branch():
            return _branch(draft, node, iterations)
        case Repeat():
            return _repeat(draft, node, iterations)
        case ForEach():
            return _for_each(draft, node, iterations, 0)
        case Merge() | Nested():  # values are looked up where they are used; nothing is nested here
            return True
        case _:
            assert_never(node)


def leave(draft: Draft, place: Place) -> bool:
    """Begin what follows on a node that is done; tells whether all of the document is done."""
    key, iterations = place
    while not draft.at_rest:
        around = draft.execution.plan.around[key]
        nodes = around.sequence.nodes
        for index in range(around.index + 1, len(nodes)):
            if not enter(draft, nodes[index], iterations):
                return False
        match around.owner:
            case None:
                return True
            case Sequence() | Branch():
                pass
            case Parallel(branches=branches):
                if not all(is_done(draft.execution, one, iterations) for one in branches):
                    return False
            case Repeat() as loop:
                iterations = iterations[:-1]
                if not _repeat(draft, loop, iterations):
                    return False
            case ForEach() as each:
                iterations = iterations[:-1]
                if not _next_items(draft, each, iterations):
                    return False
            case owner:
                raise AssertionError(owner)  # what has no inside owns no sequence
        key = around.owner.key
    return False


def _step(draft: Draft, step: Step, place: Place) -> bool:
    run = draft.execution.at(place)
    if run is None:
        return begin(draft, step, place)
    waits = run.id in draft.execution.pauses
    if run.state is StepState.FAILED and run.failure and not (run.passed_over or waits):
        draft.fail(run.failure)
    return run.done


def _branch(draft: Draft, node: Branch, iterations: _Iterations) -> bool:
    place = Place(node.key, iterations)
    side = draft.execution.facts.get(place)
    if not isinstance(side, Side):
        if not draft.may_move():
            return False
        then = _asked(draft, node.condition, place, view_of(draft.execution, place), {})
        if then is None:
            return False
        draft.add(records.Branched(at=draft.now, place=place, then=then))
        side = Side(then)
    return enter(draft, node.then if side.then else node.otherwise, iterations)


def _repeat(draft: Draft, node: Repeat, iterations: _Iterations) -> bool:
    place = Place(node.key, iterations)
    while True:
        fact = draft.execution.facts.get(place)
        rounds = fact if isinstance(fact, Rounds) else Rounds()
        if rounds.over:
            return True
        again: bool | None = True
        if rounds.begun:
            number = rounds.begun - 1
            if not enter(draft, node.body, (*iterations, number)):
                return False
            view = view_inside(draft.execution, place, number)
            carried = {it.id: value_of(draft.execution, it.next, view) for it in node.carried}
        else:
            view = view_of(draft.execution, place)
            carried = {it.id: value_of(draft.execution, it.first, view) for it in node.carried}
        if not draft.may_move():
            return False
        if rounds.begun or node.first:
            again = _asked(draft, node.condition, place, view, carried)
        if again is None:
            return False
        if again and rounds.begun >= node.most:
            draft.fail_at(place, ENDLESS, f"the loop wants more than {node.most} rounds")
            return False
        values, fresh = _texts(carried), _fresh(draft, carried)
        draft.add(
            records.RoundBegun(
                at=draft.now, place=place, round=rounds.begun, carried=values, fresh=fresh
            )
            if again
            else records.LoopEnded(
                at=draft.now, place=place, rounds=rounds.begun, carried=values, fresh=fresh
            )
        )


def _next_items(draft: Draft, node: ForEach, iterations: _Iterations) -> bool:
    """Go on with a for-each one more item of which is done."""
    fact = draft.execution.facts[Place(node.key, iterations)]
    # Whatever is less was begun when the items before were done.
    first = fact.done - 1 + node.width if isinstance(fact, Items) else 0
    return _for_each(draft, node, iterations, first)


def _for_each(draft: Draft, node: ForEach, iterations: _Iterations, first: int) -> bool:
    place = Place(node.key, iterations)
    if place not in draft.execution.facts and not _fan_out(draft, node, place):
        return False
    index = first
    while isinstance(fact := draft.execution.facts[place], Items):
        if fact.over:
            return True
        if index >= min(len(fact.items), fact.done + node.width):
            return fact.done == len(fact.items) and _fan_in(draft, node, place, fact)
        if not fact.is_done(index):
            enter(draft, node.body, (*iterations, index))
        if draft.at_rest:
            return False
        index += 1
    return False


def _fan_out(draft: Draft, node: ForEach, place: Place) -> bool:
    value = value_of(draft.execution, node.over, view_of(draft.execution, place))
    try:
        items = () if value.text is None else read_list(value.text)
    except NotAList as error:
        draft.fail_at(place, NOT_A_LIST, f"what it is to go through is no list: {error}")
        return False
    if len(items) > MAX_ITEMS:
        reason = f"its list has {len(items):,} items, more than {MAX_ITEMS:,}"
        draft.fail_at(place, TOO_MANY, reason)
        return False
    fresh = _fresh(draft, {node.item: value})
    draft.add(records.FannedOut(at=draft.now, place=place, items=items, fresh=fresh))
    return True


def _fan_in(draft: Draft, node: ForEach, place: Place, fact: Items) -> bool:
    gathered: dict[str, Value] = {}
    for one in node.gathered:
        found: list[Value] = []
        for index in range(len(fact.items)):
            view = view_inside(draft.execution, place, index)
            value = value_of(draft.execution, one.source, view)
            if value.text is None:
                reason = f"item {index + 1} has no value for the list {one.id!r}"
                draft.fail_at(place, UNDEFINED, reason)
                return False
            found.append(value)
        texts = write_list(value.text or "" for value in found)
        gathered[one.id] = Value(texts, fresh=any(value.fresh for value in found))
    draft.add(
        records.FannedIn(
            at=draft.now, place=place, gathered=_texts(gathered), fresh=_fresh(draft, gathered)
        )
    )
    return True


def _asked(
    draft: Draft, condition: Condition, place: Place, view: View, own: dict[str, Value]
) -> bool | None:
    """Ask a condition; `None`: it cannot be decided, so that the execution fails."""
    known = {wire: value.text for wire, value in own.items()}
    try:
        return holds(draft.execution, condition, view, known)
    except NotComparable as error:
        draft.fail_at(place, error.code, str(error))
        return None


def _texts(values: dict[str, Value]) -> dict[str, str]:
    return {wire: value.text for wire, value in values.items() if value.text is not None}


def _fresh(draft: Draft, values: dict[str, Value]) -> tuple[str, ...]:
    """Name what comes from steps carried out anew; it matters only where some are taken over."""
    if not draft.execution.earlier:
        return ()
    return tuple(sorted(wire for wire, value in values.items() if value.fresh))
