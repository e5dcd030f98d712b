"""Workflows that stand in the place of services."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tarry.platform.workflows.model import Document, Nested, Problem, name_of, nodes_of

MOST_LEVELS = 8
"""How deep workflows may stand in each other."""
MOST_NODES = 10_000
"""Steps and constructs of a document when each nested workflow is in its place."""


def nesting(document: Document, workflows: Mapping[str, Document]) -> tuple[Problem, ...]:
    """Tell which workflows in the place of services are not there, or cannot be put there."""
    found = _Nesting(document, workflows)
    return tuple(found.problems())


@dataclass
class _Nesting:
    """Walks down the nested workflows; each is looked into once.

    Attributes:
        clear: what was walked without trouble: how many levels are in it, and how many nodes.
    """

    document: Document
    workflows: Mapping[str, Document]
    clear: dict[str, tuple[int, int]] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        """Tell the trouble with each nested workflow of the document itself."""
        size = 0
        for node in nodes_of(self.document.body):
            size += 1
            if isinstance(node, Nested):
                trouble = self._trouble(node.workflow, (self.document.uri,))
                if trouble is not None:
                    code, message = trouble
                    yield Problem(place=node.key, code=code, message=message)
                else:
                    size += self.clear[node.workflow][1]
        if size > MOST_NODES:
            message = f"with its nested workflows it has more than {MOST_NODES} steps"
            yield Problem(place="", code="too-large", message=message)

    def _trouble(self, uri: str, above: tuple[str, ...]) -> tuple[str, str] | None:
        if uri in above:
            circle = " → ".join(name_of(one) for one in (*above[above.index(uri) :], uri))
            return "workflow-circle", f"the workflow contains itself: {circle}"
        if (inner := self.workflows.get(uri)) is None:
            within = f", which {name_of(above[-1])} uses" if len(above) > 1 else ""
            return "unknown-workflow", f"there is no workflow {uri}{within}"
        if len(above) > MOST_LEVELS:
            return _too_deep()
        if uri not in self.clear:
            levels, size = 0, 0
            for node in nodes_of(inner.body):
                size += 1
                if isinstance(node, Nested):
                    if trouble := self._trouble(node.workflow, (*above, uri)):
                        return trouble
                    levels = max(levels, self.clear[node.workflow][0])
                    size += self.clear[node.workflow][1]
            self.clear[uri] = levels + 1, size
        return _too_deep() if len(above) - 1 + self.clear[uri][0] > MOST_LEVELS else None


def _too_deep() -> tuple[str, str]:
    return "too-deep", f"workflows stand in each other more than {MOST_LEVELS} deep"
