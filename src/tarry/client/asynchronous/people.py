"""Written by `tools/async_client.py` out of `tarry.client.people`: change that."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from tarry.client.asynchronous.door import AsyncDoor as Door
from tarry.client.people import PAGE, ApiToken, Entry, Member, Project, User, _part
from tarry.client.reading import Json


class AsyncPeople:
    """Users and projects go by name or id. Errors are as `Platform` says."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def users(self) -> AsyncIterator[User]:
        """List the users that we manage, by name."""
        params = {"limit": str(PAGE)}
        while True:
            page = await self._door.json("GET", "/users", params=params)
            for item in page["items"]:
                yield User.read(item)
            if not page.get("next"):
                return
            params["after"] = page["next"]

    async def make_user(
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
        return User.read(await self._door.once("POST", "/users", json=order))

    async def change_user(
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
        return User.read(await self._door.json("PATCH", f"/users/{_part(user)}", json=given))

    async def remove_user(self, user: str) -> None:
        """Forget a user."""
        (await self._door.done("DELETE", f"/users/{_part(user)}"))

    async def reset_password(self, user: str) -> str:
        """Give a user another password, and give it."""
        return str(
            (await self._door.once("POST", f"/users/{_part(user)}/password-reset"))["password"]
        )

    async def change_email(self, email: str) -> None:
        """Change our own e-mail address."""
        (await self._door.done("PUT", "/me/email", json={"email": email}))

    async def projects(self) -> list[Project]:
        """List the projects that we work in or manage, by name."""
        return [Project.read(item) for item in (await self._door.items("/projects"))]

    async def make_project(self, name: str, description: str = "") -> Project:
        """Make a project."""
        order = {"name": name, "description": description}
        return Project.read(await self._door.once("POST", "/projects", json=order))

    async def close_project(self, project: str) -> None:
        """Close a project; its data and its name stay."""
        (await self._door.done("DELETE", f"/projects/{_part(project)}"))

    async def members(self, project: str) -> list[Member]:
        """List who works in a project, by name."""
        return [
            Member.read(it)
            for it in (await self._door.items(f"/projects/{_part(project)}/members"))
        ]

    async def set_roles(self, user: str, project: str, roles: Sequence[str]) -> None:
        """Let a user work in a project, in exactly these roles."""
        path = f"/projects/{_part(project)}/members/{_part(user)}"
        (await self._door.done("PUT", path, json={"roles": list(roles)}))

    async def remove_member(self, user: str, project: str) -> None:
        """Let a user no longer work in a project."""
        (await self._door.done("DELETE", f"/projects/{_part(project)}/members/{_part(user)}"))

    async def roles(self) -> list[Json]:
        """List the roles that there are, with what each may do."""
        return list(await self._door.items("/roles"))

    async def tokens(self, *, everyone: bool = False) -> list[ApiToken]:
        """List API tokens: our own, or those of all whom we manage."""
        params = {"everyone": "true"} if everyone else None
        return [
            ApiToken.read(item) for item in (await self._door.items("/api-tokens", params=params))
        ]

    async def make_token(
        self, name: str, scopes: Sequence[str], *, expires_at: datetime | None = None
    ) -> ApiToken:
        """Make a token for a program; its text is told this once."""
        order: dict[str, Any] = {"name": name, "scopes": list(scopes)}
        if expires_at is not None:
            order["expires_at"] = expires_at.isoformat()
        return ApiToken.read(await self._door.once("POST", "/api-tokens", json=order))

    async def revoke_token(self, token: str) -> None:
        """Make an API token worthless, by its id, or by its name if it is ours."""
        (await self._door.done("DELETE", f"/api-tokens/{_part(token)}"))

    async def trail(
        self, *, everywhere: bool = False, user: str = "", action: str = ""
    ) -> AsyncIterator[Entry]:
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
            page = await self._door.json("GET", "/audit", params=params)
            for item in page["items"]:
                yield Entry.read(item)
            if not page.get("next"):
                return
            params["after"] = page["next"]
