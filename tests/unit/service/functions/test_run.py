"""A `Run` without a service."""

import threading
from pathlib import Path

import pytest

from tarry.service import Run


def test_progress_is_percent_or_a_part_of_a_total() -> None:
    with Run.local() as run:
        for arguments, percent in [((30,), 30), ((1, 4), 25), ((-5,), 0), ((7, 5), 100)]:
            run.progress(*arguments)
            assert run.percent == percent
            assert (run.folder / ".tarry/progress").read_text() == f"{percent}\n"
        folder = run.folder
    assert not folder.exists()


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
        shown = run.folder / ".tarry/picture"
        for picture, content in [
            (b"bytes", b"bytes"),
            (tmp_path / "a.png", b"png"),
            (Figure(), b"drawn as png"),
        ]:
            run.picture(picture)
            assert shown.read_bytes() == content


def test_what_is_logged_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with Run.local() as run:
        run.log("step", 3)
    assert capsys.readouterr().out == "step 3\n"
