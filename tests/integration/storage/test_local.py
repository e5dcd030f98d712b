"""Files on a real disk that fills, breaks, and belongs to processes that die."""

import asyncio
import gc
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tarry.platform.kernel.errors import NotFound
from tarry.platform.storage.adapters.local import INCOMING, LocalFiles
from tarry.platform.storage.errors import DiskFull, PathTaken, StorageFailed
from tarry.platform.storage.model.uris import parse_uri

A = parse_uri("local://mill/folder/a.txt")
MUCH = 10**9


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def files(root: Path) -> Iterator[LocalFiles]:
    opened = LocalFiles(root, keep_free=0)
    yield opened
    opened.close()


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def content(files: LocalFiles) -> bytes:
    _, chunks = await files.open(A)
    return b"".join([chunk async for chunk in chunks])


def unfinished(root: Path) -> list[Path]:
    return [file for file in (root / INCOMING).rglob("*") if file.is_file()]


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counts, and opens one itself


async def test_files_and_folders_are_closed_to_others(files: LocalFiles, root: Path) -> None:
    await files.write(A, pieces(b"x"), limit=MUCH)

    modes = {stat.S_IMODE(path.stat().st_mode): path.is_dir() for path in [root, *root.rglob("*")]}
    assert modes == {0o700: True, 0o600: False}


async def test_what_is_not_whole_is_nowhere_to_be_seen(files: LocalFiles, root: Path) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 3_000_000
        arrived.set()
        await go_on.wait()
        yield b"end"

    writing = asyncio.create_task(files.write(A, slow(), limit=MUCH))
    await arrived.wait()
    assert len(unfinished(root)) == 1
    with pytest.raises(NotFound):
        await files.info(A)
    go_on.set()
    assert (await writing).size == 3_000_003
    assert unfinished(root) == []


async def test_a_writer_who_is_cancelled_leaves_nothing_open_or_behind(
    files: LocalFiles, root: Path
) -> None:
    before = open_files()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 300_000
            await asyncio.sleep(0)

    for pause in range(30):
        writing = asyncio.create_task(files.write(A, endless(), limit=10**12))
        await asyncio.sleep(pause / 2_000)  # wherever it is by then
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
    limit = time.monotonic() + 60
    while (unfinished(root) or open_files() > before) and time.monotonic() < limit:
        gc.collect()
        await asyncio.sleep(0.01)

    assert unfinished(root) == []
    assert open_files() == before


async def test_readers_who_are_cancelled_or_forgotten_leave_nothing_open(
    files: LocalFiles,
) -> None:
    await files.write(A, pieces(b"x" * 5_000_000), limit=MUCH)
    before = open_files()

    async def read_and_leave() -> None:
        _, chunks = await files.open(A)
        await anext(aiter(chunks))

    for pause in range(30):
        reading = asyncio.create_task(read_and_leave())
        await asyncio.sleep(pause / 10_000)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    del reading
    limit = time.monotonic() + 60
    while open_files() > before and time.monotonic() < limit:
        gc.collect()
        await asyncio.sleep(0.01)

    assert open_files() == before


async def test_a_disk_with_too_little_left_takes_no_file(root: Path) -> None:
    free = shutil.disk_usage(root.parent).free
    files = LocalFiles(root, keep_free=free * 2)
    with pytest.raises(DiskFull, match="tell its operator"):
        await files.write(A, pieces(b"x"), limit=MUCH)
    files.close()

    files = LocalFiles(root, keep_free=0)
    with pytest.raises(DiskFull):
        await files.write(A, pieces(b"x"), limit=free * 4, announced=free * 2)
    assert unfinished(root) == []
    files.close()


def test_a_disk_that_becomes_full_keeps_what_it_has_and_nothing_in_parts(root: Path) -> None:
    root.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(root)]
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(command, check=False, capture_output=True).returncode
    )
    if not mounted:
        pytest.skip("a small disk of its own needs root and the right to mount")
    try:
        asyncio.run(_fill(root))
    finally:
        subprocess.run(["umount", "-l", str(root)], check=True)


