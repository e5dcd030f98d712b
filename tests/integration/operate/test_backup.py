"""Back-ups of a platform that goes on, and their way back, on both databases."""

import asyncio
import json
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.databases import KINDS, Databases

from tarry.app.backup import (
    BackupDamaged,
    NothingToBackUp,
    PlaceTaken,
    back_up,
    read_manifest,
    restore,
    verify,
)
from tarry.app.first_user import ensure_first_user
from tarry.app.folder import DataFolder
from tarry.app.platform import DATABASE_FILE, Platform, build
from tarry.app.schema import newest_revision
from tarry.app.settings import Settings
from tarry.platform.accounts.operations import list_users
from tarry.platform.kernel.errors import InvalidSetting
from tarry.platform.storage.operations import make_folder, read, upload

CONTENT = b"0123456789" * 1000


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(kind: str, databases: Databases, tmp_path: Path) -> Settings:
    database = databases.empty_url(kind) if kind == "postgresql" else ""
    return Settings(data=tmp_path / "data", database=database)


@pytest.fixture
def elsewhere(kind: str, databases: Databases, tmp_path: Path) -> Settings:
    """Another place, empty."""
    database = databases.empty_url(kind) if kind == "postgresql" else ""
    return Settings(data=tmp_path / "elsewhere", database=database)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Platform]:
    folder = DataFolder.open(settings.data, shared=bool(settings.database))
    platform = await build(settings, folder)
    try:
        yield platform
    finally:
        await platform.close()
        folder.close()


async def chunks() -> AsyncIterator[bytes]:
    yield CONTENT


async def fill(platform: Platform) -> str:
    """Put a user, a file and an empty folder into a platform; gives the file's URI."""
    first = await ensure_first_user(
        platform.accounts, platform.passwords, platform.folder, user="me", project="mine"
    )
    stored = await upload(platform.files, first.caller, "mesh.vtk", chunks())
    await make_folder(platform.files, first.caller, "local://mine/uploads/empty/")
    return str(stored.uri)


async def content_of(platform: Platform, uri: str) -> bytes:
    first = await ensure_first_user(
        platform.accounts, platform.passwords, platform.folder, user="me", project="mine"
    )
    assert first.password, "the generated password is still known"
    _, content = await read(platform.files, first.caller, uri)
    return b"".join([piece async for piece in content])


