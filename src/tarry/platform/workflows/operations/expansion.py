"""Putting nested workflows into the places where they are used."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tarry.platform.workflows.errors import WorkflowInvalid
from tarry.platform.workflows.model import (
    Document,
    DocumentInput,
    Nested,
    Node,
    Source,
    Wire,
)
from tarry.platform.workflows.model.renaming import ids_in, renamed
from tarry.platform.workflows.model.walking import SEPARATOR, key_within, rebuilt, rekeyed
from tarry.platform.workflows.validation.nesting import nesting


def expanded(document: Document, workflows: Mapping[str, Document]) -> Document:
    """Give the same workflow without nested ones: each is a sequence where it was used.

    The sequence has the key of what it replaces, and so do the keys and ids of all that is in it
    (`n1/s1`). Its aliases say what the inputs of the nested workflow are, and which of its values
    the ids around it mean. An input that nobody wired is an id that nothing defines.

    Args:
        document: any document.
        workflows: every workflow that it uses, and those that they use, by URI.

    Raises:
        WorkflowInvalid: one is missing, contains itself, or they stand too deep in each other.
    """
    if problems := nesting(document, workflows):
        raise WorkflowInvalid(workflow=document.name, problems=problems)
    return _Expansion(document, workflows).expanded()


class _Expansion:
    """Expands one document.

    What the manager fills in is handed down: if a nested workflow names something that the
    document around it does not, that gets an input of this name.
    """

    def __init__(self, document: Document, workflows: Mapping[str, Document]) -> None:
        self._document = document
        self._workflows = workflows
        self._filled = {known.name: known for known in document.filled}
        self._taken = ids_in(document.body)
        self._taken |= {given.id for given in (*document.inputs, *document.filled)}

    def expanded(self) -> Document:
        """Put each nested workflow into its place."""
        body = rebuilt(self._document.body, self._node)
        return replace(self._document, body=body, filled=tuple(self._filled.values()))

    def _node(self, node: Node) -> Node:
        if not isinstance(node, Nested):
            return node
        inner = _Expansion(self._workflows[node.workflow], self._workflows).expanded()
        start = _Prefix(self._start(node.key))
        body = rekeyed(
            renamed(inner.body, start),
            lambda key: key_within(node.key, key) if key else node.key,
        )
        return replace(
            body, aliases={**self._inputs(node, inner, start), **_outputs(node, inner, start)}
        )

    def _start(self, key: str) -> str:
        """Give what the ids of a nested workflow begin with, and no other."""
        start = key + SEPARATOR
        while any(end.startswith(start) for end in self._taken):
            start += SEPARATOR
        return start

    def _inputs(self, node: Nested, inner: Document, start: "_Prefix") -> dict[str, Source]:
        found: dict[str, Source] = {}
        for given in (*inner.inputs, *inner.filled):
            if given.id and given.name in node.inputs:
                found[start(given.id)] = node.inputs[given.name]
            elif given.id and given in inner.filled:
                found[start(given.id)] = Wire(self._known(given.name))
        return found

    def _known(self, name: str) -> str:
        """Give the id of what the manager knows by a name."""
        known = self._filled.get(name)
        if known is None or not known.id:
            end = name
            while end in self._taken:
                end += SEPARATOR
            self._taken |= {end}
            known = self._filled[name] = DocumentInput(name=name, id=end)
        return known.id


@dataclass(frozen=True)
class _Prefix:
    """Gives the ids of a nested workflow a start of their own."""

    start: str

    def __call__(self, end: str) -> str:
        return self.start + end


def _outputs(node: Nested, inner: Document, start: _Prefix) -> dict[str, Source]:
    shown = {one.name: one.id for one in inner.outputs if one.id}
    return {end: Wire(start(shown[name])) for name, end in node.outputs.items() if name in shown}
