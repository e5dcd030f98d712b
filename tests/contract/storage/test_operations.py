"""Store, upload, read, grant: the same on every store of the grants."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from tests.fakes.databases import Databases
from tests.fakes.storage import MemoryFiles, MemoryGrants
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, UserId
from tarry.platform.storage.adapters.sql import SqlGrants
from tarry.platform.storage.errors import BadUri, FileTooLarge
from tarry.platform.storage.interfaces import Grants
from tarry.platform.storage.operations import Files, grant, info, read, store, upload

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


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def files(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Files]:
    if request.param == "memory":
        grants = MemoryTransactions[Grants](MemoryGrants())
        yield Files(back_end=MemoryFiles(), grants=grants, limit=100)
        return
    database = databases.open(request.param)
    yield Files(
        back_end=MemoryFiles(), grants=SqlTransactions[Grants](database, SqlGrants), limit=100
    )
    database.close()


async def some(content: bytes = b"x") -> AsyncIterator[bytes]:
    yield content


async def text(files: Files, caller: Caller, uri: str) -> bytes:
    _, chunks = await read(files, caller, uri)
    return b"".join([chunk async for chunk in chunks])


async def test_an_upload_gets_a_place_of_its_own_in_the_caller_s_project(files: Files) -> None:
    first = await upload(files, ANNA, "../Part 1.step", some(b"one"))
    second = await upload(files, ANNA, "../Part 1.step", some(b"two"))

    assert first.uri != second.uri
    assert str(first.uri).startswith("local://mill/uploads/")
    assert first.name == "Part_1.step"
    assert await text(files, ANNA, str(first.uri)) == b"one"
    assert await text(files, ANNA, str(second.uri)) == b"two"


async def test_files_of_another_project_are_closed(files: Files) -> None:
    uri = str((await upload(files, ANNA, "a.step", some())).uri)

    for attempt in (
        read(files, BERTA, uri),
        info(files, BERTA, uri),
        store(files, BERTA, uri, some(b"spoiled")),
        grant(files, BERTA, RUN, [uri]),
        info(files, BERTA, "local://mill/uploads/0/not-there"),
    ):
        with pytest.raises(NotAllowed, match="berta may not"):
            await attempt
    assert await text(files, ANNA, uri) == b"x"


async def test_a_run_reads_what_it_was_granted_and_what_it_wrote(files: Files) -> None:
    granted = str((await upload(files, ANNA, "a.step", some(b"geometry"))).uri)
    other = str((await upload(files, ANNA, "b.step", some())).uri)
    await grant(files, ANNA, RUN, [granted, granted])
    await grant(files, ANNA, RUN, [granted])
    output = f"local://mill/runs/{RUN}/1/mesh/a.msh"
    await store(files, ANNAS_RUN, output, some(b"mesh"))

    assert await text(files, ANNAS_RUN, granted) == b"geometry"
    assert await text(files, ANNAS_RUN, output) == b"mesh"
    assert await text(files, ANNA, output) == b"mesh"
    for attempt in (
        read(files, ANNAS_RUN, other),
        store(files, ANNAS_RUN, granted, some(b"spoiled")),
        store(files, ANNAS_RUN, f"local://mill/runs/{OTHER_RUN}/1/mesh/a.msh", some()),
        upload(files, ANNAS_RUN, "c.step", some()),
        read(files, replace(ANNA, execution=OTHER_RUN), granted),
        read(files, replace(ANNA, execution=OTHER_RUN), output),
    ):
        with pytest.raises(NotAllowed, match=r"Run \w+ may not"):
            await attempt


async def test_a_grant_holds_under_every_spelling_of_the_name(files: Files) -> None:
    await store(files, ANNA, "local://mill/e\u0301/a.step", some())
    await grant(files, ANNA, RUN, ["local://mill/./\u00e9//a.step"])

    assert await text(files, ANNAS_RUN, "local://mill/e\u0301/a.step") == b"x"


@pytest.mark.parametrize("uri", ["local://mill/not-there", "local://mill/../wing/a", "nonsense"])
async def test_files_are_granted_all_or_none(files: Files, uri: str) -> None:
    granted = str((await upload(files, ANNA, "a.step", some())).uri)

    with pytest.raises(NotFound if "not-there" in uri else BadUri):
        await grant(files, ANNA, RUN, [granted, uri])
    with pytest.raises(NotAllowed):
        await read(files, ANNAS_RUN, granted)


async def test_nothing_granted_is_nothing_written(files: Files) -> None:
    await grant(files, ANNA, RUN, [])


async def test_a_file_beyond_the_limit_is_refused(files: Files) -> None:
    with pytest.raises(FileTooLarge):
        await upload(files, ANNA, "a.step", some(b"x" * 101))
    assert (await upload(files, ANNA, "a.step", some(b"x" * 100))).size == 100
