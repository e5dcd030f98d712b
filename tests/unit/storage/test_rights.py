"""Who may read and write which file."""

from dataclasses import replace

import pytest

from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, UserId
from tarry.platform.storage.model.rights import folder_of_run, may_read, may_write
from tarry.platform.storage.model.uris import parse_uri

RUN = ExecutionId("0123456789abcdef0123456789abcdef")
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="mill",
    rights=RIGHTS[Role.DEVELOPER],
)
ANNAS_RUN = replace(ANNA, execution=RUN)


@pytest.mark.parametrize(
    ("caller", "uri", "reads", "writes"),
    [
        (ANNA, "local://mill/uploads/0/a.step", True, True),
        (ANNA, "local://wing/uploads/0/a.step", False, False),
        (ANNA, "local://mill2/a", False, False),
        (ANNA, "local://MILL/a", False, False),
        (ANNAS_RUN, f"local://mill/runs/{RUN}/1/mesh/a.msh", True, True),
        (ANNAS_RUN, f"local://mill/runs/{RUN}/a.msh", True, True),
        (ANNAS_RUN, f"local://mill/runs/{RUN}", False, False),
        (ANNAS_RUN, f"local://mill/runs/{RUN}0/a.msh", False, False),
        (ANNAS_RUN, f"local://mill/runs/{RUN[:-1]}/a.msh", False, False),
        (ANNAS_RUN, f"local://mill/uploads/runs/{RUN}/a.msh", False, False),
        (ANNAS_RUN, f"local://wing/runs/{RUN}/a.msh", False, False),
        (ANNAS_RUN, "local://mill/uploads/0/a.step", False, False),
    ],
)
def test_a_user_has_the_project_and_a_run_its_own_folder(
    caller: Caller, uri: str, *, reads: bool, writes: bool
) -> None:
    assert may_read(caller, parse_uri(uri), granted=False) == reads
    assert may_write(caller, parse_uri(uri)) == writes


def test_a_run_reads_what_it_was_granted_and_does_not_write_it() -> None:
    uri = parse_uri("local://mill/uploads/0/a.step")

    assert may_read(ANNAS_RUN, uri, granted=True)
    assert not may_write(ANNAS_RUN, uri)


def test_a_run_writes_beneath_its_folder() -> None:
    assert may_write(ANNAS_RUN, parse_uri(folder_of_run("mill", RUN) + "1/mesh/a.msh"))
