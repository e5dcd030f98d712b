"""What each role may do is held where the verbs are: on a whole platform, in every room."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tarry.app.folder import DataFolder
from tarry.app.platform import Platform, build
from tarry.app.settings import Settings
from tarry.contract.errors import TarryError
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.roles import Role
from tarry.platform.accounts.operations import ensure_user, log_in, read_trail, set_roles
from tarry.platform.catalogue.operations import (
    ServiceRequest,
    import_workflow,
    list_workflows,
    register_service,
)
from tarry.platform.executions.operations import abort, list_runs, start
from tarry.platform.kernel.errors import NotAllowed
from tarry.platform.kernel.interfaces import utc_now
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, Right, UserId
from tarry.platform.storage.operations import upload

NOWHERE = "http://127.0.0.1:1/?wsdl"
PASSWORD = "correct horse battery"
OPERATOR = Caller(
    user=UserId("x"),
    user_name="x",
    project=ProjectId("x"),
    project_name="x",
    rights=frozenset(Right),
)
Verb = Callable[[Platform, Caller], Awaitable[object]]


async def one_piece() -> AsyncIterator[bytes]:
    yield b"x"


VERBS: dict[str, tuple[Right, Verb]] = {
    "see runs": (Right.READ, lambda it, who: list_runs(it.room, who)),
    "see workflows": (Right.READ, lambda it, who: list_workflows(it.catalogue, who)),
    "start": (Right.RUN, lambda it, who: start(it.room, who, "none", {})),
    "abort": (Right.RUN, lambda it, who: abort(it.room, who, ExecutionId("0" * 32))),
    "upload": (Right.RUN, lambda it, who: upload(it.files, who, "x", one_piece())),
    "import": (
        Right.DEVELOP,
        lambda it, who: import_workflow(it.catalogue, who, b"<x/>", clock=utc_now),
    ),
    "register": (
        Right.DEVELOP,
        lambda it, who: register_service(
            it.catalogue,
            it.wsdls,
            who,
            ServiceRequest(wsdl_url=NOWHERE, operation="x"),
            clock=utc_now,
        ),
    ),
    "share": (
        Right.OPERATE,
        lambda it, who: register_service(
            it.catalogue,
            it.wsdls,
            who,
            ServiceRequest(wsdl_url=NOWHERE, operation="x", shared=True),
            clock=utc_now,
        ),
    ),
    "audit": (Right.ADMIN, lambda it, who: read_trail(it.accounts, who)),
}
MAY: dict[Role | None, frozenset[Right]] = {
    None: frozenset(),
    Role.VIEWER: frozenset({Right.READ}),
    Role.USER: frozenset({Right.READ, Right.RUN}),
    Role.DEVELOPER: frozenset({Right.READ, Right.RUN, Right.DEVELOP}),
    Role.ADMIN: frozenset({Right.READ, Right.RUN, Right.DEVELOP, Right.ADMIN}),
}
"""As the documentation says it, and not as the code does."""


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    """A platform with a user in the project mill."""
    folder = DataFolder.open(tmp_path / "data")
    made = await build(Settings(data=tmp_path / "data"), folder)
    await ensure_user(
        made.accounts, name="anna", project="mill", password=PASSWORD, passwords=made.passwords
    )
    yield made
    await made.close()
    folder.close()


@pytest.mark.parametrize("role", MAY)
async def test_a_role_may_do_what_the_documentation_says_and_nothing_else(
    platform: Platform, role: Role | None
) -> None:
    given = [role] if role else []
    await set_roles(
        platform.accounts, OPERATOR, "anna", "mill", add=given, withdraw=set(Role) - set(given)
    )
    logged_in = await log_in(
        platform.accounts,
        user="anna",
        password=PASSWORD,
        passwords=platform.passwords,
        attempts=Attempts(),
    )
    allowed = set()
    for name, (_, verb) in VERBS.items():
        try:
            await verb(platform, logged_in.caller)
        except NotAllowed:
            continue
        except TarryError:
            pass  # it was let through, and there is no such thing
        allowed.add(name)

    assert allowed == {name for name, (right, _) in VERBS.items() if right in MAY[role]}
