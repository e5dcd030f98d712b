"""What the SOAP doors of the accounts share: records, faults, and who calls.

Source: CONTRACT.md, section 4.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import wraps

from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.people import Project, User
from tarry.platform.accounts.model.roles import DESCRIPTIONS, Role
from tarry.platform.accounts.operations import Callers
from tarry.platform.kernel.errors import NotAllowed, NotLoggedIn
from tarry.platform.kernel.model import Caller
from tarry.soap.schema import Element, Operation, Record, WireValue, elements
from tarry.soap.server import Call, Handler

NAMESPACE = "http://authmanager.sintef.no/"


class Unauthorized(TarryError):
    """A log-in failed; clients in use look for the words at the start."""

    code = "log-in-failed"
    sort = Sort.DENIED
    message = "401: Unauthorized. {reason}"


class BadToken(TarryError):
    """A token is not valid; clients in use look for the words at the start."""

    code = "not-logged-in"
    sort = Sort.DENIED
    message = "Couldn't validate token. {reason}"


class Forbidden(TarryError):
    """The caller may not do this."""

    code = "not-allowed"
    sort = Sort.FORBIDDEN
    message = "403: Forbidden. {reason}"


async def caller_of(callers: Callers, call: Call, name: str = "sessionToken") -> Caller:
    """Tell who calls, by the token in an argument.

    Raises:
        BadToken: the token is not valid.
    """
    try:
        caller = await callers.of(call.text(name))
    except NotLoggedIn as error:
        raise BadToken(reason=error) from error
    return replace(caller, address=call.address)


def guarded(
    callers: Callers, work: Callable[[Caller, Call], Awaitable[Mapping[str, WireValue]]]
) -> Handler:
    """Make a handler of work that is done for who shows a valid `token`."""

    @wraps(work)
    async def handler(call: Call) -> Mapping[str, WireValue]:
        caller = await caller_of(callers, call, "token")
        try:
            return await work(caller, call)
        except NotAllowed as error:
            raise Forbidden(reason=error) from error

    return handler


def project_info(project: Project) -> dict[str, WireValue]:
    """Describe a project as `projectInfo`."""
    return {"description": project.description, "id": project.id, "name": project.name}


def role_info(role: str) -> dict[str, WireValue]:
    """Describe a role as `roleInfo`."""
    description = DESCRIPTIONS[Role(role)] if role in set(Role) else ""
    return {"description": description, "id": role, "name": role}


def user_info(user: User) -> dict[str, WireValue]:
    """Describe a user as `userInfo`."""
    return {
        "description": user.description,
        "email": user.email,
        "id": user.id,
        "name": user.name,
    }


def _record(name: str, *fields: str) -> Record:
    return Record(name=name, fields=elements(*(Port(name=field) for field in fields)))


PROJECT_INFO = _record("projectInfo", "description", "id", "name")
ROLE_INFO = _record("roleInfo", "description", "id", "name")
USER_INFO = _record("userInfo", "description", "email", "id", "name")

STRING = Element(port=Port(name="return"))
STRINGS = Element(port=Port(name="return", required=False), repeated=True)
BOOLEAN = Element(port=Port(name="return", type=PortType.BOOLEAN))
INTEGER = Element(port=Port(name="return", type=PortType.INTEGER))
DONE: Mapping[str, WireValue] = {"return": "true"}
"""What operations answer with that have nothing to tell."""


def operation(name: str, *inputs: str, output: Element = STRING) -> Operation:
    """Describe an operation whose inputs are plain texts."""
    # What is missing counts as empty and gets this door's own answer: a token that was left out
    # must be told `false`. (And a text may have any number of lines: so must garbage.)
    ports = (Port(name=each, type=PortType.TEXT, required=False) for each in inputs)
    return Operation(name=name, inputs=elements(*ports), outputs=(output,))
