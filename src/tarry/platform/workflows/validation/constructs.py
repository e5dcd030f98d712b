"""Whether branches, loops and the like can do what they say."""

from collections.abc import Iterator

from tarry.contract.errors import InvalidValue
from tarry.contract.lists import NotAList, read_list
from tarry.contract.ports import MAX_ITEMS, Port, PortType, parse
from tarry.platform.workflows.model import (
    AllOf,
    AnyOf,
    Branch,
    Compare,
    Condition,
    Constant,
    Document,
    ForEach,
    IsTrue,
    Literal,
    Merge,
    Not,
    NotComparable,
    Problem,
    Repeat,
    Sequence,
    Variable,
    branches_of_merges,
    evaluate,
    nodes_of,
)
from tarry.platform.workflows.model.conditions import Operand, comparison_type, variables_of
from tarry.platform.workflows.model.walking import ids_defined_in, key_within
from tarry.platform.workflows.validation.ends import Ends
from tarry.platform.workflows.validation.fits import Misfit
from tarry.platform.workflows.validation.telling import problem
from tarry.platform.workflows.validation.types import Types

MOST_ROUNDS = 1_000_000
MOST_WIDTH = 1_000


def rules(document: Document, ends: Ends, types: Types) -> Iterator[Problem]:
    """Tell what is wrong with each construct, in the order of the document."""
    branches = branches_of_merges(document.body)
    for node in nodes_of(document.body):
        match node:
            case Branch():
                yield from _condition(node.key, node.condition, types)
                yield from _branch(node)
            case Merge() if node.key not in branches:
                message = "there is no branch before it whose sides it could merge"
                yield problem(node.key, "merge-alone", message)
            case Repeat():
                yield from _condition(node.key, node.condition, types)
                yield from _repeat(node)
            case ForEach():
                yield from _for_each(node, types)
            case _:
                pass
    yield from _meetings(ends, types)


def _meetings(ends: Ends, types: Types) -> Iterator[Problem]:
    """Tell where what meets in one ID has nothing in common."""
    for end, found in ends.definitions.items():
        if found[0].passed is not None:
            try:
                types.check_meeting(end)
            except Misfit as misfit:
                yield Problem(place=found[0].place, code=misfit.code, message=misfit.reason)


def _branch(node: Branch) -> Iterator[Problem]:
    always = _constant(node.condition)
    if always is None:
        return
    place = key_within(node.key, "condition")
    word = "always" if always else "never"
    message = f"the condition holds {word}: no value of a run is in it"
    yield problem(place, "constant-condition", message)
    yield from _unreachable(node.otherwise if always else node.then, f"its condition {word} holds")


def _repeat(node: Repeat) -> Iterator[Problem]:
    if not 1 <= node.most <= MOST_ROUNDS:
        message = f"a loop has 1 to {MOST_ROUNDS} rounds at most, not {node.most}"
        yield problem(node.key, "setting", message)
    place = key_within(node.key, "condition")
    always = _constant(node.condition)
    if always:
        yield problem(place, "endless-loop", "the condition always holds: the loop has no end")
    elif always is False and node.first:
        message = "the condition holds never: no value of a run is in it"
        yield problem(place, "constant-condition", message)
        yield from _unreachable(node.body, "its condition never holds")
    elif always is None and not set(variables_of(node.condition)) & _changing(node):
        asked = ", ".join(dict.fromkeys(variables_of(node.condition)))
        message = f"no round changes {asked}: once it holds, the loop has no end"
        yield problem(place, "endless-loop", message)


def _changing(node: Repeat) -> set[str]:
    """Give the ids that may have another value after each round."""
    changing = set(ids_defined_in(node.body))
    while True:
        more = {one.id for one in node.carried if one.next.id in changing} - changing
        if not more:
            return changing
        changing |= more


def _for_each(node: ForEach, types: Types) -> Iterator[Problem]:
    if not 1 <= node.width <= MOST_WIDTH:
        message = f"1 to {MOST_WIDTH} items are worked on at once, not {node.width}"
        yield problem(node.key, "setting", message)
    place = key_within(node.key, "over")
    if isinstance(node.over, Constant):
        try:
            items = read_list(node.over.text)
        except NotAList:
            message = f'{node.over.text!r} is no list such as ["a", "b"]'
            yield problem(place, "not-a-list", message)
            return
        if len(items) > MAX_ITEMS:
            yield problem(place, "not-a-list", f"a list has at most {MAX_ITEMS} items")
        if not items:
            yield from _unreachable(node.body, "the list has no items")
    else:
        for leaf in types.leaves(node.over.id):
            if leaf.port is not None and not leaf.port.many and not leaf.given:
                yield problem(place, "not-a-list", f"{leaf.place} is no list")
    for one in node.gathered:
        port = None if isinstance(one.source, Constant) else types.port_of(one.source.id)
        if port is not None and port.many:
            message = "it is a list for each item, and there are no lists of lists"
            yield problem(key_within(node.key, one.id), "list-of-lists", message)


def _unreachable(sequence: Sequence, why: str) -> Iterator[Problem]:
    for node in sequence.nodes:
        if not isinstance(node, Sequence):
            yield problem(node.key, "unreachable", f"it never runs: {why}")
        else:
            yield from _unreachable(node, why)


def _constant(condition: Condition) -> bool | None:
    """Tell what a condition always says, if no value of a run can change that."""
    try:
        return evaluate(condition, {}, {})
    except NotComparable:
        return None


def _condition(key: str, condition: Condition, types: Types) -> Iterator[Problem]:
    place = key_within(key, "condition")
    for reason in dict.fromkeys(_misfits(condition, types)):
        yield problem(place, "condition-types", reason)


def _misfits(condition: Condition, types: Types) -> Iterator[str]:
    match condition:
        case Compare(comparison=comparison, left=left, right=right):
            sides = [_side(left, types), _side(right, types)]
            yield from (reason for one in (left, right) for reason in _wrong(one))
            for operand, port in zip((left, right), sides, strict=True):
                if port is not None and port.many:
                    yield f"{_name(operand)} is a list, which cannot be compared"
            one, other = sides
            if one and other and comparison_type(one.type, other.type, comparison) is None:
                kinds = f"{_kind(left, one)} and {_kind(right, other)}"
                yield f"{comparison} does not compare {kinds}"
        case IsTrue(of=of):
            yield from _wrong(of)
            port = _side(of, types)
            if port is not None and (port.many or port.type is not PortType.BOOLEAN):
                yield f"{_kind(of, port)} is neither true nor false"
        case Not(condition=inner):
            yield from _misfits(inner, types)
        case AllOf(conditions=inners) | AnyOf(conditions=inners):
            for inner in inners:
                yield from _misfits(inner, types)


def _side(operand: Operand, types: Types) -> Port | None:
    if isinstance(operand, Literal):
        return Port(name="", type=operand.type)
    return types.port_of(operand.id)


def _wrong(operand: Operand) -> Iterator[str]:
    if isinstance(operand, Literal):
        try:
            parse(Port(name="the value", type=operand.type), operand.text)
        except InvalidValue as error:
            yield str(error)


def _name(operand: Operand) -> str:
    return operand.id if isinstance(operand, Variable) else repr(operand.text)


def _kind(operand: Operand, port: Port) -> str:
    return f"{_name(operand)} ({port.type.value.replace('-', ' ')})"
