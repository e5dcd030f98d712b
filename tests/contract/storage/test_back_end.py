"""A storage back end keeps its promises, in memory and on the disk."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fakes.storage import MemoryFiles

from tarry.platform.kernel.errors import NotFound
from tarry.platform.storage.adapters.local import LocalFiles
from tarry.platform.storage.errors import FileCutShort, FileTooLarge, PathTaken
from tarry.platform.storage.interfaces import BackEnd
from tarry.platform.storage.model.uris import parse_uri

A = parse_uri("local://mill/folder/a.txt")
MUCH = 10**9


@pytest.fixture(params=["memory", "local"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BackEnd]:
    if request.param == "memory":
        yield MemoryFiles()
        return
    opened = LocalFiles(tmp_path / "files", keep_free=0)
    yield opened
    opened.close()


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


async def content(files: BackEnd, uri: str) -> bytes:
    _, chunks = await files.open(parse_uri(uri))
    return b"".join([chunk async for chunk in chunks])


async def test_what_was_written_is_read(files: BackEnd) -> None:
    kept = await files.write(A, pieces(b"one ", b"", b"two"), limit=MUCH)

    assert (kept.uri, kept.name, kept.size) == (A, "a.txt", 7)
    assert datetime.now(UTC) - kept.modified_at < timedelta(minutes=5)
    assert await files.info(A) == kept
    assert (await files.open(A))[0] == kept
    assert await content(files, str(A)) == b"one two"


async def test_a_file_may_be_empty(files: BackEnd) -> None:
    assert (await files.write(A, pieces(), limit=MUCH)).size == 0
    assert await content(files, str(A)) == b""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.binary(max_size=5_000), max_size=10))
async def test_bytes_come_back_as_they_were_however_they_were_cut(
    files: BackEnd, chunks: list[bytes]
) -> None:
    await files.write(A, pieces(*chunks), limit=MUCH)

    assert await content(files, str(A)) == b"".join(chunks)


async def test_a_file_of_many_pieces_comes_back_whole(files: BackEnd) -> None:
    block = bytes(range(256)) * 256
    count = 50  # of 64 kB: several of the pieces in which a disk is read and written
    await files.write(A, pieces(*[block] * count), limit=MUCH, announced=len(block) * count)

    if isinstance(files, LocalFiles):  # the fake's pieces are tiny
        assert await content(files, str(A)) == block * count


@pytest.mark.parametrize("uri", ["local://mill/folder/b.txt", "local://mill/x/y/z", "local://w/a"])
async def test_what_does_not_exist_is_not_found(files: BackEnd, uri: str) -> None:
    await files.write(A, pieces(b"x"), limit=MUCH)

    with pytest.raises(NotFound, match="no file"):
        await files.info(parse_uri(uri))
    with pytest.raises(NotFound, match="no file"):
        await files.open(parse_uri(uri))


async def test_a_folder_is_no_file(files: BackEnd) -> None:
    await files.write(A, pieces(b"x"), limit=MUCH)

    with pytest.raises(NotFound):
        await files.open(parse_uri("local://mill/folder"))


async def test_what_is_too_large_leaves_nothing(files: BackEnd) -> None:
    with pytest.raises(FileTooLarge, match="10 bytes"):
        await files.write(A, pieces(b"12345", b"678901"), limit=10)
    with pytest.raises(FileTooLarge):
        await files.write(A, pieces(b"1"), limit=10, announced=11)
    with pytest.raises(NotFound):
        await files.info(A)
    await files.write(A, pieces(b"1234567890"), limit=10)


@pytest.mark.parametrize("announced", [0, 3, 5])
async def test_what_was_cut_short_on_its_way_leaves_nothing(files: BackEnd, announced: int) -> None:
    with pytest.raises(FileCutShort, match=f"{announced} bytes were announced, 4 came"):
        await files.write(A, pieces(b"1234"), limit=MUCH, announced=announced)
    with pytest.raises(NotFound):
        await files.info(A)


class SenderGone(Exception):
    pass


async def vanishing() -> AsyncIterator[bytes]:
    yield b"x" * 3_000_000
    raise SenderGone


async def test_a_sender_who_goes_away_changes_nothing(files: BackEnd) -> None:
    await files.write(A, pieces(b"before"), limit=MUCH)

    with pytest.raises(SenderGone):
        await files.write(A, vanishing(), limit=MUCH)
    assert await content(files, str(A)) == b"before"


async def test_a_reader_keeps_what_it_opened_while_a_writer_replaces_it(files: BackEnd) -> None:
    await files.write(A, pieces(b"before"), limit=MUCH)
    info, chunks = await files.open(A)
    await files.write(A, pieces(b"afterwards"), limit=MUCH)

    assert info.size == 6
    assert b"".join([chunk async for chunk in chunks]) == b"before"
    assert await content(files, str(A)) == b"afterwards"


async def test_of_many_who_write_one_file_at_once_one_wins_whole(files: BackEnd) -> None:
    texts = [f"{n}".encode() * 10_000 for n in range(12)]
    halves = [(text[: len(text) // 2], text[len(text) // 2 :]) for text in texts]
    await asyncio.gather(*(files.write(A, pieces(*each), limit=MUCH) for each in halves))

    info, chunks = await files.open(A)
    found = b"".join([chunk async for chunk in chunks])
    assert found in texts
    assert info.size == len(found)


async def test_a_folder_cannot_be_overwritten_by_a_file_nor_a_file_by_a_folder(
    files: BackEnd,
) -> None:
    await files.write(A, pieces(b"x"), limit=MUCH)

    with pytest.raises(PathTaken, match="a folder of that name"):
        await files.write(parse_uri("local://mill/folder"), pieces(b"y"), limit=MUCH)
    with pytest.raises(PathTaken, match="a file stands where"):
        await files.write(parse_uri("local://mill/folder/a.txt/b"), pieces(b"y"), limit=MUCH)
    with pytest.raises(NotFound):
        await files.info(parse_uri("local://mill/folder/a.txt/b"))
    assert await content(files, str(A)) == b"x"


async def test_reading_can_be_given_up_and_twice(files: BackEnd) -> None:
    await files.write(A, pieces(b"x" * 100), limit=MUCH)
    _, chunks = await files.open(A)
    await anext(aiter(chunks))
    await chunks.aclose()
    await chunks.aclose()

    assert [chunk async for chunk in chunks] == []


@pytest.mark.parametrize(
    "name", ["Träger (alt) 2.STEP", "%2e%2e", "a?b#c", "...", "-rf", "☃" * 85, "a" * 255]
)
async def test_any_name_that_a_uri_may_have_can_be_kept(files: BackEnd, name: str) -> None:
    uri = f"local://mill/{name}"
    await files.write(parse_uri(uri), pieces(b"x"), limit=MUCH)

    assert await content(files, uri) == b"x"


async def test_a_folder_is_removed_with_all_that_is_in_it_and_nothing_else(files: BackEnd) -> None:
    for uri in ("local://mill/runs/1/a", "local://mill/runs/1/deep/b", "local://mill/runs/2/a"):
        await files.write(parse_uri(uri), pieces(b"x"), limit=10)
    for _ in range(2):
        await files.remove_folder(parse_uri("local://mill/runs/1"))
    await files.remove_folder(parse_uri("local://elsewhere/runs/1"))
    with pytest.raises(NotFound):
        await files.info(parse_uri("local://mill/runs/1/deep/b"))
    assert await content(files, "local://mill/runs/2/a") == b"x"
