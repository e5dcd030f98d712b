"""Users, projects, roles and tokens, as a visitor manages them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tarry.platform.accounts import operations
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.audit import Entry
from tarry.platform.accounts.model.people import Member, Project, User
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import Callers, Given, ListedToken, MadeToken
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, Right, Stretch


@dataclass(frozen=True, kw_only=True)
class BoundPeople:
    """`portal.interfaces.People` on the accounts' own verbs."""

    accounts: Transactions[Accounts]
    callers: Callers
    passwords: Passwords
    clock: Clock = utc_now

    async def users(self, caller: Caller, stretch: Stretch) -> Sequence[User]:
        """List the users that the caller manages."""
        return await operations.see_users(self.accounts, caller, stretch)

    async def add_user(
        self, caller: Caller, given: Given, *, project: str, roles: Collection[Role]
    ) -> tuple[User, str]:
        """Make a user who works in a project; gives the password too."""
        return await operations.add_user(
            self.accounts,
            caller,
            given,
            project=project,
            passwords=self.passwords,
            roles=roles,
            clock=self.clock,
        )

    async def change_user(
        self,
        caller: Caller,
        user: str,
        *,
        email: str | None,
        description: str | None,
        active: bool | None,
        administrator: bool | None,
    ) -> User:
        """Change what is said of a user; `None` leaves it as it is."""
        changed = await operations.change_user(
            self.accounts,
            caller,
            user,
            email=email,
            description=description,
            active=active,
            administrator=administrator,
            clock=self.clock,
        )
        self.callers.forget_user(changed.id)
        return changed

    async def remove_user(self, caller: Caller, user: str) -> None:
        """Forget a user."""
        removed = await operations.remove_user(self.accounts, caller, user, clock=self.clock)
        self.callers.forget_user(removed.id)

    async def reset_password(self, caller: Caller, user: str) -> str:
        """Give a user another password, and give it to the caller."""
        password = await operations.reset_password(
            self.accounts, caller, user, passwords=self.passwords, clock=self.clock
        )
        self.callers.forget_all()
        return password

    async def change_email(self, caller: Caller, email: str) -> None:
        """Change the caller's own e-mail address."""
        await operations.change_email(self.accounts, caller, email, clock=self.clock)
        self.callers.forget_user(caller.user)

    async def projects(self, caller: Caller, stretch: Stretch) -> Sequence[Project]:
        """List the projects that the caller works in or manages."""
        return await operations.see_projects(self.accounts, caller, stretch)

    async def add_project(self, caller: Caller, name: str, description: str) -> Project:
        """Make a project."""
        return await operations.add_project(
            self.accounts, caller, name, description, clock=self.clock
        )

    async def close_project(self, caller: Caller, project: str) -> None:
        """Close a project."""
        await operations.close_project(self.accounts, caller, project, clock=self.clock)
        self.callers.forget_all()

    async def members(self, caller: Caller, project: str, stretch: Stretch) -> Sequence[Member]:
        """List who works in a project."""
        return await operations.list_members(self.accounts, caller, project, stretch)

    async def set_roles(
        self, caller: Caller, user: str, project: str, roles: Collection[Role]
    ) -> None:
        """Let a user work in a project, in exactly these roles."""
        changed = await operations.set_roles(
            self.accounts,
            caller,
            user,
            project,
            add=roles,
            withdraw=set(Role) - set(roles),
            clock=self.clock,
        )
        self.callers.forget_user(changed.id)

    async def remove_member(self, caller: Caller, user: str, project: str) -> None:
        """Let a user no longer work in a project."""
        removed = await operations.remove_member(
            self.accounts, caller, user, project, clock=self.clock
        )
        self.callers.forget_user(removed.id)

    async def tokens(
        self, caller: Caller, stretch: Stretch, *, of_all: bool
    ) -> Sequence[ListedToken]:
        """List API tokens: the caller's own, or those of all that the caller manages."""
        return await operations.list_api_tokens(self.accounts, caller, stretch, of_all=of_all)

    async def make_token(
        self, caller: Caller, name: str, scopes: Collection[Right], expires_at: datetime | None
    ) -> MadeToken:
        """Make an API token for the caller."""
        return await operations.make_api_token(
            self.accounts,
            caller,
            name=name,
            scopes=scopes,
            expires_at=expires_at,
            clock=self.clock,
        )

    async def revoke_token(self, caller: Caller, token: str) -> None:
        """Make an API token worthless."""
        revoked = await operations.revoke_api_token(self.accounts, caller, token, clock=self.clock)
        self.callers.forget_user(revoked.user)

    async def trail(
        self,
        caller: Caller,
        *,
        everywhere: bool,
        before: int | None,
        limit: int,
        user: str,
        action: str,
    ) -> Sequence[Entry]:
        """Read the audit trail, newest first."""
        return await operations.read_trail(
            self.accounts,
            caller,
            everywhere=everywhere,
            before=before,
            limit=limit,
            user=user,
            action=action,
        )
