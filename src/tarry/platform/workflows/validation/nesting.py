"""Workflows that stand in the place of services."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tarry.platform.workflows.model import Document, Nested, Problem, name_of, nodes_of
from tarry.platform.workflows.model.walking import level_of
from tarry.platform.workflows.validation.telling import problem

MOST_LEVELS = 8
"""How deep workflows may stand in each other."""
MOST_CONSTRUCTS = 64
"""How deep constructs may stand in each other when each nested workflow is in its place."""
MOST_NODES = 10_000
"""Steps and constructs of a document when each nested workflow is in its place."""


def nesting(document: Document, workflows: Mapping[str, Document]) -> tuple[Problem, ...]:
    """Tell which workflows in the place of services are not there, or cannot be put there."""
    found = _Nesting(document, workflows)
    return tuple(found.problems())


@dataclass(frozen=True)
class _Size:
    """How much there is in a workflow, those nested in it included.

    Attributes:
        levels: of workflows in each other.
        nodes: steps and constructs.
        constructs: how deep they stand in each other.
    """

    levels: int
    nodes: int
    constructs: int


@dataclass
class _Nesting:
    """Walks down the nested workflows; each is looked into once.

    Attributes:
        sizes: of what was walked without trouble.
    """

    document: Document
    workflows: Mapping[str, Document]
    sizes: dict[str, _Size] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        """Tell the trouble with each nested workflow of the document itself."""
        nodes = 0
        for node in nodes_of(self.document.body):
            nodes += 1
            if not isinstance(node, Nested):
                continue
            trouble = self._trouble(node.workflow, (self.document.uri,))
            if trouble is None:
                size = self.sizes[node.workflow]
                nodes += size.nodes
                if level_of(node.key) + size.constructs > MOST_CONSTRUCTS:
                    trouble = _too_deep(
                        f"constructs stand in each other more than {MOST_CONSTRUCTS}"
                    )
            if trouble is not None:
                code, message = trouble
                yield problem(node.key, code, message)
        if nodes > MOST_NODES:
            message = f"with its nested workflows it has more than {MOST_NODES} steps"
            yield problem("", "too-large", message)

    def _trouble(self, uri: str, above: tuple[str, ...]) -> tuple[str, str] | None:
        if uri in above:
            circle = " → ".join(name_of(one) for one in (*above[above.index(uri) :], uri))
            return "workflow-circle", f"the workflow contains itself: {circle}"
        if (inner := self.workflows.get(uri)) is None:
            within = f", which {name_of(above[-1])} uses" if len(above) > 1 else ""
            message = f"there is no published workflow {uri}{within}: publish it, or mend the URI"
            return "unknown-workflow", message
        message = f"workflows stand in each other more than {MOST_LEVELS}"
        if len(above) > MOST_LEVELS:
            return _too_deep(message)
        if uri not in self.sizes:
            levels, nodes, constructs = 0, 0, 0
            for node in nodes_of(inner.body):
                nodes += 1
                constructs = max(constructs, level_of(node.key))
                if isinstance(node, Nested):
                    if trouble := self._trouble(node.workflow, (*above, uri)):
                        return trouble
                    size = self.sizes[node.workflow]
                    levels, nodes = max(levels, size.levels), nodes + size.nodes
                    constructs = max(constructs, level_of(node.key) + size.constructs)
            self.sizes[uri] = _Size(levels + 1, nodes, constructs)
        return _too_deep(message) if len(above) - 1 + self.sizes[uri].levels > MOST_LEVELS else None


def _too_deep(message: str) -> tuple[str, str]:
    return "too-deep", f"{message} deep"
