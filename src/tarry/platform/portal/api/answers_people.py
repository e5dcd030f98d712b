"""The JSON of users, projects, roles, API tokens and the audit trail."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tarry.platform.accounts.model.audit import Entry
from tarry.platform.accounts.model.people import Member, Project, User
from tarry.platform.accounts.model.roles import DESCRIPTIONS, RIGHTS, Role
from tarry.platform.accounts.operations import ListedToken, MadeToken
from tarry.platform.kernel.model import Caller, Right
from tarry.platform.portal.api.answers import NEXT


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UserOrder(_Order):
    """A user who is to be made, and where they work."""

    name: str = Field(max_length=200)
    project: str = Field(max_length=200, description="Name or id")
    roles: list[Role] = Field([Role.USER], description="In that project")
    email: str = Field("", max_length=300)
    description: str = Field("", max_length=2000)
    password: str | None = Field(
        None, max_length=1000, repr=False, description="Left out: one is made and told"
    )
    administrator: bool = Field(False, description="Of the whole platform")


class UserChange(_Order):
    """What is to change; what is left out stays."""

    email: str | None = Field(None, max_length=300)
    description: str | None = Field(None, max_length=2000)
    active: bool | None = None
    administrator: bool | None = None


class UserAnswer(BaseModel):
    """A user."""

    id: str
    name: str
    email: str
    description: str
    active: bool
    administrator: bool
    created_at: datetime


class MadeUserAnswer(UserAnswer):
    """A user who was made just now."""

    password: str | None = Field(repr=False, description="Set if it was made: shown this once")


class PasswordAnswer(BaseModel):
    """A password that was made just now; it is shown this once."""

    password: str = Field(repr=False)


class EmailOrder(_Order):
    """Another e-mail address."""

    email: str = Field(max_length=300)


class ProjectOrder(_Order):
    """A project that is to be made."""

    name: str = Field(max_length=200)
    description: str = Field("", max_length=2000)


class ProjectAnswer(BaseModel):
    """A project."""

    id: str
    name: str
    description: str
    created_at: datetime


class RolesOrder(_Order):
    """The roles of a member: exactly these."""

    roles: list[Role]


class MemberAnswer(BaseModel):
    """Somebody who works in a project."""

    user: str
    email: str
    active: bool
    roles: list[str]
    since: datetime


class RoleAnswer(BaseModel):
    """A role, and what it brings."""

    role: Role
    description: str
    rights: list[Right]


class ApiTokenOrder(_Order):
    """A token for a program."""

    name: str = Field(max_length=200, description="What it is for")
    scopes: list[Right] = Field(min_length=1, description="What it lets through")
    expires_at: AwareDatetime | None = Field(None, description="Left out: when it is revoked")


class ApiTokenAnswer(BaseModel):
    """A token for a program; its text is known to nobody but who made it."""

    id: str
    name: str
    user: str
    project: str
    scopes: list[Right]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute")


class MadeTokenAnswer(ApiTokenAnswer):
    """A token that was made just now."""

    token: str = Field(repr=False, description="Shown this once")


class EntryAnswer(BaseModel):
    """Who did what when, and from where."""

    id: int
    at: datetime
    user: str = Field(description="Empty if nobody knows")
    project: str = Field(description="Empty for what concerns the whole platform")
    action: str = Field(examples=["run.started"])
    subject: str
    api_token: str = Field(description="Id of the API token that was used, if it was one")
    address: str
    facts: dict[str, str]


class TrailAnswer(BaseModel):
    """Lines of the audit trail, newest first."""

    items: list[EntryAnswer]
    next: str = Field(description=NEXT)


def user_answer(user: User) -> UserAnswer:
    """Describe a user."""
    return UserAnswer(
        id=user.id,
        name=user.name,
        email=user.email,
        description=user.description,
        active=user.active,
        administrator=user.administrator,
        created_at=user.created_at,
    )


def project_answer(project: Project) -> ProjectAnswer:
    """Describe a project."""
    return ProjectAnswer(
        id=project.id,
        name=project.name,
        description=project.description,
        created_at=project.created_at,
    )


def member_answer(member: Member) -> MemberAnswer:
    """Describe a member of a project."""
    return MemberAnswer(
        user=member.user.name,
        email=member.user.email,
        active=member.user.active,
        roles=sorted(member.roles),
        since=member.since,
    )


def role_answers() -> list[RoleAnswer]:
    """Describe all roles."""
    return [
        RoleAnswer(role=role, description=DESCRIPTIONS[role], rights=sorted(RIGHTS[role]))
        for role in Role
    ]


def token_answer(listed: ListedToken) -> ApiTokenAnswer:
    """Describe an API token."""
    kept = listed.kept
    return ApiTokenAnswer(
        id=kept.id,
        name=kept.name,
        user=listed.user_name,
        project=listed.project_name,
        scopes=sorted(kept.scopes),
        created_at=kept.created_at,
        expires_at=kept.expires_at,
        last_used_at=kept.last_used_at,
    )


def made_token_answer(made: MadeToken, caller: Caller) -> MadeTokenAnswer:
    """Describe an API token that was made just now, with its text."""
    listed = ListedToken(
        kept=made.kept, user_name=caller.user_name, project_name=caller.project_name
    )
    return MadeTokenAnswer(**token_answer(listed).model_dump(), token=made.text)


def entry_answer(entry: Entry) -> EntryAnswer:
    """Describe a line of the audit trail."""
    return EntryAnswer(
        id=entry.id,
        at=entry.at,
        user=entry.user,
        project=entry.project_name,
        action=entry.action,
        subject=entry.subject,
        api_token=entry.api_token,
        address=entry.address,
        facts=dict(entry.facts),
    )
