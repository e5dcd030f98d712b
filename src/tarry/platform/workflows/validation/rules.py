"""The rules that a workflow has to keep before it can run."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tarry.platform.workflows.interfaces import Services
from tarry.platform.workflows.model import Document, Nested, Problem, nodes_of
from tarry.platform.workflows.validation import constructs, flow, using
from tarry.platform.workflows.validation.ends import Ends
from tarry.platform.workflows.validation.inference import disagreements, library_of
from tarry.platform.workflows.validation.library import Library
from tarry.platform.workflows.validation.nesting import nesting
from tarry.platform.workflows.validation.paths import ends_of
from tarry.platform.workflows.validation.telling import problem
from tarry.platform.workflows.validation.types import Types

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)
"""Names of workflows, and of their inputs and outputs."""
NAME_RULE = "has to be 1 to 100 of A-Z a-z 0-9 _ . - and must not start with . or -"


def is_name(name: str) -> bool:
    """Tell whether a workflow, or its input or output, can be called so."""
    return NAME.fullmatch(name) is not None


def problems(
    document: Document, services: Services, workflows: Mapping[str, Document] | None = None
) -> tuple[Problem, ...]:
    """Tell everything that keeps a workflow from running, by sort and in the document's order.

    Args:
        document: the workflow.
        services: those that it uses, and those that its nested workflows use, by URI.
        workflows: those that stand in the place of services, at any depth, by URI.
    """
    return _Judge(library_of(document, services, workflows or {})).problems(document)


@dataclass
class _Judge:
    """Judges a document and those nested in it, each once.

    Attributes:
        judged: what was found in nested workflows, by URI.
    """

    library: Library
    judged: dict[str, tuple[Problem, ...]] = field(default_factory=dict)

    def problems(self, document: Document) -> tuple[Problem, ...]:
        """Tell what is wrong with one."""
        ends = ends_of(document, self.library)
        types = Types(ends)
        return (
            *_whole(document),
            *nesting(document, self.library.workflows),
            *self._nested(document),
            *_ids(ends),
            *(found for given in document.inputs for found in disagreements(given, types)),
            *(
                found
                for node in nodes_of(document.body)
                for found in using.rules(node, self.library)
            ),
            *constructs.rules(document, ends, types),
            *flow.rules(document, ends, types),
        )

    def _nested(self, document: Document) -> Iterator[Problem]:
        """Tell which nested workflows could not run themselves."""
        for node in nodes_of(document.body):
            if not isinstance(node, Nested) or node.workflow not in self.library.nested:
                continue
            if node.workflow not in self.judged:
                inner = self.library.workflows[node.workflow]
                self.judged[node.workflow] = self.problems(inner)
            if found := self.judged[node.workflow]:
                more = f", and {len(found) - 1} more" if len(found) > 1 else ""
                message = f"the workflow {node.workflow} has problems itself: {found[0]}{more}"
                yield problem(node.key, "nested-problems", message)


def _whole(document: Document) -> Iterator[Problem]:
    if not is_name(document.name):
        yield problem("", "name", f"the name {document.name!r} {NAME_RULE}")
    if not document.steps and not any(isinstance(one, Nested) for one in nodes_of(document.body)):
        yield problem("", "empty-workflow", "the workflow has no steps")
    yield from _names((given.name for given in document.inputs), "input")
    yield from _names((shown.name for shown in document.outputs), "output")


def _names(names: Iterable[str], what: str) -> Iterator[Problem]:
    for name, times in Counter(names).items():
        place = f"{what}s/{name}"
        if times > 1:
            message = f"the {what} {name} stands there {times} times"
            yield problem(place, f"{what}-twice", message)
        if not is_name(name):
            yield problem(place, "name", f"the {what} {name!r} {NAME_RULE}")


def _ids(ends: Ends) -> Iterator[Problem]:
    for end, found in ends.definitions.items():
        for again in found[1:]:
            message = f"the ID {end} is defined here and by {found[0].place}"
            yield problem(again.place, "id-twice", message)
