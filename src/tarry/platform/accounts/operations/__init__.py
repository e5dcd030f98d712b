"""The verbs of the accounts: log in, know the caller, open and close the token of a run."""

from tarry.platform.accounts.operations.callers import Callers, caller_of
from tarry.platform.accounts.operations.log_in import LoggedIn, log_in, log_out
from tarry.platform.accounts.operations.passwords import change_password
from tarry.platform.accounts.operations.people import (
    Ensured,
    create_project,
    create_user,
    ensure_user,
    list_projects,
    list_users,
)
from tarry.platform.accounts.operations.run_tokens import (
    close_run_token,
    open_run_token,
    own_run_token,
)

__all__ = [
    "Callers",
    "Ensured",
    "LoggedIn",
    "caller_of",
    "change_password",
    "close_run_token",
    "create_project",
    "create_user",
    "ensure_user",
    "list_projects",
    "list_users",
    "log_in",
    "log_out",
    "open_run_token",
    "own_run_token",
]
