"""A `Run` without a service."""

import json
import threading
from pathlib import Path

import pytest

from tarry.service import Run


def test_progress_is_percent_or_a_part_of_a_total() -> None:
    with Run.local() as run:
        for done, total, percent in [(30, None, 30), (1, 4, 25), (-5, None, 0), (7, 5, 100)]:
            run.progress(done, total)
            assert run.percent == percent
        folder = run.folder
    assert not folder.exists()


def test_progress_is_told_with_its_fractions_and_the_newest_message(tmp_path: Path) -> None:
    with (tmp_path / "reports").open("ab") as reports:
        run = Run(tmp_path, reports=reports.fileno())
        run.progress(1, 3, "meshing")
        run.progress(0.25)
        run.progress(99.5, message="")
    lines = [json.loads(line) for line in (tmp_path / "reports").read_text().splitlines()]
    assert lines == [
        {"percent": pytest.approx(100 / 3, abs=1e-5), "message": "meshing"},
        {"percent": 0.25, "message": "meshing"},
        {"percent": 99.5, "message": ""},
    ]


def test_progress_that_is_told_a_million_times_takes_no_room_and_a_full_disk_ends_nothing(
    tmp_path: Path,
) -> None:
    with (tmp_path / "reports").open("ab") as reports:
        run = Run(tmp_path, reports=reports.fileno())
        for step in range(20_000):
            run.progress(step, 20_000)
        assert (tmp_path / "reports").stat().st_size < 100_000
        last = (tmp_path / "reports").read_text().splitlines()[-1]
        assert json.loads(last)["percent"] == 99.995
    with Path("/dev/full").open("ab", buffering=0) as full:
        Run(tmp_path, reports=full.fileno()).progress(50)


def test_messages_come_once_each_and_only_whole(tmp_path: Path) -> None:
    run = Run.local(tmp_path / "run")
    assert run.messages() == []
    run.send("one")
    run.send("zwei: Ω")
    assert run.messages() == ["one", "zwei: Ω"]
    with (run.folder / ".tarry/messages").open("a") as file:
        file.write("half")
    assert run.messages() == []
    run.send(" a line")
    assert run.messages() == ["half a line"]


def test_a_listener_hears_messages_as_they_come() -> None:
    heard: list[str] = []
    came = threading.Event()
    with Run.local() as run:

        @run.on_message
        def listen(message: str) -> None:
            heard.append(message)
            came.set()

        run.send("slower")
        assert came.wait(30)
    assert heard == ["slower"]


def test_an_abort_is_an_event() -> None:
    with Run.local() as run:
        assert not run.aborted.is_set()
        run.abort()
        assert run.aborted.wait(1)


def test_a_picture_comes_from_bytes_a_file_or_a_figure(tmp_path: Path) -> None:
    class Figure:
        def savefig(self, file: object, *, format: str) -> None:  # noqa: A002
            file.write(f"drawn as {format}".encode())  # type: ignore[attr-defined]

    (tmp_path / "a.png").write_bytes(b"png")
    with Run.local() as run:
        for picture, content in [
            (b"bytes", b"bytes"),
            (tmp_path / "a.png", b"png"),
            (Figure(), b"drawn as png"),
        ]:
            run.picture(picture)
            assert pictures_of(run) == [("", content)]


def test_pictures_have_names_and_titles_and_the_last_eight_are_shown() -> None:
    with Run.local() as run:
        run.picture(b"first")
        run.picture(b"old mesh", name="mesh", title="The mesh")
        run.picture(b"mesh", name="mesh", title="The refined mesh")
        run.picture(b"field", name="field")
        shown = [("", b"first"), ("The refined mesh", b"mesh"), ("field", b"field")]
        assert pictures_of(run) == shown
        for number in range(9):
            run.picture(b"%d" % number, name=f"step {number}")
        assert pictures_of(run) == [(f"step {n}", b"%d" % n) for n in range(1, 9)]


def pictures_of(run: Run) -> list[tuple[str, bytes]]:
    """What the list says that the service reads."""
    listed = json.loads((run.folder / ".tarry/pictures.json").read_text())
    return [(one["title"], (run.folder / one["file"]).read_bytes()) for one in listed]


def test_what_is_logged_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with Run.local() as run:
        run.log("step", 3)
    assert capsys.readouterr().out == "step 3\n"
