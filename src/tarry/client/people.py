"""Users, projects, roles, API tokens and the audit trail, as a program manages them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tarry.client.door import Door
from tarry.client.reading import Json, read_time

PAGE = 200


@dataclass(frozen=True, kw_only=True)
class User:
    """A user. The password is set if it was made just now; it is told this once."""

    id: str
    name: str
    email: str
    active: bool
    administrator: bool
    password: str = field(default="", repr=False)
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "User":
        """Read the JSON form."""
        return cls(
            id=str(data["id"]),
            name=str(data["name"]),
            email=str(data.get("email", "")),
            active=bool(data.get("active", True)),
            administrator=bool(data.get("administrator", False)),
            password=str(data.get("password") or ""),
            raw={name: value for name, value in data.items() if name != "password"},
        )


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project."""

    id: str
    name: str
    description: str = ""
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "Project":
        """Read the JSON form."""
        description = str(data.get("description", ""))
        return cls(id=str(data["id"]), name=str(data["name"]), description=description, raw=data)


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody who works in a project."""

    user: str
    roles: tuple[str, ...]
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "Member":
        """Read the JSON form."""
        return cls(user=str(data["user"]), roles=tuple(data.get("roles", ())), raw=data)


@dataclass(frozen=True, kw_only=True)
class ApiToken:
    """A token for a program. Its text is set if it was made just now; it is told this once."""

    id: str
    name: str
    user: str
    project: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    text: str = field(default="", repr=False)
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "ApiToken":
        """Read the JSON form."""
        return cls(
            id=str(data["id"]),
            name=str(data["name"]),
            user=str(data.get("user", "")),
            project=str(data.get("project", "")),
            scopes=tuple(data.get("scopes", ())),
            expires_at=read_time(data.get("expires_at")),
            last_used_at=read_time(data.get("last_used_at")),
            text=str(data.get("token", "")),
            raw={name: value for name, value in data.items() if name != "token"},
        )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the audit trail: who did what when, and from where."""

    id: int
    at: datetime | None
    user: str
    project: str
    action: str
    subject: str
    address: str
    facts: Mapping[str, str]
    raw: Json = field(repr=False, default_factory=dict)

    @classmethod
    def read(cls, data: Json) -> "Entry":
        """Read the JSON form."""
        return cls(
            id=int(data["id"]),
            at=read_time(data.get("at")),
            user=str(data.get("user", "")),
            project=str(data.get("project", "")),
            action=str(data["action"]),
            subject=str(data.get("subject", "")),
            address=str(data.get("address", "")),
            facts=dict(data.get("facts", {})),
            raw=data,
        )


class People:
    """Users and projects go by name or id. Errors are as `Platform` says."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def users(self) -> Iterator[User]:
        """List the users that we manage, by name."""
        params = {"limit": str(PAGE)}
        while True:
            page = self._door.json("GET", "/users", params=params)
            for item in page["items"]:
                yield User.read(item)
            if not page.get("next"):
                return
            params["after"] = page["next"]

    def make_user(
        self,
        name: str,
        project: str,
        *,
        roles: Sequence[str] = ("user",),
        email: str = "",
        description: str = "",
        password: str | None = None,
        administrator: bool = False,
    ) -> User:
        """Make a user who works in a project; without a password one is made and told."""
        order: dict[str, Any] = {
            "name": name,
            "project": project,
            "roles": list(roles),
            "email": email,
            "description": description,
            "administrator": administrator,
        }
        if password is not None:
            order["password"] = password
        return User.read(self._door.once("POST", "/users", json=order))

    def change_user(
        self,
        user: str,
        *,
        email: str | None = None,
        description: str | None = None,
        active: bool | None = None,
        administrator: bool | None = None,
    ) -> User:
        """Change what is said of a user; `None` leaves it as it is."""
        order = {
            "email": email,
            "description": description,
            "active": active,
            "administrator": administrator,
        }
        given = {name: value for name, value in order.items() if value is not None}
        return User.read(self._door.json("PATCH", f"/users/{_part(user)}", json=given))

    def remove_user(self, user: str) -> None:
        """Forget a user."""
        self._door.done("DELETE", f"/users/{_part(user)}")

    def reset_password(self, user: str) -> str:
        """Give a user another password, and give it."""
        return str(self._door.once("POST", f"/users/{_part(user)}/password-reset")["password"])

    def change_email(self, email: str) -> None:
        """Change our own e-mail address."""
        self._door.done("PUT", "/me/email", json={"email": email})

    def projects(self) -> list[Project]:
        """List the projects that we work in or manage, by name."""
        return [Project.read(item) for item in self._door.items("/projects")]

    def make_project(self, name: str, description: str = "") -> Project:
        """Make a project."""
        order = {"name": name, "description": description}
        return Project.read(self._door.once("POST", "/projects", json=order))

    def close_project(self, project: str) -> None:
        """Close a project; its data and its name stay."""
        self._door.done("DELETE", f"/projects/{_part(project)}")

    def members(self, project: str) -> list[Member]:
        """List who works in a project, by name."""
        return [Member.read(it) for it in self._door.items(f"/projects/{_part(project)}/members")]

    def set_roles(self, user: str, project: str, roles: Sequence[str]) -> None:
        """Let a user work in a project, in exactly these roles."""
        path = f"/projects/{_part(project)}/members/{_part(user)}"
        self._door.done("PUT", path, json={"roles": list(roles)})

    def remove_member(self, user: str, project: str) -> None:
        """Let a user no longer work in a project."""
        self._door.done("DELETE", f"/projects/{_part(project)}/members/{_part(user)}")

    def roles(self) -> list[Json]:
        """List the roles that there are, with what each may do."""
        return list(self._door.items("/roles"))

    def tokens(self, *, everyone: bool = False) -> list[ApiToken]:
        """List API tokens: our own, or those of all whom we manage."""
        params = {"everyone": "true"} if everyone else None
        return [ApiToken.read(item) for item in self._door.items("/api-tokens", params=params)]

    def make_token(
        self, name: str, scopes: Sequence[str], *, expires_at: datetime | None = None
    ) -> ApiToken:
        """Make a token for a program; its text is told this once."""
        order: dict[str, Any] = {"name": name, "scopes": list(scopes)}
        if expires_at is not None:
            order["expires_at"] = expires_at.isoformat()
        return ApiToken.read(self._door.once("POST", "/api-tokens", json=order))

    def revoke_token(self, token: str) -> None:
        """Make an API token worthless, by its id, or by its name if it is ours."""
        self._door.done("DELETE", f"/api-tokens/{_part(token)}")

    def trail(
        self, *, everywhere: bool = False, user: str = "", action: str = ""
    ) -> Iterator[Entry]:
        """Read the audit trail, newest first, as far back as one cares to.

        Args:
            everywhere: of all projects; for administrators.
            user: only what this user did.
            action: only this, or all that begins so if it ends with a dot, as `run.` does.
        """
        params = {"limit": str(PAGE), "user": user, "action": action}
        if everywhere:
            params["everywhere"] = "true"
        while True:
            page = self._door.json("GET", "/audit", params=params)
            for item in page["items"]:
                yield Entry.read(item)
            if not page.get("next"):
                return
            params["after"] = page["next"]


def _part(name: str) -> str:
    """Put a name into a path."""
    return quote(name, safe="")
