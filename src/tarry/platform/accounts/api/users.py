"""Users over SOAP, as clients in the field know them.

Source: CONTRACT.md, section 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from tarry.contract.errors import TarryError
from tarry.contract.ports import Port
from tarry.platform.accounts.api.wire import (
    BOOLEAN,
    DONE,
    NAMESPACE,
    STRINGS,
    USER_INFO,
    caller_of,
    guarded,
    operation,
    user_info,
)
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import (
    Callers,
    Given,
    add_user,
    change_email,
    change_password,
    change_user,
    remove_user,
    reset_password,
    roles_in,
    see_users,
    set_roles,
)
from tarry.platform.accounts.operations.rights import role_called
from tarry.platform.kernel.errors import NotAllowed
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, UserId
from tarry.soap.schema import Element, Interface, WireValue
from tarry.soap.server import Call, Endpoint, Handler

log = structlog.get_logger()

PATH = "/authManager/Users"


@dataclass(frozen=True, kw_only=True)
class Users:
    """What the Users service answers with. Users and projects go by id or by name."""

    accounts: Transactions[Accounts]
    callers: Callers
    passwords: Passwords
    attempts: Attempts
    clock: Clock = utc_now

    def handlers(self) -> dict[str, Handler]:
        """Give the handler of each operation."""
        work = {
            "listUsers": self._list,
            "createUser": self._create,
            "deleteUser": self._delete,
            "deactivateUser": self._deactivate,
            "addToProject": self._add_to_project,
            "resetPassword": self._reset_password,
            "assignRole": self._assign_role,
            "withdrawRole": self._withdraw_role,
            "listPossibleRoles": self._possible_roles,
            "listRolesForUserInProject": self._roles,
        }
        return {
            "changePassword": self._change_password,
            "updateEmail": self._update_email,
            **{name: guarded(self.callers, each) for name, each in work.items()},
        }

    async def _list(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        del call
        return {"return": [user_info(user) for user in await see_users(self.accounts, caller)]}

    async def _create(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        user, _ = await add_user(
            self.accounts,
            caller,
            Given(
                name=call.text("username"),
                password=call.text("password"),
                email=call.text("email"),
                description=call.text("description"),
            ),
            project=call.text("projectID"),
            passwords=self.passwords,
            clock=self.clock,
        )
        return {"return": user.id}

    async def _delete(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        removed = await remove_user(self.accounts, caller, call.text("userID"), clock=self.clock)
        self.callers.forget_user(removed.id)
        return DONE

    async def _deactivate(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        changed = await change_user(
            self.accounts, caller, call.text("userID"), active=False, clock=self.clock
        )
        self.callers.forget_user(changed.id)
        return DONE

    async def _add_to_project(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        return await self._set_roles(caller, call, add=Role.USER)

    async def _assign_role(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        return await self._set_roles(caller, call, add=role_called(call.text("rolename")))

    async def _withdraw_role(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        return await self._set_roles(caller, call, withdraw=role_called(call.text("rolename")))

    async def _set_roles(
        self, caller: Caller, call: Call, *, add: Role | None = None, withdraw: Role | None = None
    ) -> Mapping[str, WireValue]:
        user = await set_roles(
            self.accounts,
            caller,
            call.text("userID"),
            call.text("projectID"),
            add=[add] if add else [],
            withdraw=[withdraw] if withdraw else [],
            clock=self.clock,
        )
        self.callers.forget_user(user.id)
        return DONE

    async def _reset_password(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        user = call.text("userID")
        password = await reset_password(
            self.accounts, caller, user, passwords=self.passwords, clock=self.clock
        )
        self.callers.forget_all()
        return {"return": password}

    async def _possible_roles(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        del caller, call
        return {"return": [role.value for role in Role]}

    async def _roles(self, caller: Caller, call: Call) -> Mapping[str, WireValue]:
        user, project = call.text("userID"), call.text("projectID")
        return {"return": sorted(await roles_in(self.accounts, caller, user, project))}

    # Clients in use take any fault for "changed": so whatever goes wrong, these two say false.

    async def _change_password(self, call: Call) -> Mapping[str, WireValue]:
        try:
            caller = await caller_of(self.callers, call, "token")
            _own(caller, UserId(call.text("userID")))
            await change_password(
                self.accounts,
                caller,
                old=call.text("oldPassword"),
                new=call.text("newPassword"),
                passwords=self.passwords,
                attempts=self.attempts,
                token=call.text("token"),
                clock=self.clock,
            )
        except TarryError as error:
            return _refused("password.not_changed", error)
        except Exception as error:  # noqa: BLE001 - see above
            return _broken("password.not_changed", error)
        self.callers.forget_user(caller.user)
        return DONE

    async def _update_email(self, call: Call) -> Mapping[str, WireValue]:
        try:
            caller = await caller_of(self.callers, call, "token")
            await change_email(self.accounts, caller, call.text("newEmail"), clock=self.clock)
        except TarryError as error:
            return _refused("email.not_changed", error)
        except Exception as error:  # noqa: BLE001 - see above
            return _broken("email.not_changed", error)
        self.callers.forget_user(caller.user)
        return DONE


def interface() -> Interface:
    """Give the interface: inputs are qualified, outputs are not."""
    users = Element(port=Port(name="return", required=False), record=USER_INFO, repeated=True)
    return Interface(
        name="Users",
        namespace=NAMESPACE,
        documentation="The platform's users, and their roles in projects.",
        operations=(
            operation("listUsers", "token", output=users),
            operation(
                "createUser", "token", "username", "password", "email", "description", "projectID"
            ),
            operation("deleteUser", "token", "userID"),
            operation("deactivateUser", "token", "userID"),
            operation("addToProject", "token", "userID", "projectID"),
            operation(
                "changePassword", "token", "userID", "oldPassword", "newPassword", output=BOOLEAN
            ),
            operation("resetPassword", "token", "userID"),
            operation("updateEmail", "token", "newEmail", output=BOOLEAN),
            operation("assignRole", "token", "userID", "projectID", "rolename"),
            operation("withdrawRole", "token", "userID", "projectID", "rolename"),
            operation("listPossibleRoles", "token", output=STRINGS),
            operation("listRolesForUserInProject", "token", "userID", "projectID", output=STRINGS),
        ),
        qualified_inputs=True,
        qualified_outputs=False,
        match_any_namespace=True,
    )


def endpoint(users: Users, *, base_url: str | None = None) -> Endpoint:
    """Serve the users at their path; the WSDL names `base_url` if it is given."""
    return Endpoint(interface(), users.handlers(), path=PATH, base_url=base_url)


def _own(caller: Caller, user: UserId) -> None:
    if user not in {caller.user, caller.user_name}:
        reason = "everybody changes their own; an administrator resets it"
        raise NotAllowed(who=caller.user_name, what="change the password of others", reason=reason)


def _refused(event: str, error: TarryError) -> Mapping[str, WireValue]:
    log.warning(event, code=error.code, reason=str(error))
    return {"return": "false"}


def _broken(event: str, error: Exception) -> Mapping[str, WireValue]:
    log.error(event, error=type(error).__name__)
    return {"return": "false"}
