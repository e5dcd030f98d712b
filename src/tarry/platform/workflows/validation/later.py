"""What a document may say and executions cannot do yet; nothing of it runs half."""

from collections.abc import Iterator

from tarry.platform.workflows.model import (
    Branch,
    Document,
    ForEach,
    Merge,
    Nested,
    Node,
    Parallel,
    Problem,
    Repeat,
    Step,
    nodes_of,
)

_CONSTRUCTS: dict[type[Node], str] = {
    Parallel: "parallel",
    Branch: "if",
    Merge: "EndIf",
    Repeat: "repeat",
    ForEach: "for-each",
    Nested: "a nested workflow",
}
"""What is refused as a whole."""


def not_yet(document: Document) -> Iterator[Problem]:
    """Tell what of a document does not run yet."""
    for node in nodes_of(document.body):
        if name := _CONSTRUCTS.get(type(node)):
            yield _refused(node.key, name)
        elif isinstance(node, Step):
            for name in _settings(node):
                yield _refused(node.key, name)


def _settings(step: Step) -> Iterator[str]:
    if step.time_out is not None:
        yield "a time-out"
    if step.retries:
        yield "a retry"
    if step.on_failure is not None:
        yield "going on after a failure"
    if step.repeatable:
        yield "repeatable for one step"


def _refused(place: str, what: str) -> Problem:
    return Problem(
        place=place, code="unsupported-construct", message=f"{what} is not supported yet"
    )
