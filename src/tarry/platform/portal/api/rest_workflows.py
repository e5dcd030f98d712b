"""REST: workflows and their versions."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool

from tarry.contract.errors import Sort, TarryError
from tarry.platform.catalogue import operations
from tarry.platform.catalogue.model import WorkflowEntry
from tarry.platform.catalogue.operations import Saving
from tarry.platform.portal.api.answers import Page
from tarry.platform.portal.api.answers_workflows import (
    CardOrder,
    CheckedAnswer,
    ImportedAnswer,
    PreviewAnswer,
    PublishedAnswer,
    PublishOrder,
    VersionAnswer,
    WorkflowAnswer,
    checked_answer,
    imported_answer,
    preview_answer,
    published_answer,
    version_answer,
    workflow_answer,
)
from tarry.platform.portal.api.by_name import WantedVersions, page_of, page_of_versions
from tarry.platform.portal.api.door import TheCaller, TheDoor
from tarry.platform.portal.api.openapi import problems
from tarry.platform.portal.api.rest_services import Asked, DryRun
from tarry.platform.workflows import json_form
from tarry.platform.workflows.xml import read

router = APIRouter(tags=["workflows"])

_DOCUMENT = {
    "application/xml": {"schema": {"type": "string", "title": "Workflow document"}},
    "application/json": {"schema": {"type": "object", "title": "Workflow document"}},
}
_DOCUMENT_BODY = {"requestBody": {"required": True, "content": _DOCUMENT}}
_DOCUMENT_ANSWER = {"content": _DOCUMENT, "description": "The document"}

ForceUse = Annotated[bool, Query(description="Although published workflows that use it break")]
Version = Annotated[int | None, Query(ge=1, description="Default: the newest")]
Expected = Annotated[
    int | None,
    Query(
        ge=0, description="The newest version as you know it, or 0; refused (412) if it is another"
    ),
]
IfMatch = Annotated[
    str | None,
    Header(description='As `expected_version`, by the ETag that was given, `"3"`; else 412'),
]
IfNoneMatch = Annotated[
    str | None, Header(description="`*`: there is none of this name yet; else 412")
]


class BadTag(TarryError):
    """An ETag is none that we gave."""

    code = "bad-etag"
    sort = Sort.INVALID
    message = 'If-Match {got} cannot be understood: give the ETag of the workflow, such as "3"'


def expected_version(
    expected_version: Expected = None,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> int | None:
    """Tell which version the caller started from, if they say so.

    Raises:
        BadTag: the header is none that we could have given.
    """
    if if_none_match == "*":
        return 0
    if if_match is None or if_match == "*":
        return expected_version
    number = if_match.removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise BadTag(got=if_match[:60])
    return int(number)


AsName = Annotated[
    str,
    Query(
        alias="name",
        max_length=200,
        description="Under this name, whatever the document says; empty: under its own",
    ),
]
StartedFrom = Annotated[int | None, Depends(expected_version)]


async def _body(request: Request) -> bytes:
    return await request.body()


def _tag(response: Response, entry: WorkflowEntry) -> None:
    """Name the version, for `If-Match` of the next save."""
    response.headers["ETag"] = f'"{entry.version}"'


@router.get("/workflows", operation_id="listWorkflows", responses=problems(401))
async def workflows(door: TheDoor, caller: TheCaller, asked: Asked) -> Page[WorkflowAnswer]:
    """List the workflows of the project and those that are shared, by name."""
    found = await door.rooms.catalogue.workflows(caller, asked)
    shown, more = page_of(found, asked.stretch, lambda one: (one.name, ""))
    return Page(items=[workflow_answer(one, caller) for one in shown], next=more)


@router.post(
    "/workflows",
    status_code=201,
    operation_id="saveWorkflow",
    openapi_extra=_DOCUMENT_BODY,
    responses=problems(401, 403, 409, 412),
)
async def save(  # noqa: PLR0917 - FastAPI gives them by name
    document: Annotated[bytes, Depends(_body)],
    door: TheDoor,
    caller: TheCaller,
    response: Response,
    expected: StartedFrom,
    draft: Annotated[bool, Query(description="Keep it even if it has problems")] = False,
    shared: Annotated[bool, Query(description="Every project sees it")] = False,
    comment: Annotated[str, Query(max_length=2000)] = "",
    name: AsName = "",
) -> ImportedAnswer:
    """Save a workflow document (XML or JSON); one of a known URI becomes its next version."""
    saving = Saving(draft=draft, shared=shared, comment=comment, expected=expected, name=name)
    report = await door.rooms.catalogue.import_workflow(caller, document, saving)
    _tag(response, report.entry)
    return imported_answer(report, caller)


@router.post(
    "/workflows/preview",
    operation_id="previewWorkflow",
    openapi_extra=_DOCUMENT_BODY,
    responses=problems(401, 403),
)
async def preview(
    document: Annotated[bytes, Depends(_body)],
    door: TheDoor,
    caller: TheCaller,
    name: AsName = "",
) -> PreviewAnswer:
    """Tell what would become of a document (XML or JSON) if it were saved; nothing is."""
    catalogue = door.rooms.shelf.catalogue
    found = await operations.preview_workflow(catalogue, caller, document, name)
    return await run_in_threadpool(preview_answer, found)


@router.get("/workflows/{name}", operation_id="showWorkflow", responses=problems(401, 404))
async def workflow(
    name: str, door: TheDoor, caller: TheCaller, response: Response, version: Version = None
) -> WorkflowAnswer:
    """Show one workflow."""
    found = await door.rooms.catalogue.workflow(caller, name, version)
    _tag(response, found)
    return workflow_answer(found, caller)


@router.patch("/workflows/{name}", operation_id="labelWorkflow", responses=problems(401, 403, 404))
async def label(name: str, order: CardOrder, door: TheDoor, caller: TheCaller) -> WorkflowAnswer:
    """Say where people look for a workflow, and who offers it."""
    shelf = door.rooms.shelf
    found = await operations.label_workflow(
        shelf.catalogue, caller, name, order.publication(), clock=shelf.clock
    )
    return workflow_answer(found, caller)


@router.get("/workflows/{name}/check", operation_id="checkWorkflow", responses=problems(401, 404))
async def check(
    name: str, door: TheDoor, caller: TheCaller, version: Version = None
) -> CheckedAnswer:
    """Tell how a workflow stands with the services as they are now."""
    report = await operations.check_workflow(door.rooms.shelf.catalogue, caller, name, version)
    return checked_answer(report, caller)


@router.get(
    "/workflows/{name}/document",
    operation_id="workflowDocument",
    response_class=Response,
    responses={200: _DOCUMENT_ANSWER, 304: {"description": "Not modified"}, **problems(401, 404)},
)
async def document(  # noqa: PLR0917 - FastAPI gives them by name
    name: str,
    door: TheDoor,
    caller: TheCaller,
    version: Version = None,
    form: Literal["xml", "json"] = "xml",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Give a workflow's document, as XML or JSON."""
    found = await door.rooms.catalogue.workflow(caller, name, version)
    headers = {"ETag": f'"{found.version}"', "Cache-Control": "private, no-cache"}
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if form == "json":
        written = json_form.write(read(found.document))
        return Response(written, media_type="application/json", headers=headers)
    return Response(found.document, media_type="application/xml", headers=headers)


