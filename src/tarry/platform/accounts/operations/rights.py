"""Who may change what in the accounts, and what is meant by a name."""

from tarry.platform.accounts.errors import BadEmail, LastAdministrator
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.people import Project, User
from tarry.platform.accounts.model.roles import Role
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ProjectId, Right, UserId

LONGEST_EMAIL = 254


def demand_in(caller: Caller, project: Project, what: str) -> None:
    """Go on only if the caller manages a project: as its admin, or as an administrator.

    Raises:
        NotAllowed: the caller does not.
    """
    if caller.may(Right.OPERATE):
        return
    caller.demand(Right.ADMIN, what)
    if caller.project != project.id:
        reason = f"the token is for project {caller.project_name}, not {project.name}"
        raise NotAllowed(who=caller.user_name, what=what, reason=reason)


def demand_in_person(caller: Caller, what: str) -> None:
    """Go on only if the caller has logged in: no program or run does this for anybody.

    Raises:
        NotAllowed: the token is not that of a log-in.
    """
    if caller.execution is not None:
        raise NotAllowed(who="A run", what=what, reason="it acts for its owner")
    if caller.api_token:
        raise NotAllowed(who="An API token", what=what, reason="that takes a log-in")


def user_called(store: Accounts, text: str) -> User:
    """Find a user by id or name.

    Raises:
        NotFound: there is none.
    """
    found = store.user(UserId(text)) or store.user_named(text) if "\0" not in text else None
    if found is None:
        raise NotFound(what="user", name=text[:80])
    return found


def project_called(store: Accounts, text: str) -> Project:
    """Find a project by id or name.

    Raises:
        NotFound: there is none.
    """
    known = "\0" not in text
    found = store.project(ProjectId(text)) or store.project_named(text) if known else None
    if found is None:
        raise NotFound(what="project", name=text[:80])
    return found


def role_called(text: str) -> Role:
    """Find a role by its name.

    Raises:
        NotFound: there is none.
    """
    if text not in set(Role):
        raise NotFound(what="role", name=f"{text[:80]}; there are {', '.join(Role)}")
    return Role(text)


def checked_email(email: str) -> str:
    """Give an e-mail address back if it can be one; it may be empty.

    Raises:
        BadEmail: it cannot.
    """
    strange = not email.isprintable() or " " in email or len(email) > LONGEST_EMAIL
    if email and (strange or "@" not in email[1:-1]):
        raise BadEmail(email=repr(email[:80]))
    return email


def keep_an_administrator(store: Accounts, user: User) -> None:
    """Go on only if there is another active administrator, or this user is none.

    Raises:
        LastAdministrator: there is not.
    """
    others = [each for each in store.users() if each.id != user.id]
    if user.administrator and not any(each.administrator and each.active for each in others):
        raise LastAdministrator(user=user.name)
