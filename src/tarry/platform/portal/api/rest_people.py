"""REST: users, projects, and who works where in which role."""

from fastapi import APIRouter, Response

from tarry.platform.accounts.operations import Given
from tarry.platform.portal.api.answers import Items, Page
from tarry.platform.portal.api.answers_people import (
    EmailOrder,
    MadeUserAnswer,
    MemberAnswer,
    PasswordAnswer,
    ProjectAnswer,
    ProjectOrder,
    RoleAnswer,
    RolesOrder,
    UserAnswer,
    UserChange,
    UserOrder,
    member_answer,
    project_answer,
    role_answers,
    user_answer,
)
from tarry.platform.portal.api.by_name import WantedByName, page_of
from tarry.platform.portal.api.door import TheCaller, TheDoor, keep_nowhere

router = APIRouter(tags=["people"])


@router.get("/users", operation_id="listUsers")
async def users(door: TheDoor, caller: TheCaller, stretch: WantedByName) -> Page[UserAnswer]:
    """List users by name: all for an administrator, those of the project for its admin."""
    found = await door.rooms.people.users(caller, stretch)
    shown, more = page_of(found, stretch, lambda user: (user.name, ""))
    return Page(items=[user_answer(user) for user in shown], next=more)


@router.post("/users", status_code=201, operation_id="makeUser")
async def add_user(
    order: UserOrder, response: Response, door: TheDoor, caller: TheCaller
) -> MadeUserAnswer:
    """Make a user who works in a project."""
    given = Given(
        name=order.name,
        password=order.password,
        email=order.email,
        description=order.description,
        administrator=order.administrator,
    )
    user, password = await door.rooms.people.add_user(
        caller, given, project=order.project, roles=order.roles
    )
    told = password if order.password is None else None
    if told is not None:
        keep_nowhere(response)
    return MadeUserAnswer(**user_answer(user).model_dump(), password=told)


@router.patch("/users/{user}", operation_id="changeUser")
async def change_user(user: str, order: UserChange, door: TheDoor, caller: TheCaller) -> UserAnswer:
    """Change what is said of a user; who is not active cannot log in."""
    changed = await door.rooms.people.change_user(caller, user, **order.model_dump())
    return user_answer(changed)


@router.delete("/users/{user}", status_code=204, operation_id="removeUser")
async def remove_user(user: str, door: TheDoor, caller: TheCaller) -> Response:
    """Forget a user. What they have started and made stays."""
    await door.rooms.people.remove_user(caller, user)
    return Response(status_code=204)


@router.post("/users/{user}/password-reset", operation_id="resetPassword")
async def reset_password(
    user: str, response: Response, door: TheDoor, caller: TheCaller
) -> PasswordAnswer:
    """Give a user another password; their sessions end and their tokens are revoked."""
    keep_nowhere(response)
    return PasswordAnswer(password=await door.rooms.people.reset_password(caller, user))


@router.put("/me/email", status_code=204, operation_id="changeEmail")
async def change_email(order: EmailOrder, door: TheDoor, caller: TheCaller) -> Response:
    """Change the caller's own e-mail address."""
    await door.rooms.people.change_email(caller, order.email)
    return Response(status_code=204)


@router.get("/projects", operation_id="listProjects")
async def projects(door: TheDoor, caller: TheCaller, stretch: WantedByName) -> Page[ProjectAnswer]:
    """List projects by name: all for an administrator, else those that the caller works in."""
    found = await door.rooms.people.projects(caller, stretch)
    shown, more = page_of(found, stretch, lambda project: (project.name, ""))
    return Page(items=[project_answer(project) for project in shown], next=more)


@router.post("/projects", status_code=201, operation_id="makeProject")
async def add_project(order: ProjectOrder, door: TheDoor, caller: TheCaller) -> ProjectAnswer:
    """Make a project."""
    made = await door.rooms.people.add_project(caller, order.name, order.description)
    return project_answer(made)


@router.delete("/projects/{project}", status_code=204, operation_id="closeProject")
async def close_project(project: str, door: TheDoor, caller: TheCaller) -> Response:
    """Close a project: nobody works in it any more. Its data and its name stay."""
    await door.rooms.people.close_project(caller, project)
    return Response(status_code=204)


@router.get("/projects/{project}/members", operation_id="listMembers")
async def members(
    project: str, door: TheDoor, caller: TheCaller, stretch: WantedByName
) -> Page[MemberAnswer]:
    """List who works in a project, and in which roles."""
    found = await door.rooms.people.members(caller, project, stretch)
    shown, more = page_of(found, stretch, lambda member: (member.user.name, ""))
    return Page(items=[member_answer(member) for member in shown], next=more)


@router.put("/projects/{project}/members/{user}", status_code=204, operation_id="setRoles")
async def set_roles(
    project: str, user: str, order: RolesOrder, door: TheDoor, caller: TheCaller
) -> Response:
    """Let a user work in a project, in exactly these roles."""
    await door.rooms.people.set_roles(caller, user, project, order.roles)
    return Response(status_code=204)


@router.delete("/projects/{project}/members/{user}", status_code=204, operation_id="removeMember")
async def remove_member(project: str, user: str, door: TheDoor, caller: TheCaller) -> Response:
    """Let a user no longer work in a project."""
    await door.rooms.people.remove_member(caller, user, project)
    return Response(status_code=204)


@router.get("/roles", operation_id="listRoles")
async def roles(_caller: TheCaller) -> Items[RoleAnswer]:
    """List the roles that there are, and what each may do."""
    return Items(items=role_answers())
