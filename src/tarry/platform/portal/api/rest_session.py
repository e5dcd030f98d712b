"""REST: the log-in of a browser, which keeps its token in a cookie that no script can read."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tarry.platform.accounts.operations import LoggedIn
from tarry.platform.kernel.errors import NotLoggedIn
from tarry.platform.portal.api.answers import LogInOrder, MeAnswer, me_answer
from tarry.platform.portal.api.door import (
    Door,
    TheCaller,
    TheDoor,
    TheToken,
    address_of,
    seconds_until,
)
from tarry.platform.portal.api.openapi import problems

router = APIRouter(tags=["accounts"])


class ProjectChoice(BaseModel):
    """A project to go on in."""

    model_config = ConfigDict(extra="forbid")

    project: str = Field(max_length=200)


class BrowserSession(BaseModel):
    """Who is logged in with a browser."""

    me: MeAnswer | None = Field(description="Nobody: null")


@router.get("/session", operation_id="showSession")
async def show(request: Request, door: TheDoor) -> BrowserSession:
    """Tell who is logged in. That it is nobody is an answer like any other."""
    token = request.cookies.get(door.cookie)
    if not token:
        return BrowserSession(me=None)
    try:
        caller = await door.rooms.accounts.caller_of(token)
    except NotLoggedIn:
        return BrowserSession(me=None)
    return BrowserSession(me=me_answer(caller, door.upload_limit))


@router.post("/session", status_code=201, operation_id="logIn", responses=problems(401))
async def log_in(
    request: Request, order: LogInOrder, response: Response, door: TheDoor
) -> MeAnswer:
    """Log a browser in; the token is in the cookie, and in nothing that a script can read."""
    found = await door.rooms.accounts.log_in(
        order.user, order.password, order.project, address=address_of(request)
    )
    remember(response, door, found)
    return me_answer(found.caller, door.upload_limit)


@router.delete("/session", status_code=204, operation_id="logOut")
async def log_out(request: Request, door: TheDoor) -> Response:
    """Log a browser out. Without a valid token it is logged out already."""
    if token := request.cookies.get(door.cookie):
        await door.rooms.accounts.log_out(token)
    answer = Response(status_code=204)
    answer.delete_cookie(door.cookie, path="/")
    return answer


@router.put("/session/project", operation_id="switchProject", responses=problems(401, 404))
async def switch_project(
    order: ProjectChoice, response: Response, door: TheDoor, token: TheToken, caller: TheCaller
) -> MeAnswer:
    """Go on in another project; the token that a browser had ends."""
    found = await door.rooms.accounts.switch_project(caller, token, order.project)
    remember(response, door, found)
    return me_answer(found.caller, door.upload_limit)


def remember(answer: Response, door: Door, found: LoggedIn) -> None:
    """Give a browser its cookie."""
    answer.set_cookie(
        door.cookie,
        found.token,
        max_age=seconds_until(found.expires_at, door.clock()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=door.public_url.startswith("https:"),
    )
