"""Files: opening beneath a folder, records on disk, watching what a program writes."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.tarry_service import WAITER, settings_for, shell_service

from tarry.contract.ids import ServiceId
from tarry.service.adapters.beneath import open_beneath, read_beneath
from tarry.service.adapters.disk import DiskRuns
from tarry.service.adapters.pictures import MAX_PICTURE
from tarry.service.adapters.watching import FileWatcher
from tarry.service.api.server import build
from tarry.service.errors import FileRefused
from tarry.service.interfaces import Watch
from tarry.service.model.program_file import read
from tarry.service.model.run import (
    Intent,
    Outcome,
    Owner,
    Request,
    RunName,
    RunState,
    Secrets,
    run_name,
)
from tarry.service.operations.upkeep import remove_old

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANN = Owner(user="ann", project="p")
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
PAGE = shell_service(
    "true",
    r"""
    progress.log = '(?P<step>\d+) of (?P<total>\d+)'
    page = { picture = "pictures/mesh.png", log_lines = 3 }
    """,
)


@pytest.mark.parametrize("path", ["a", "sub/a", "sub/deeper/a"])
def test_a_plain_file_beneath_is_opened(tmp_path: Path, path: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"content")

    assert read_beneath(tmp_path, path, limit=7) == b"content"


def test_what_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    base = tmp_path / "base"
    (base / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (base / "link").symlink_to(tmp_path / "secret")
    (base / "inner").symlink_to("sub")
    (base / "outer").symlink_to(tmp_path)
    os.mkfifo(base / "pipe")
    for path in ("link", "inner/x", "outer/secret", "pipe", "sub", "../secret", "sub/../../secret"):
        with pytest.raises(FileRefused):
            open_beneath(base, path)


@pytest.mark.parametrize("path", ["missing", "missing/a", "file/a"])
def test_what_is_not_there_is_not_found(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError):
        open_beneath(tmp_path, path)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "sub").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in ("link", "missing", "sub", "sub/missing", "link/x"):
        with pytest.raises((FileRefused, FileNotFoundError)):
            open_beneath(tmp_path, path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("size", [8, 9, 100])
def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(b"x" * size)
    with pytest.raises(FileRefused, match="larger than 7 bytes"):
        read_beneath(tmp_path, "a", limit=7)


def intent() -> Intent:
    """The record of an id."""
    return Intent(
        service_id=ServiceId("1"),
        service="s",
        operation="run",
        owner=ANN,
        digest="d",
        created_at=NOW,
        boot="b",
    )


def request(program: str = "d") -> Request:
    """What a run was asked for."""
    return Request(operation="run", inputs={}, program=program, here="/", created_at=NOW)


def test_an_id_is_claimed_once_and_its_record_is_private(tmp_path: Path) -> None:
    runs = DiskRuns(tmp_path / "data")
    name = run_name(ANN, "1")
    runs.prepare(name, request(), Secrets(session_token="t"))

    assert runs.claim(name, intent())
    assert not runs.claim(name, replace(intent(), digest="other"))
    assert runs.intent(name) == intent()
    assert runs.request(name) == request()
    assert runs.secrets(name) == Secrets(session_token="t")
    for file in (tmp_path / "data").rglob("*"):
        assert file.stat().st_mode & 0o077 == 0, file
    runs.close()


def test_what_a_kill_left_half_written_is_swept_away(tmp_path: Path) -> None:
    runs = DiskRuns(tmp_path)
    runs.close()
    draft = tmp_path / "ids" / ".x.123.draft"
    draft.write_text("{")

    runs = DiskRuns(tmp_path)
    assert not draft.exists()
    assert runs.intent(RunName("x")) is None
    runs.close()


def test_old_runs_are_cleaned_when_their_program_file_says_so_and_their_ids_stay(
    tmp_path: Path,
) -> None:
    settings = settings_for(tmp_path, 'keep_for = "2 d"\n' + shell_service("true"))
    passed = 0.0
    service = build(settings, since_boot=lambda: passed)
    runs, workshop = service.runs, service.workshop
    digest = runs.keep_program(settings.programs[0].program)
    for service_id in ("old", "new"):
        name = run_name(ANN, service_id)
        runs.prepare(name, request(digest), Secrets())
        runs.claim(name, intent())
        runs.settle(name, Outcome(state=RunState.SUCCEEDED, ended_at=NOW))
        assert remove_old(workshop, timedelta(days=30)) == 0
        passed += timedelta(days=1.5).total_seconds()

    assert remove_old(workshop, timedelta(days=30)) == 1
    assert not runs.folder(run_name(ANN, "old")).exists()
    assert runs.folder(run_name(ANN, "new")).exists()
    assert runs.intent(run_name(ANN, "old")) == intent()
    assert runs.is_cleaned(run_name(ANN, "old"))
    assert not runs.is_cleaned(run_name(ANN, "new"))
    assert not runs.claim(run_name(ANN, "old"), intent())


def watch(folder: Path, program: str = PAGE) -> Watch:
    """Begin to look at a run of a program file."""
    (folder / "work" / "pictures").mkdir(parents=True, exist_ok=True)
    return FileWatcher().watch(folder, read(program).operations[0])


def test_progress_follows_a_log_that_grows_within_lines(tmp_path: Path) -> None:
    looking = watch(tmp_path)
    log = tmp_path / "log"
    seen = []
    for piece in ("start\n1 of", " 4\n", "\r2 of 4\r", "noise\n", "3 of 4\n"):
        with log.open("a") as file:
            file.write(piece)
        assert looking.changed()
        seen.append(looking.look().percent)
        assert not looking.changed()
    assert seen == [0, 25, 50, 50, 75]


def test_the_last_lines_of_a_log_are_shown_as_a_terminal_would(tmp_path: Path) -> None:
    looking = watch(tmp_path)
    (tmp_path / "log").write_bytes(
        b"x" * 100_000 + b"\none\n10 %\r20 %\r30 %\n\x1b[31mred\x1b[0m " + b"y" * 9_000
    )

    lines = looking.look().log
    assert lines[:2] == ("one", "30 %")
    assert lines[2].startswith("red yyy")
    assert len(lines[2]) < 600


def test_a_picture_is_shown_when_it_is_whole_and_kept_while_it_is_rewritten(
    tmp_path: Path,
) -> None:
    looking = watch(tmp_path)
    file = tmp_path / "work" / "pictures" / "mesh.png"
    file.write_bytes(PNG[:-10])
    assert looking.look().pictures == ()
    file.write_bytes(PNG)
    first = looking.look().pictures
    assert [picture.media_type for picture in first] == ["image/png"]
    file.write_bytes(PNG[:20])
    assert looking.look().pictures == first


def test_a_picture_that_is_too_large_or_a_link_is_not_shown_and_the_page_says_why(
    tmp_path: Path,
) -> None:
    looking = watch(tmp_path)
    file = tmp_path / "work" / "pictures" / "mesh.png"
    file.write_bytes(PNG[:8] + b"x" * MAX_PICTURE + PNG[-12:])
    seen = looking.look()
    assert seen.pictures == ()
    assert "larger" in seen.note
    file.unlink()
    file.symlink_to(__file__)
    assert "link" in looking.look().note


def test_the_waiter_begins_at_0(tmp_path: Path) -> None:
    looking = watch(tmp_path, WAITER.read_text())
    assert looking.look().percent == 0


PLOTTED = r"""
name = "Solver"
[operations.solve]
command = ["solver"]
[operations.solve.progress]
log = 'time (?P<time>[0-9.]+) of (?P<end_time>[0-9.]+)'
[operations.solve.page]
picture = ["a.png", "b.png"]
plot = { log = 'iteration (?P<x>\d+): residual (?P<residual>\S+)', title = "Residual" }
"""


def test_the_log_gives_progress_by_time_and_a_plot_and_several_pictures_are_shown(
    tmp_path: Path,
) -> None:
    looking = watch(tmp_path, PLOTTED)
    log = tmp_path / "log"
    log.write_text("time 1.0 of 4.0\niteration 10: residual 1e-1\n")
    (tmp_path / "work" / "b.png").write_bytes(PNG)
    first = looking.look()
    assert (first.percent, first.plot, len(first.pictures)) == (25.0, "", 1)

    with log.open("a") as more:
        more.write("time 2.0 of 4.0\niteration 20: residual 1e-2\niteration 30: resid")
    assert looking.changed()
    second = looking.look()
    assert second.percent == 50.0
    assert "residual 0.01" in second.plot
    (tmp_path / "work" / "a.png").write_bytes(PNG)
    assert len(looking.look().pictures) == 2


def test_a_plot_shows_the_whole_log_after_a_restart_too(tmp_path: Path) -> None:
    watch(tmp_path, PLOTTED)
    lines = [f"iteration {n}: residual {1 / n}" for n in range(1, 100)]
    (tmp_path / "log").write_text("\n".join([*lines, ""]))

    again = watch(tmp_path, PLOTTED).look()
    assert "residual 0.0101" in again.plot
