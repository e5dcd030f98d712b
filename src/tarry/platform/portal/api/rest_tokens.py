"""REST: the tokens that users make for their programs, and the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from tarry.platform.portal.api.answers import Page
from tarry.platform.portal.api.answers_people import (
    ApiTokenAnswer,
    ApiTokenOrder,
    MadeTokenAnswer,
    TrailAnswer,
    entry_answer,
    made_token_answer,
    token_answer,
)
from tarry.platform.portal.api.by_name import WantedByName, page_of
from tarry.platform.portal.api.door import TheCaller, TheDoor, keep_nowhere

router = APIRouter(tags=["people"])


@router.get("/api-tokens", operation_id="listApiTokens")
async def tokens(
    door: TheDoor,
    caller: TheCaller,
    stretch: WantedByName,
    everyone: Annotated[bool, Query(description="Those of all whom the caller manages")] = False,
) -> Page[ApiTokenAnswer]:
    """List API tokens by name: what they may do, until when, and when they were used last."""
    found = await door.rooms.people.tokens(caller, stretch, of_all=everyone)
    shown, more = page_of(found, stretch, lambda listed: (listed.kept.name, listed.kept.id))
    return Page(items=[token_answer(listed) for listed in shown], next=more)


@router.post("/api-tokens", status_code=201, operation_id="makeApiToken")
async def make_token(
    order: ApiTokenOrder, response: Response, door: TheDoor, caller: TheCaller
) -> MadeTokenAnswer:
    """Make a token for a program, in the project of the log-in. It is shown this once."""
    keep_nowhere(response)
    made = await door.rooms.people.make_token(
        caller, order.name, frozenset(order.scopes), order.expires_at
    )
    return made_token_answer(made, caller)


@router.delete("/api-tokens/{token}", status_code=204, operation_id="revokeApiToken")
async def revoke_token(token: str, door: TheDoor, caller: TheCaller) -> Response:
    """Make a token worthless, by its id, or by its name if it is the caller's own."""
    await door.rooms.people.revoke_token(caller, token)
    return Response(status_code=204)


@router.get("/audit", operation_id="readAuditTrail")
async def trail(
    door: TheDoor,
    caller: TheCaller,
    *,
    everywhere: Annotated[bool, Query(description="Of all projects")] = False,
    after: Annotated[
        str, Query(pattern="^[0-9]{0,18}$", description="`next` of the page before")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    user: Annotated[str, Query(max_length=200, description="Only what this user did")] = "",
    action: Annotated[
        str, Query(max_length=200, description="With a dot at its end: all that begins so")
    ] = "",
) -> TrailAnswer:
    """Read who did what when and from where, newest first."""
    found = await door.rooms.people.trail(
        caller,
        everywhere=everywhere,
        before=int(after) if after else None,
        limit=limit,
        user=user,
        action=action,
    )
    more = str(found[-1].id) if len(found) == limit else ""
    return TrailAnswer(items=[entry_answer(entry) for entry in found], next=more)
