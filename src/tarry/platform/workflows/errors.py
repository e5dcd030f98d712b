"""The workflows' part of the error tree."""

from collections.abc import Iterable

from tarry.contract.errors import Sort, TarryError
from tarry.platform.workflows.model import Problem


class ProblemsFound(TarryError):
    """Something holds problems; all of them are told at once."""

    sort = Sort.INVALID

    def __init__(self, *, workflow: str, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(workflow=workflow, problems="; ".join(map(str, self.problems)))


class DocumentUnreadable(ProblemsFound):
    """The XML is not a workflow document that means one thing only."""

    code = "document-unreadable"
    message = "{workflow} cannot be read as a workflow document: {problems}"


class UnsupportedConstruct(ProblemsFound):
    """The document uses constructs that this version does not run."""

    code = "unsupported-construct"
    message = "{workflow} uses what is not supported yet: {problems}"


class WorkflowInvalid(ProblemsFound):
    """The workflow can be read but not run."""

    code = "workflow-invalid"
    message = "{workflow} is not valid: {problems}"


class NotWritable(TarryError):
    """A text of the document holds what XML cannot carry, such as control characters."""

    code = "document-not-writable"
    sort = Sort.INVALID
    message = "{workflow} cannot be written as XML: {reason}"


class UnknownForm(TarryError):
    """Somebody sent a document in a form that there is none of."""

    code = "document-form"
    sort = Sort.INVALID
    message = "a workflow document is application/xml or application/json, not {media_type}"
