"""The verbs of the accounts: log in, know the caller, manage users, projects and tokens."""

from tarry.platform.accounts.operations.api_tokens import (
    ListedToken,
    MadeToken,
    list_api_tokens,
    make_api_token,
    revoke_api_token,
)
from tarry.platform.accounts.operations.callers import Callers, caller_of
from tarry.platform.accounts.operations.log_in import LoggedIn, log_in, log_out
from tarry.platform.accounts.operations.passwords import change_password
from tarry.platform.accounts.operations.people import (
    Ensured,
    Given,
    create_project,
    create_user,
    ensure_user,
    list_projects,
    list_users,
)
from tarry.platform.accounts.operations.projects import (
    add_project,
    close_project,
    list_members,
    remove_member,
    roles_in,
    see_projects,
    set_roles,
)
from tarry.platform.accounts.operations.requests import answered_before, keep_answer
from tarry.platform.accounts.operations.run_tokens import (
    close_run_token,
    open_run_token,
    own_run_token,
)
from tarry.platform.accounts.operations.switch import switch_project
from tarry.platform.accounts.operations.trail import read_trail
from tarry.platform.accounts.operations.users import (
    add_user,
    change_email,
    change_user,
    remove_user,
    reset_password,
    see_users,
)

__all__ = [
    "Callers",
    "Ensured",
    "Given",
    "ListedToken",
    "LoggedIn",
    "MadeToken",
    "add_project",
    "add_user",
    "answered_before",
    "caller_of",
    "change_email",
    "change_password",
    "change_user",
    "close_project",
    "close_run_token",
    "create_project",
    "create_user",
    "ensure_user",
    "keep_answer",
    "list_api_tokens",
    "list_members",
    "list_projects",
    "list_users",
    "log_in",
    "log_out",
    "make_api_token",
    "open_run_token",
    "own_run_token",
    "read_trail",
    "remove_member",
    "remove_user",
    "reset_password",
    "revoke_api_token",
    "roles_in",
    "see_projects",
    "see_users",
    "set_roles",
    "switch_project",
]
