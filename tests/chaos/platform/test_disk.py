"""Disks that are full or read-only, and databases that cannot be used."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.fakes.estate import Estate, Nursery, until
from tests.fakes.tarry_up import TarryUp, tarry_up

from tarry.client.answers import Run
from tarry.client.errors import PlatformError

ROOT_ONLY = "mounting a small disk takes root and the right to mount"


def mounted(*arguments: str) -> None:
    """Mount something, or skip the test."""
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{ROOT_ONLY}: {done.stderr.strip()}")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that a platform with the workflow has left behind, to be copied."""
    folder = tmp_path_factory.mktemp("before")
    with tarry_up(folder) as made:
        made.bring_up()
        made.publish_twice()
        made.interrupt()
        assert made.exit_code() == 0
        return made.data


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk, with some more room than the storage keeps free."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid():
        pytest.skip(ROOT_ONLY)
    mounted("-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def up(tmp_path: Path, disk: Path, before: Path) -> Iterator[TarryUp]:
    """A user whose data folder is on the small disk."""
    shutil.copytree(before, disk / "data")
    with tarry_up(tmp_path, data=disk / "data") as made:
        yield made


@pytest.fixture
def used(tmp_path: Path, before: Path) -> Iterator[TarryUp]:
    """A user who has had a platform before."""
    shutil.copytree(before, tmp_path / "data")
    with tarry_up(tmp_path) as made:
        yield made


def fill(disk: Path) -> Path:
    """Leave no room on a disk; gives the file that is to be removed."""
    filling = disk / "filling"
    with filling.open("ab", buffering=0) as stream:
        for size in (1 << 20, 4096, 1):
            try:
                while stream.write(b"x" * size):
                    pass
            except OSError:
                continue
    assert shutil.disk_usage(disk).free == 0
    return filling


def works(what: Callable[[], object]) -> bool:
    """Whether something works; if not, the platform says that the disk is full."""
    try:
        what()
    except PlatformError as error:
        said = str(error)
    else:
        return True
    assert "full" in said
    return False


def test_on_a_full_disk_everything_says_so_and_goes_on_when_there_is_room_again(
    up: TarryUp, disk: Path
) -> None:
    up.bring_up()
    client = up.client
    hold = up.hold("a-")
    run = client.start_run("Twice", {"tag": "a-"}).id
    until(lambda: [step.state for step in client.run(run).steps] == ["running"], "the run to go")

    filling = fill(disk)
    tags = [f"b{number}-" for number in range(500)]
    # The database may have a little room of its own left.
    while works(lambda: client.start_run("Twice", {"tag": tags[0]})):
        tags.pop(0)
    refused = tags[0]
    assert not works(lambda: client.upload(up.program))
    assert client.run(run).state == "running"
    hold.unlink()
    until(lambda: up.ledger().ends["a-"], "the program to end, with no room for what comes of it")
    until(lambda: somebody_noticed(up), "that to be noticed")
    assert client.run(run).state == "running"
    assert not up.ended

    filling.unlink()
    ended = up.end_of(run)
    assert (ended.state, ended.outputs) == ("succeeded", {"last": "a-xx"})
    for other in client.runs():
        assert other.inputs["tag"] != refused, "a start that was refused has left something"
        assert up.end_of(other.id).outputs == {"last": f"{other.inputs['tag']}xx"}
    assert up.end_of(client.start_run("Twice", {"tag": "c-"}).id).outputs == {"last": "c-xx"}
    assert client.upload(up.program).size == up.program.stat().st_size
    assert set(up.ledger().starts.values()) == {1}


def somebody_noticed(up: TarryUp) -> bool:
    logs = [(up.data / name).read_text() for name in ("platform.log", "services.log")]
    return any("disk is full" in log or "No space left" in log for log in logs)


def test_a_start_on_a_full_disk_is_refused_with_the_reason_and_works_with_room(
    up: TarryUp, disk: Path
) -> None:
    filling = fill(disk)
    assert "disk" in said_at_start(up)
    filling.unlink()
    up.bring_up()


def test_a_first_start_on_a_full_disk_is_refused_with_the_reason(up: TarryUp, disk: Path) -> None:
    shutil.rmtree(up.data)
    fill(disk)
    assert said_at_start(up) == f"TARRY_DATA: {up.data} cannot be written: No space left on device"


def test_a_service_whose_disk_is_full_is_asked_again_until_there_is_room(
    nursery: Nursery, tmp_path: Path, disk: Path
) -> None:
    (tmp_path / "estate").mkdir()
    estate = Estate(nursery, tmp_path / "estate")
    (estate.folder / "services").symlink_to(disk)
    try:
        estate.set_up()
        filling = fill(disk)
        run = estate.sure_run("a-")
        until(lambda: "disk" in note_of(estate.run(run)), "the run's page to say why it waits")
        filling.unlink()
        ended = estate.end_of(run)
    finally:
        estate.close()
    assert (ended.state, ended.outputs) == ("succeeded", {"last": "a-xx"})
    assert [step.attempt for step in ended.steps] == [1, 1]
    assert estate.ledger().starts == {"a-": 1, "a-x": 1}


def note_of(run: Run) -> str:
    return str(run.steps[0].raw["note"]) if run.steps else ""


def test_a_read_only_disk_is_said_at_the_start(up: TarryUp, disk: Path) -> None:
    mounted("-o", "remount,ro", str(disk))
    assert "cannot be written: Read-only file system" in said_at_start(up)


def test_a_read_only_database_is_said_at_the_start(used: TarryUp) -> None:
    database = used.data / "tarry.sqlite3"
    database.chmod(0o400)
    if os.geteuid() == 0:  # to whom modes say nothing
        mounted("--bind", str(database), str(database))
        mounted("-o", "remount,bind,ro", str(database))
    try:
        said = said_at_start(used)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", "-l", str(database)], check=True)
    assert f"The database {database} cannot be opened: " in said


def test_a_locked_database_is_said_at_the_start_and_works_when_it_is_free(used: TarryUp) -> None:
    file = used.data / "tarry.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = said_at_start(used)
        other.execute("ROLLBACK")
    assert f"The database {file} cannot be opened: database is locked" in said
    used.bring_up()
    assert used.end_of(used.client.start_run("Tally", {"tag": "a-"}).id).succeeded


@pytest.mark.parametrize("kept", [0.0, 0.3])
def test_a_damaged_database_is_said_at_the_start_and_left_as_it_is(
    used: TarryUp, kept: float
) -> None:
    file = used.data / "tarry.sqlite3"
    content = file.read_bytes()
    damaged = content[: int(kept * len(content))] + b"this is no database, nor part of one" * 99
    file.write_bytes(damaged)
    assert f"The database {file} cannot be opened: " in said_at_start(used)
    assert file.read_bytes() == damaged


def said_at_start(up: TarryUp) -> str:
    """What a start says that comes to nothing: one line, no trace."""
    up.start()
    assert up.exit_code() == 1
    (line,) = up.said.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: Setting ").removeprefix("Error: ")
