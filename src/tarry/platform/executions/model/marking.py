"""What the decisions on the way through a document, and the ends of its pieces, leave as facts."""

from dataclasses import replace
from typing import assert_never

from tarry.platform.executions.model.execution import Execution, Place
from tarry.platform.executions.model.facts import Fact, Items, Rounds, Side
from tarry.platform.executions.model.records import (
    Branched,
    Deciding,
    FannedIn,
    FannedOut,
    LoopEnded,
    RoundBegun,
)
from tarry.platform.executions.model.survey import is_done, item_done
from tarry.platform.workflows.model import Branch


def decided_at(execution: Execution, record: Deciding) -> Execution:
    """Give the execution with what was decided at a place."""
    place = record.place
    match record:
        case Branched():
            after = _with(execution, place, Side(record.then))
            around = after.plan.around[place.path]
            node = around.sequence.nodes[around.index]
            if isinstance(node, Branch) and is_done(after, node, place.iterations):
                return counted(after, place)
            return after
        case RoundBegun():
            begun, fresh = record.round + 1, frozenset(record.fresh)
            return _with(execution, place, Rounds(begun=begun, carried=record.carried, fresh=fresh))
        case LoopEnded():
            fact = Rounds(
                begun=record.rounds,
                carried=record.carried,
                fresh=frozenset(record.fresh),
                over=True,
            )
            return counted(_with(execution, place, fact), place)
        case FannedOut():
            nodes = execution.plan.loops[place.path].body.nodes
            idle = all(node.key in execution.plan.idle for node in nodes)
            done = len(record.items) if idle else 0
            items = Items(items=record.items, done=done, fresh=frozenset(record.fresh))
            return _with(execution, place, items)
        case FannedIn():
            known = execution.facts[place]
            if isinstance(known, Items):
                fresh = known.fresh | frozenset(record.fresh)
                over = replace(known, gathered=record.gathered, fresh=fresh)
                execution = _with(execution, place, over)
            return counted(execution, place)
        case _:
            assert_never(record)


def counted(execution: Execution, place: Place) -> Execution:
    """Count the item of a for-each that is done with the node at a place, if one is."""
    found = item_done(execution, place)
    if found is None:
        return execution
    target, index = found
    fact = execution.facts.get(target)
    if not isinstance(fact, Items):
        return execution
    now = replace(fact, done=fact.done + 1, which=fact.which | 1 << index)
    return _with(execution, target, now)


def _with(execution: Execution, place: Place, fact: Fact) -> Execution:
    return replace(execution, facts=execution.facts.put(place, fact))
