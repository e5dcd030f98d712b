"""Pages: the front page, the start form, the password."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from tarry.contract.errors import HTTP_STATUS, TarryError
from tarry.platform.catalogue.model import WorkflowEntry
from tarry.platform.kernel.model import Caller, ExecutionId, Window
from tarry.platform.portal.api.door import (
    Door,
    TheCaller,
    TheDoor,
    TheToken,
)
from tarry.platform.portal.api.rendering import page, see_other
from tarry.platform.portal.model.run_page import current_step, summary
from tarry.platform.portal.model.start_form import Form, empty_form, read_form, with_error
from tarry.platform.portal.model.states import SHELVES, look_of_run

router = APIRouter()

RUNS_ON_A_PAGE = 25
MOST_WAITING = 100


@router.post("/logout")
async def log_out(request: Request, door: TheDoor) -> Response:
    """Log out. Without a valid token one is logged out already."""
    if token := request.cookies.get(door.cookie):
        await door.rooms.accounts.log_out(token)
    answer = see_other("/login")
    answer.delete_cookie(door.cookie, path="/")
    return answer


@router.get("/")
async def home(
    request: Request,
    door: TheDoor,
    caller: TheCaller,
    show: str = "all",
    before: datetime | None = None,
) -> Response:
    """Show what can be run, and what runs."""
    shelf = SHELVES.get(show, SHELVES["all"])
    window = Window(before=before, limit=RUNS_ON_A_PAGE + 1)
    runs = list(
        await door.rooms.runs.list(caller, states=shelf.states, window=window, asking=shelf.asking)
    )
    waiting = await door.rooms.runs.list(
        caller, states=(), window=Window(limit=MOST_WAITING), asking=True
    )
    older = ""
    if len(runs) > RUNS_ON_A_PAGE:
        runs = runs[:RUNS_ON_A_PAGE]
        older = "/?" + urlencode({"show": show, "before": runs[-1].created_at.isoformat()})
    workflows = await door.rooms.catalogue.workflows(caller)
    return page(
        request,
        "home.html",
        caller=caller,
        workflows=[found for found in workflows if found.published_version is not None],
        unpublished=[found for found in workflows if found.published_version is None],
        runs=runs,
        waiting=len(waiting),
        shelves=SHELVES,
        show=show if show in SHELVES else "all",
        paged=before is not None,
        older=older,
        look_of_run=look_of_run,
        current_step=current_step,
        summary=summary,
        now=door.clock(),
    )


@router.get("/workflows/{name}/start")
async def start_page(
    name: str,
    request: Request,
    door: TheDoor,
    caller: TheCaller,
    like: Annotated[str, Query(description="A run whose inputs are offered again")] = "",
) -> Response:
    """Show the form that starts a run."""
    workflow = await door.rooms.catalogue.published(caller, name)
    form = empty_form(workflow.inputs)
    if like:
        earlier = await door.rooms.runs.show(caller, ExecutionId(like))
        form = empty_form(workflow.inputs, earlier.inputs)
    return _start_page(request, door, caller, workflow, form)


@router.post("/workflows/{name}/start")
async def start(name: str, request: Request, door: TheDoor, caller: TheCaller) -> Response:
    """Start a run, or show the form again with what is wrong in it."""
    workflow = await door.rooms.catalogue.published(caller, name)
    form = read_form(workflow.inputs, await _form(request))
    if form.errors:
        return _start_page(request, door, caller, workflow, form, status=422)
    try:
        run = await door.rooms.runs.start(caller, name, form.values)
    except TarryError as error:
        status = HTTP_STATUS[error.sort]
        if (port := error.facts.get("port")) in form.values:
            form = with_error(form, str(port), str(error))
            return _start_page(request, door, caller, workflow, form, status=status)
        return _start_page(request, door, caller, workflow, form, status=status, error=str(error))
    return see_other(f"/runs/{run.id}")


@router.get("/folders")
async def folder_page(
    uri: Annotated[str, Query(max_length=2000)], request: Request, door: TheDoor, caller: TheCaller
) -> Response:
    """Show what is in a folder of the storage."""
    found = await door.rooms.files.list_folder(caller, uri)
    return page(request, "folder.html", caller=caller, folder=found)


@router.get("/password")
async def password_page(request: Request, caller: TheCaller) -> Response:
    """Show the form that changes the password."""
    return page(request, "password.html", caller=caller, errors={}, done=False)


@router.post("/password")
async def change_password(
    request: Request, door: TheDoor, caller: TheCaller, token: TheToken
) -> Response:
    """Change the password."""
    typed = await _form(request)
    old, new, again = (typed.get(name, "") for name in ("old", "new", "again"))
    errors: dict[str, str] = {}
    if new != again:
        errors["again"] = "This is not the same as the new password."
    else:
        try:
            await door.rooms.accounts.change_password(caller, token, old=old, new=new)
        except TarryError as error:
            errors["old" if error.code == "log-in-failed" else "new"] = str(error)
    status = 422 if errors else 200
    return page(request, "password.html", status, caller=caller, errors=errors, done=not errors)


def _start_page(
    request: Request,
    door: Door,
    caller: Caller,
    workflow: WorkflowEntry,
    form: Form,
    *,
    status: int = 200,
    error: str = "",
) -> Response:
    return page(
        request,
        "start.html",
        status,
        caller=caller,
        workflow=workflow,
        form=form,
        error=error,
        upload_limit=door.upload_limit,
    )


async def _form(request: Request) -> dict[str, str]:
    """Read an URL-encoded form: what was given several times, as lines.

    A file never comes this way: the page uploads it beforehand.
    """
    form = await request.form()
    return {
        name: "\n".join(value for value in form.getlist(name) if isinstance(value, str))
        for name in form
    }
