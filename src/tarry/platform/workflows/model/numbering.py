"""Ids as the field's editors make them: `main_input2` and `s1io2`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from tarry.platform.workflows.model.document import Document
from tarry.platform.workflows.model.nodes import Node, Sequence, Step, Wire


def numbered(document: Document) -> Document:
    """Give every end of a valid document a generated id; what is wired stays wired.

    Workflow inputs become `main_input<n>`, the outputs of the n-th step `s<n>io<m>` where m counts
    the step's ports: first what the manager fills in, then the other inputs, then the outputs.
    What the manager fills in keeps its own name as id, as documents of the field have it.
    """
    new: dict[str, str] = {}
    for known in document.filled:
        new[known.id or known.name] = known.name
    for number, given in enumerate(document.inputs, 1):
        new[given.id] = f"main_input{number}"
    steps = {step.key: number for number, step in enumerate(document.steps, 1)}
    for step in document.steps:
        first = len(step.filled) + len(step.inputs) + 1
        for number, old in enumerate(step.outputs.values(), first):
            new[old] = f"s{steps[step.key]}io{number}"
    return replace(
        document,
        filled=tuple(replace(known, id=known.name) for known in document.filled),
        inputs=tuple(replace(given, id=new[given.id]) for given in document.inputs),
        outputs=tuple(replace(shown, id=new.get(shown.id, "")) for shown in document.outputs),
        body=_sequence(document.body, new, steps),
    )


def _sequence(sequence: Sequence, new: Mapping[str, str], steps: Mapping[str, int]) -> Sequence:
    return replace(sequence, nodes=tuple(_node(node, new, steps) for node in sequence.nodes))


def _node(node: Node, new: Mapping[str, str], steps: Mapping[str, int]) -> Node:
    match node:
        case Step():
            return _step(node, new, steps[node.key])
        case Sequence():
            return _sequence(node, new, steps)
        case _:
            assert_never(node)


def _step(step: Step, new: Mapping[str, str], number: int) -> Step:
    status = len(step.filled) + len(step.inputs) + len(step.outputs) + 1
    return replace(
        step,
        inputs={
            name: Wire(new[source.id]) if isinstance(source, Wire) else source
            for name, source in step.inputs.items()
        },
        outputs={name: new[old] for name, old in step.outputs.items()},
        filled={name: new.get(old, "") for name, old in step.filled.items()},
        status_id=f"s{number}io{status}" if step.status_id else "",
    )