@router.post(
    "/workflows/{name}/publish",
    operation_id="publishWorkflow",
    responses=problems(401, 403, 404, 409, 412),
)
async def publish(  # noqa: PLR0917 - FastAPI gives them by name
    name: str,
    door: TheDoor,
    caller: TheCaller,
    order: PublishOrder | None = None,
    dry_run: DryRun = False,
    force: ForceUse = False,
) -> PublishedAnswer:
    """Make a version the one that is run: the newest, unless another is named.

    If published workflows use this one and could no longer run, it is refused with 409 and
    `breaks-workflows`; a `dry_run` tells which and why, and `force` does it nevertheless.
    """
    publication = (order or PublishOrder.model_validate({})).publication(
        dry_run=dry_run, force=force
    )
    found = await door.rooms.catalogue.publish(caller, name, publication)
    return published_answer(found, caller)


@router.post(
    "/workflows/{name}/retract",
    operation_id="retractWorkflow",
    responses=problems(401, 403, 404, 409),
)
async def retract(
    name: str, door: TheDoor, caller: TheCaller, dry_run: DryRun = False, force: ForceUse = False
) -> PublishedAnswer:
    """Let no more runs start from a workflow; its versions stay."""
    shelf = door.rooms.shelf
    found = await operations.retract_workflow(
        shelf.catalogue, caller, name, clock=shelf.clock, dry_run=dry_run, force=force
    )
    return published_answer(found, caller)


@router.get(
    "/workflows/{name}/versions", operation_id="listWorkflowVersions", responses=problems(401, 404)
)
async def versions(
    name: str, door: TheDoor, caller: TheCaller, wanted: WantedVersions
) -> Page[VersionAnswer]:
    """List the versions of a workflow, newest first: drafts and published ones."""
    found = await operations.workflow_versions(door.rooms.shelf.catalogue, caller, name, wanted)
    shown, more = page_of_versions(found, wanted)
    return Page(items=[version_answer(one) for one in shown], next=more)


@router.post(
    "/workflows/{name}/versions/{version}/restore",
    status_code=201,
    operation_id="restoreWorkflowVersion",
    responses=problems(401, 403, 404, 409, 412),
)
async def restore(  # noqa: PLR0917 - FastAPI gives them by name
    name: str,
    version: Annotated[int, InPath(ge=1)],
    door: TheDoor,
    caller: TheCaller,
    response: Response,
    expected: StartedFrom,
) -> ImportedAnswer:
    """Make an old version the newest one again; what is published stays."""
    shelf = door.rooms.shelf
    report = await operations.restore_workflow(
        shelf.catalogue, caller, name, version, clock=shelf.clock, expected=expected
    )
    _tag(response, report.entry)
    return imported_answer(report, caller)


@router.delete(
    "/workflows/{name}/versions/{version}",
    status_code=204,
    operation_id="deleteWorkflowDraft",
    responses=problems(401, 403, 404, 409),
)
async def delete_draft(
    name: str, version: Annotated[int, InPath(ge=1)], door: TheDoor, caller: TheCaller
) -> None:
    """Forget a version that was never published."""
    shelf = door.rooms.shelf
    await operations.delete_draft(shelf.catalogue, caller, name, version, clock=shelf.clock)
