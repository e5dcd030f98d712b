"""What a workflow document means, in the simplest way: no time, no faults, one thing at once."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from tarry.contract.lists import read_list, write_list
from tarry.contract.ports import PortType
from tarry.platform.workflows.model import (
    Branch,
    Condition,
    Constant,
    Document,
    ForEach,
    Merge,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Source,
    Step,
    branches_of_merges,
    evaluate,
)

Call = Callable[[str, Mapping[str, str]], Mapping[str, str]]
"""Calls a service: URI and inputs to outputs."""


class EndlessLoop(Exception):
    """A loop wants more rounds than it may have."""


class Interpreter:
    """Runs documents.

    Args:
        call: the services.
        types: of ids, for conditions; what is not in it is an integer.
        workflows: what may stand in the place of a service.
        failing: keys of steps that fail, and go on with their defaults; inside loops with the
            iterations, as in `r1/s1[0]`.
    """

    def __init__(
        self,
        call: Call,
        *,
        types: Mapping[str, PortType] | None = None,
        workflows: Mapping[str, Document] | None = None,
        failing: AbstractSet[str] = frozenset(),
    ) -> None:
        self.failing = failing
        self.call = call
        self.types = types
        self.workflows = workflows or {}

    def run(self, document: Document, inputs: Mapping[str, str]) -> dict[str, str]:
        """Give the outputs of a workflow; those without a value are not in it."""
        values = {given.id: inputs[given.name] for given in document.inputs if given.name in inputs}
        run = _Run(self, values, branches_of_merges(document.body))
        run.sequence(document.body)
        found = ((shown.name, run.value(shown.id)) for shown in document.outputs)
        return {name: value for name, value in found if value is not None}


class _Run:
    """One run: what every id stands for now."""

    def __init__(
        self, interpreter: Interpreter, values: dict[str, str], branches: Mapping[str, str]
    ) -> None:
        self.interpreter = interpreter
        self.values = values
        self.branches = branches
        self.aliases: dict[str, Source] = {}
        self.taken: dict[str, bool] = {}
        self.around: tuple[int, ...] = ()

    def value(self, end: str) -> str | None:
        if end in self.aliases:
            return self.source(self.aliases[end])
        return self.values.get(end)

    def source(self, source: Source | None) -> str | None:
        if source is None:
            return None
        return source.text if isinstance(source, Constant) else self.value(source.id)

    def define(self, end: str, value: str | None) -> None:
        self.values.pop(end, None)
        if end and value is not None:
            self.values[end] = value

    def sequence(self, sequence: Sequence) -> None:
        self.aliases |= sequence.aliases
        for node in sequence.nodes:
            self.node(node)

    def node(self, node: Node) -> None:
        match node:
            case Step():
                outputs = self.interpreter.call(node.service, self.inputs(node))
                failing = self.place(node.key) in self.interpreter.failing
                if failing and node.on_failure is not None:
                    outputs = node.on_failure
                for name, end in node.outputs.items():
                    self.define(end, outputs.get(name))
            case Sequence():
                self.sequence(node)
            case Parallel():
                for branch in node.branches:
                    self.sequence(branch)
            case Branch():
                self.branch(node)
            case Merge():
                taken = self.taken[self.branches[node.key]]
                self.define(node.id, self.source(node.then if taken else node.otherwise))
            case Repeat():
                self.repeat(node)
            case ForEach():
                self.for_each(node)
            case Nested():
                inner = self.interpreter.workflows[node.workflow]
                outputs = self.interpreter.run(inner, self.inputs(node))
                for name, end in node.outputs.items():
                    self.define(end, outputs.get(name))

    def place(self, key: str) -> str:
        around = ",".join(map(str, self.around))
        return f"{key}[{around}]" if around else key

    def inputs(self, node: Step | Nested) -> dict[str, str]:
        found = ((name, self.source(source)) for name, source in node.inputs.items())
        return {name: value for name, value in found if value is not None}

    def holds(self, condition: Condition) -> bool:
        known = {end: self.value(end) for end in {*self.values, *self.aliases}}
        values = {end: value for end, value in known.items() if value is not None}
        types = self.interpreter.types
        if types is None:
            types = dict.fromkeys(values, PortType.INTEGER)
        return evaluate(condition, values, types)

    def branch(self, node: Branch) -> None:
        taken = self.taken[node.key] = self.holds(node.condition)
        self.sequence(node.then if taken else node.otherwise)
        for one in node.merged:
            self.define(one.id, self.source(one.then if taken else one.otherwise))

    def repeat(self, node: Repeat) -> None:
        for one in node.carried:
            self.define(one.id, self.source(one.first))
        rounds, outside = 0, self.around
        while not (node.first or rounds) or self.holds(node.condition):
            if rounds == node.most:
                raise EndlessLoop
            self.around = (*outside, rounds)
            rounds += 1
            self.sequence(node.body)
            moved = {one.id: self.value(one.next.id) for one in node.carried}
            for end, value in moved.items():
                self.define(end, value)
        self.around = outside

    def for_each(self, node: ForEach) -> None:
        gathered: dict[str, list[str]] = {one.id: [] for one in node.gathered}
        for at, item in enumerate(read_list(self.source(node.over) or "[]")):
            inner = _Run(self.interpreter, {**self.values, node.item: item}, self.branches)
            inner.aliases = {**self.aliases}
            inner.around = (*self.around, at)
            inner.sequence(node.body)
            for one in node.gathered:
                gathered[one.id].append(inner.source(one.source) or "")
        for end, found in gathered.items():
            self.define(end, write_list(found))
