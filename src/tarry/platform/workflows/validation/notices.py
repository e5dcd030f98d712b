"""What is worth knowing about a workflow, although it runs."""

from collections.abc import Iterator, Mapping

from tarry.contract.kinds import SESSION_TOKEN
from tarry.platform.workflows.interfaces import Services
from tarry.platform.workflows.model import Document, Problem, Unknown
from tarry.platform.workflows.model.walking import key_within
from tarry.platform.workflows.validation.ends import Ends
from tarry.platform.workflows.validation.inference import library_of
from tarry.platform.workflows.validation.paths import ends_of


def notices(
    document: Document, services: Services, workflows: Mapping[str, Document] | None = None
) -> tuple[Problem, ...]:
    """Tell what was kept without being understood, and what has no effect."""
    ends = ends_of(document, library_of(document, services, workflows or {}))
    return (*_unknown(document), *_ignored(document), *_idle(document, ends))


def _unknown(document: Document) -> Iterator[Problem]:
    for piece in document.unknown:
        message = f"{_describe(piece)} means nothing to this version: it is kept as it is"
        yield Problem(place=piece.place, code="unknown-piece", message=message)


def _describe(piece: Unknown) -> str:
    if piece.name.startswith("@"):
        return f"the attribute {piece.name[1:]}"
    return "the text" if piece.name == "#text" else f"the element {piece.name}"


def _ignored(document: Document) -> Iterator[Problem]:
    ids = {known.name: known.id for known in document.filled}
    for step in document.steps:
        wired = step.filled.get(SESSION_TOKEN, "")
        if wired not in {"", SESSION_TOKEN, ids.get(SESSION_TOKEN, "")}:
            message = f"a service always gets the token of its run: the wire {wired} is ignored"
            place = key_within(step.key, SESSION_TOKEN)
            yield Problem(place=place, code="filled-in", message=message)


def _idle(document: Document, ends: Ends) -> Iterator[Problem]:
    used = set(ends.uses) | {shown.id for shown in document.outputs}
    for given in document.inputs:
        if given.id not in used or not given.id:
            message = f"the input {given.name} is wired to nothing"
            yield Problem(place=f"inputs/{given.name}", code="unused-input", message=message)
    for shown in document.outputs:
        source = ends.source(shown.id) if shown.id else None
        if source and source.given:
            message = f"the output {shown.name} only shows the input {source.given}"
            yield Problem(place=f"outputs/{shown.name}", code="passed-on", message=message)
