"""From the text of a document to what the catalogue keeps of it, and to what would become of it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tarry.platform.catalogue.errors import BadName
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import WorkflowEntry
from tarry.platform.catalogue.operations.reporting import report
from tarry.platform.catalogue.operations.sight import target
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller, ProjectId, UserId
from tarry.platform.workflows import json_form
from tarry.platform.workflows.errors import ProblemsFound
from tarry.platform.workflows.model import Document, Problem
from tarry.platform.workflows.operations import is_json, workflow_uri
from tarry.platform.workflows.validation import NAME_RULE, is_name
from tarry.platform.workflows.xml import read, write

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would become of a document if it were saved as a draft.

    Attributes:
        entry: as it would be kept; none: it cannot be read.
        problems: why it cannot be read or, if it can, what keeps it from running.
        notices: what is worth knowing although it runs.
        there: the newest version of the project's workflow of that name, if there is one.
        is_new: whether a version would be added; not if the newest one says just the same.
    """

    entry: WorkflowEntry | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    there: WorkflowEntry | None = None
    is_new: bool = False


async def preview_workflow(
    catalogue: Transactions[Catalogue], caller: Caller, data: bytes, name: str = ""
) -> Preview:
    """Tell what would become of a document, XML or JSON, if it were saved; nothing is.

    Args:
        catalogue: where it would be saved.
        caller: who asks.
        data: the document.
        name: the name that it would get; empty: its own.

    Raises:
        BadName: no workflow can have that name.
        NotAllowed: the caller may not import.
    """
    project = target(caller, "import a workflow", shared=False)
    try:
        made = await draw_workflow(catalogue, project, data, name)
    except ProblemsFound as error:
        return Preview(problems=error.problems)

    def work(store: Catalogue) -> Preview:
        found = report(store, made)
        there = store.workflow(project, made.name)
        return Preview(
            entry=found.entry,
            problems=found.problems,
            notices=found.notices,
            there=there,
            is_new=there is None or there.document != made.document,
        )

    return await catalogue.read(work)


async def draw_workflow(
    catalogue: Transactions[Catalogue], project: ProjectId, data: bytes, name: str = ""
) -> WorkflowEntry:
    """Read a document and give it as the catalogue keeps it; who saves it when is not in it yet.

    Raises:
        DocumentUnreadable: it is no workflow document.
        UnsupportedConstruct: it uses what this version does not run.
        BadName: no workflow can have the name that is asked for.
    """
    document, kept = _read(data)
    if name:
        uri = await _uri_under(catalogue, project, document, name)
        if uri != document.uri:
            document = replace(document, uri=uri)
            kept = write(document)
    return WorkflowEntry(
        name=document.name,
        uri=document.uri,
        project=project,
        document=kept,
        title=document.title or document.name,
        description=document.description,
        imported_by=UserId(""),
        imported_at=_NEVER,
    )


async def _uri_under(
    catalogue: Transactions[Catalogue], project: ProjectId, document: Document, name: str
) -> str:
    """Tell which URI a document gets under a name: that of the workflow that has it already."""
    if not is_name(name):
        raise BadName(got=name[:200], rule=NAME_RULE)
    there = await catalogue.read(lambda store: store.workflow(project, name))
    if there is not None:
        return there.uri
    return document.uri if document.name == name else workflow_uri(name)


def _read(data: bytes) -> tuple[Document, bytes]:
    """Read a document, and give it as it is kept: as XML, in UTF-8.

    XML stays as it came, unless its encoding makes it unreadable as UTF-8.
    """
    if is_json(data):
        document = json_form.read(data)
        return document, write(document)
    document = read(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return document, write(document)
    return document, data
