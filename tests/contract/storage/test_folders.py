"""Folders keep their promises on every back end and every store of the grants."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.databases import Databases
from tests.fakes.storage import MemoryFiles, MemoryGrants
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, UserId
from tarry.platform.storage.adapters.local import LocalFiles
from tarry.platform.storage.adapters.sql import SqlGrants
from tarry.platform.storage.errors import BadUri, PathTaken, TooManyFiles
from tarry.platform.storage.interfaces import Grants
from tarry.platform.storage.model.uris import parse_folder
from tarry.platform.storage.operations import (
    Files,
    grant,
    info,
    list_folder,
    make_folder,
    new_folder,
    store,
)

RUN = ExecutionId("0123456789abcdef0123456789abcdef")
OTHER_RUN = ExecutionId("f" * 32)
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="mill",
    rights=RIGHTS[Role.DEVELOPER],
)
BERTA = Caller(
    user=UserId("u2"),
    user_name="berta",
    project=ProjectId("p2"),
    project_name="wing",
    rights=RIGHTS[Role.DEVELOPER],
)
ANNAS_RUN = replace(ANNA, execution=RUN)


@pytest.fixture(params=["memory", "sqlite"])
def files(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Files]:
    if request.param == "memory":
        yield Files(back_end=MemoryFiles(), grants=MemoryTransactions[Grants](MemoryGrants()))
        return
    database = databases.open(request.param)
    local = LocalFiles(tmp_path / "files", keep_free=0)
    yield Files(back_end=local, grants=SqlTransactions[Grants](database, SqlGrants))
    local.close()
    database.close()


async def some(content: bytes = b"x") -> AsyncIterator[bytes]:
    yield content


async def test_all_files_beneath_a_folder_are_listed_with_their_paths(files: Files) -> None:
    case = await new_folder(files, ANNA, "../my case")
    assert case.startswith("local://mill/uploads/")
    assert case.endswith("/my_case/")
    assert (await list_folder(files, ANNA, case)).files == ()
    for path in ("b.txt", "0/U", "a/deep/er.txt"):
        await store(files, ANNA, f"{case}{path}", some(path.encode()))

    found = await list_folder(files, ANNA, case)

    assert found.uri == case
    assert [(path, kept.size) for path, kept in found.files] == [
        ("0/U", 3),
        ("a/deep/er.txt", 13),
        ("b.txt", 5),
    ]
    assert str(found.files[0][1].uri) == f"{case}0/U"


async def test_a_folder_is_made_once_and_again_is_the_same(files: Files) -> None:
    uri = "local://mill/runs/x/"
    assert await make_folder(files, ANNA, uri) == uri
    await store(files, ANNA, f"{uri}a", some())
    assert await make_folder(files, ANNA, uri) == uri
    assert len((await list_folder(files, ANNA, uri)).files) == 1
    with pytest.raises(PathTaken):
        await make_folder(files, ANNA, f"{uri}a/")


@pytest.mark.parametrize(
    "uri", ["local://mill/a", "local://mill/", "/etc/", "local://mill/../wing/", ""]
)
async def test_what_names_no_folder_is_refused(files: Files, uri: str) -> None:
    for attempt in (list_folder(files, ANNA, uri), make_folder(files, ANNA, uri)):
        with pytest.raises(BadUri):
            await attempt


async def test_folders_of_another_project_are_closed(files: Files) -> None:
    case = await new_folder(files, ANNA, "case")
    for attempt in (
        list_folder(files, BERTA, case),
        make_folder(files, BERTA, f"{case}more/"),
        grant(files, BERTA, RUN, [case]),
        list_folder(files, BERTA, "local://mill/none/"),
    ):
        with pytest.raises(NotAllowed, match="berta may not"):
            await attempt
    with pytest.raises(NotFound):
        await list_folder(files, ANNA, "local://mill/none/")
    with pytest.raises(NotFound):
        await grant(files, ANNA, RUN, ["local://mill/none/"])


async def test_a_run_reads_all_of_a_folder_that_it_was_granted_and_nothing_beside(
    files: Files,
) -> None:
    case, beside = await new_folder(files, ANNA, "case"), await new_folder(files, ANNA, "case")
    for folder in (case, beside):
        await store(files, ANNA, f"{folder}sub/a.txt", some())
    await grant(files, ANNA, RUN, [case])
    await grant(files, ANNA, RUN, [case])  # twice does no harm

    assert len((await list_folder(files, ANNAS_RUN, case)).files) == 1
    assert (await info(files, ANNAS_RUN, f"{case}sub/a.txt")).size == 1
    assert len((await list_folder(files, ANNAS_RUN, f"{case}sub/")).files) == 1
    for uri in (beside, f"{case.rstrip('/')}2/"):
        with pytest.raises(NotAllowed):
            await list_folder(files, ANNAS_RUN, uri)
    with pytest.raises(NotAllowed):
        await info(files, ANNAS_RUN, f"{beside}sub/a.txt")
    with pytest.raises(NotAllowed):
        await list_folder(files, replace(ANNA, execution=OTHER_RUN), case)
    with pytest.raises(NotAllowed):  # reading is all
        await store(files, ANNAS_RUN, f"{case}new.txt", some())


async def test_a_run_makes_folders_beneath_its_own_only(files: Files) -> None:
    own = f"local://mill/runs/{RUN}/1/mesh/out/"
    assert await make_folder(files, ANNAS_RUN, own) == own
    await store(files, ANNAS_RUN, f"{own}a.msh", some())
    assert len((await list_folder(files, ANNA, own)).files) == 1
    for uri in (f"local://mill/runs/{OTHER_RUN}/1/", "local://mill/uploads/x/"):
        with pytest.raises(NotAllowed):
            await make_folder(files, ANNAS_RUN, uri)


async def test_a_folder_with_too_many_files_is_refused_and_not_cut(files: Files) -> None:
    case = await new_folder(files, ANNA, "case")
    for number in range(3):
        await store(files, ANNA, f"{case}{number}/x", some())
    uri = parse_folder(case)
    assert len(await files.back_end.files_in(uri, limit=3)) == 3
    with pytest.raises(TooManyFiles):
        await files.back_end.files_in(uri, limit=2)


async def test_links_in_the_storage_lead_nowhere(tmp_path: Path) -> None:
    local = LocalFiles(tmp_path / "files", keep_free=0)
    uri = parse_folder("local://mill/case/")
    await local.make_folder(uri)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a").write_text("x")
    case = tmp_path / "files" / "mill" / "case"
    (case / "link").symlink_to(tmp_path / "secret")
    (case / "a").symlink_to(tmp_path / "secret" / "a")
    assert list(await local.files_in(uri, limit=9)) == []
    with pytest.raises(NotFound):
        await local.files_in(parse_folder("local://mill/case/link/"), limit=9)
    local.close()