async def test_what_was_backed_up_from_a_running_platform_runs_elsewhere(
    settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    async with running(settings) as platform:
        uri = await fill(platform)
        made = await asyncio.to_thread(back_up, settings, backup)
        secret = platform.folder.secret()
    assert made.revision == newest_revision()
    await asyncio.to_thread(restore, backup, elsewhere)

    async with running(elsewhere) as platform:
        assert platform.folder.secret() == secret
        assert await content_of(platform, uri) == CONTENT
        assert [user.name for user in await list_users(platform.accounts)] == ["me"]
    assert (elsewhere.data / "files" / "mine" / "uploads" / "empty").is_dir()


async def test_nobody_else_can_read_a_backup(settings: Settings, tmp_path: Path) -> None:
    async with running(settings) as platform:
        await fill(platform)
        await asyncio.to_thread(back_up, settings, tmp_path / "backup")

    for file in (tmp_path / "backup").rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0


@pytest.fixture
def backup(settings: Settings, tmp_path: Path) -> Path:
    """A back-up of a platform that has stopped."""

    async def prepare() -> None:
        async with running(settings) as platform:
            await fill(platform)

    asyncio.run(prepare())
    back_up(settings, tmp_path / "backup")
    return tmp_path / "backup"


def test_nothing_is_ever_written_over(
    settings: Settings, elsewhere: Settings, backup: Path
) -> None:
    with pytest.raises(PlaceTaken, match="backup is not empty"):
        back_up(settings, backup)
    with pytest.raises(PlaceTaken, match="data is not empty"):
        restore(backup, settings)
    elsewhere.data.mkdir()
    (elsewhere.data / "precious").touch()
    with pytest.raises(PlaceTaken):
        restore(backup, elsewhere)
    assert [it.name for it in elsewhere.data.iterdir()] == ["precious"]


def test_an_empty_folder_may_be_there_already(elsewhere: Settings, backup: Path) -> None:
    elsewhere.data.mkdir()
    restore(backup, elsewhere)
    assert (elsewhere.data / "secret").is_file()


DAMAGES = [
    ("change", "was changed"),
    ("remove", "is missing"),
    ("add", "does not belong"),
    ("manifest", "manifest.json"),
    ("format", "another format"),
]


@pytest.mark.parametrize(("what", "words"), DAMAGES)
def test_a_damaged_backup_is_told_and_nothing_is_brought_back(
    backup: Path, elsewhere: Settings, what: str, words: str
) -> None:
    match what:
        case "change":
            (backup / "secret").write_text("0" * 64)
        case "remove":
            (backup / "secret").unlink()
        case "add":
            (backup / "files" / "more").touch()
        case "manifest":
            (backup / "manifest.json").write_text("{")
        case _:
            (backup / "manifest.json").write_text(json.dumps({"format": 99}))

    with pytest.raises(BackupDamaged, match=words):
        verify(backup)
    with pytest.raises(BackupDamaged, match=words):
        restore(backup, elsewhere)
    assert not elsewhere.data.exists()


def test_where_there_is_no_platform_nothing_is_backed_up(tmp_path: Path) -> None:
    with pytest.raises(NothingToBackUp):
        back_up(Settings(data=tmp_path / "nothing"), tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_backup_of_one_database_is_not_brought_into_another_kind(
    backup: Path, elsewhere: Settings, kind: str
) -> None:
    wrong = replace(elsewhere, database="" if kind == "postgresql" else "postgresql://x@y/z")

    with pytest.raises(InvalidSetting, match="TARRY_DATABASE"):
        restore(backup, wrong)


def test_a_postgresql_that_is_not_empty_is_left_alone(databases: Databases, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", database=databases.empty_url("postgresql"))

    async def prepare() -> None:
        async with running(settings) as platform:
            await fill(platform)

    asyncio.run(prepare())
    back_up(settings, tmp_path / "backup")
    with pytest.raises(PlaceTaken, match="postgresql"):
        restore(tmp_path / "backup", replace(settings, data=tmp_path / "elsewhere"))
    assert not (tmp_path / "elsewhere").exists()


def test_a_copy_that_is_made_while_others_write_is_as_of_one_instant(tmp_path: Path) -> None:
    """Two rows are always written together; a copy holds both or none of them."""
    settings = Settings(data=tmp_path / "data")

    async def prepare() -> None:
        async with running(settings) as platform:
            await fill(platform)

    asyncio.run(prepare())
    with closing(sqlite3.connect(settings.data / DATABASE_FILE)) as database:
        database.execute("CREATE TABLE pairs (n INTEGER)")
    done = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(settings.data / DATABASE_FILE, timeout=60)) as database:
            n = 0
            while not done.is_set():
                n += 1
                with database:
                    database.execute("INSERT INTO pairs VALUES (?)", (n,))
                    database.execute("INSERT INTO pairs VALUES (?)", (n,))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            target = tmp_path / f"backup-{number}"
            back_up(settings, target)
            with closing(sqlite3.connect(target / DATABASE_FILE)) as copy:
                query = "SELECT n FROM pairs GROUP BY n HAVING count(*) <> 2"
                assert copy.execute(query).fetchall() == []
            shutil.rmtree(target)
    finally:
        done.set()
        writer.join()


def test_a_backup_tells_what_it_is(backup: Path, kind: str) -> None:
    manifest = read_manifest(backup)

    assert (manifest.database, manifest.revision) == (kind, newest_revision())
    assert "secret" in manifest.files
    assert not any(name.startswith("lock") or ".log" in name for name in manifest.files)
