"""What a document may say and executions cannot do yet; nothing of it runs half."""

from collections.abc import Iterator

from tarry.platform.workflows.model import Document, Nested, Problem, nodes_of
from tarry.platform.workflows.validation.telling import problem


def not_yet(document: Document) -> Iterator[Problem]:
    """Tell what of a document does not run yet."""
    for node in nodes_of(document.body):
        if isinstance(node, Nested):
            message = "a nested workflow is not supported yet"
            yield problem(node.key, "unsupported-construct", message)
