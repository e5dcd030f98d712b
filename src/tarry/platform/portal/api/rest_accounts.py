"""REST: who calls."""

from fastapi import APIRouter, Request, Response

from tarry.platform.portal.api.answers import (
    LogInOrder,
    MeAnswer,
    PasswordOrder,
    SessionAnswer,
    me_answer,
)
from tarry.platform.portal.api.door import (
    TheCaller,
    TheDoor,
    TheToken,
    address_of,
    keep_nowhere,
)
from tarry.platform.portal.api.openapi import problems

router = APIRouter(tags=["accounts"])


@router.post("/tokens", status_code=201, operation_id="makeToken", responses=problems(401, 429))
async def log_in(
    request: Request, order: LogInOrder, response: Response, door: TheDoor
) -> SessionAnswer:
    """Log in: a session token for a user and a project."""
    found = await door.rooms.accounts.log_in(
        order.user, order.password, order.project, address=address_of(request)
    )
    keep_nowhere(response)
    return SessionAnswer(
        token=found.token,
        user=found.caller.user_name,
        project=found.caller.project_name,
        expires_at=found.expires_at,
    )


@router.delete("/tokens/current", status_code=204, operation_id="deleteToken")
async def log_out(door: TheDoor, token: TheToken, _caller: TheCaller) -> Response:
    """Log out: the token of this very call becomes worthless."""
    await door.rooms.accounts.log_out(token)
    return Response(status_code=204)


@router.get("/me", operation_id="showMe")
async def me(door: TheDoor, caller: TheCaller) -> MeAnswer:
    """Who the platform takes the caller for."""
    return me_answer(caller, door.upload_limit)


@router.put("/me/password", status_code=204, operation_id="changePassword")
async def change_password(
    order: PasswordOrder, door: TheDoor, token: TheToken, caller: TheCaller
) -> Response:
    """Change the caller's own password."""
    await door.rooms.accounts.change_password(caller, token, old=order.old, new=order.new)
    return Response(status_code=204)