async def _fill(root: Path) -> None:
    files = LocalFiles(root, keep_free=0)
    try:
        await files.write(A, pieces(b"before"), limit=MUCH)
        with pytest.raises(DiskFull):
            await files.write(A, pieces(*[b"x" * 500_000] * 20), limit=MUCH)
        assert unfinished(root) == []
        assert await content(files) == b"before"
        await files.write(A, pieces(b"x" * 3_000_000), limit=MUCH)
    finally:
        files.close()


_WRITE_SLOWLY = """
import asyncio, sys
from pathlib import Path
from tarry.platform.storage.adapters.local import LocalFiles
from tarry.platform.storage.model.uris import parse_uri

async def endless():
    for n in range(10**9):
        yield b"x" * 1_000_000
        print(n, flush=True)
        await asyncio.sleep(3600 if n > 2 else 0)

files = LocalFiles(Path(sys.argv[1]), keep_free=0)
asyncio.run(files.write(parse_uri("local://mill/folder/a.txt"), endless(), limit=10**12))
"""


def test_what_a_killed_process_left_behind_goes_at_the_next_start_and_not_what_lives(
    root: Path,
) -> None:
    children = [
        subprocess.Popen([sys.executable, "-c", _WRITE_SLOWLY, root], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout is not None
        while child.stdout.readline() != b"3\n":
            pass
    assert len(unfinished(root)) == 2
    killed, living = children
    killed.send_signal(signal.SIGKILL)
    killed.wait()

    LocalFiles(root).close()
    left = unfinished(root)
    living.kill()
    for child in children:
        child.wait()
        assert child.stdout is not None
        child.stdout.close()

    assert len(left) == 1, "the other one is still being written"
    LocalFiles(root).close()
    assert list((root / INCOMING).iterdir()) == []
    assert not (root / "mill").exists()


async def test_a_link_leads_nowhere(files: LocalFiles, root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "outside" / "a.txt"
    secret.parent.mkdir()
    secret.write_text("secret")
    (root / "mill").mkdir()
    (root / "mill" / "folder").symlink_to(secret.parent)
    (root / "mill" / "file").symlink_to(secret)

    with pytest.raises(NotFound):
        await files.open(A)
    with pytest.raises(NotFound):
        await files.open(parse_uri("local://mill/file"))
    with pytest.raises(PathTaken):
        await files.write(A, pieces(b"spoiled"), limit=MUCH)
    await files.write(parse_uri("local://mill/file"), pieces(b"mine"), limit=MUCH)
    assert secret.read_text() == "secret", "the link was replaced, not followed"


async def test_a_pipe_in_the_storage_blocks_nobody(files: LocalFiles, root: Path) -> None:
    (root / "mill" / "folder").mkdir(parents=True)
    os.mkfifo(root / "mill" / "folder" / "a.txt")

    with pytest.raises(NotFound):
        await files.open(A)


def test_a_folder_that_may_not_be_entered_is_said_to_be_so() -> None:
    # Root may enter everything, so this test becomes somebody else for a while.
    root = Path(tempfile.mkdtemp(prefix="tarry-files-"))
    nobody = 65_534
    if os.geteuid() == 0:
        os.chown(root, nobody, nobody)
        os.seteuid(nobody)
    try:
        asyncio.run(_enter_nowhere(root))
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        (root / "mill").chmod(0o700)
        shutil.rmtree(root)


async def _enter_nowhere(root: Path) -> None:
    files = LocalFiles(root, keep_free=0)
    await files.write(A, pieces(b"x"), limit=MUCH)
    (root / "mill").chmod(0)

    with pytest.raises(StorageFailed, match=r"cannot read local://mill/folder/a\.txt: Perm"):
        await files.open(A)
    with pytest.raises(StorageFailed, match="cannot write"):
        await files.write(A, pieces(b"y"), limit=MUCH)
    assert unfinished(root) == []
    (root / "mill").chmod(0o700)
    assert await content(files) == b"x"
    files.close()


async def test_a_message_says_nothing_of_the_operator_s_folders(
    files: LocalFiles, root: Path
) -> None:
    shutil.rmtree(root)

    with pytest.raises(StorageFailed) as caught:
        await files.write(A, pieces(b"x"), limit=MUCH)
    assert str(root) not in str(caught.value)


def test_a_folder_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OSError, match="exists"):
        LocalFiles(tmp_path / "file")
