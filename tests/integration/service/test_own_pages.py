"""Status pages of an author's own: written by the program, or filled in from a template."""

import base64
import json
import os
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.fakes.tarry_service import Caller, page_in, serving, shell_service, until

from tarry.contract.status import LAST_PAGE_HEADER, PAGE_HEADER, Unchanged, write_status
from tarry.service.adapters.dialogs import MAX_PAGE
from tarry.service.adapters.watching import FileWatcher
from tarry.service.api.settings import read_served
from tarry.service.errors import ProgramFileInvalid
from tarry.service.model.program_file import read

HTML = 'page = { html = "status.html" }'
TEMPLATE = 'page = { template = "page.html.j2" }'
WAIT = 'while [ ! -s "$TARRY_MESSAGES" ]; do sleep 0.02; done'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def work_of(data: Path) -> Path:
    (run,) = (data / "runs").iterdir()
    return run / "work"


async def test_the_page_that_a_program_writes_is_shown_in_place_of_ours(tmp_path: Path) -> None:
    page = "<!doctype html><title>Mine</title><p>Half <b>done</b></html>"
    script = f"{WAIT}; echo '{page}' >status.new; mv status.new status.html; sleep 60"
    with serving(tmp_path, shell_service(script, HTML)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            assert "since <time" in await caller.page("1")  # ours, until there is one
            await caller.call("notifyService", serviceID="1", message="go on")
            await until((work_of(tmp_path) / "status.html").exists)
            answer = await caller.answer("getServiceStatus", serviceID="1", sessionToken="token")
            assert page_in({k: str(v) for k, v in answer.outputs.items()}) == f"{page}\n"
            again = await caller.answer(
                "getServiceStatus",
                {PAGE_HEADER: answer.headers[PAGE_HEADER.lower()]},
                serviceID="1",
                sessionToken="token",
            )
            assert again.outputs["status_base64"] == write_status(Unchanged())
            await caller.call("abortService", serviceID="1")


def watch_page(tmp_path: Path) -> tuple[FileWatcher, Path]:
    (tmp_path / "work").mkdir()
    return FileWatcher(), tmp_path / "work" / "status.html"


def test_what_is_half_written_leaves_the_last_good_page(tmp_path: Path) -> None:
    (operation,) = read(shell_service("true", HTML)).operations
    watcher, file = watch_page(tmp_path)
    watch = watcher.watch(tmp_path, operation)
    assert watch.look().own is None
    file.write_text("<html>one</html>\n")
    assert watch.changed()
    assert watch.look().own == b"<html>one</html>\n"
    file.write_text("")
    assert watch.look().own == b"<html>one</html>\n"
    file.write_text("<html>tw")
    assert watch.look().own == b"<html>one</html>\n"
    long_ago = time.time() - 10
    os.utime(file, (long_ago, long_ago))  # nobody writes to it any more: this is all of it
    assert watch.changed()
    assert watch.look().own == b"<html>tw"
    file.unlink()
    assert watch.look().own == b"<html>tw"


@pytest.mark.parametrize("what", ["a link", "too large"])
def test_what_must_not_be_shown_is_not_and_our_page_says_why(tmp_path: Path, what: str) -> None:
    (operation,) = read(shell_service("true", HTML)).operations
    watcher, file = watch_page(tmp_path)
    if what == "a link":
        file.symlink_to("/etc/passwd")
    else:
        file.write_bytes(b"x" * (MAX_PAGE + 1))
    seen = watcher.watch(tmp_path, operation).look()
    assert seen.own is None
    assert "status.html" in seen.note


def programs(folder: Path, template: str, rest: str = "") -> Path:
    file = folder / "shell.toml"
    file.write_text(shell_service(f"echo residual 0.5; {WAIT}; {rest or 'true'}", TEMPLATE))
    (folder / "page.html.j2").write_text(template)
    return file


async def test_a_template_is_the_page_while_it_runs_and_when_it_succeeded(tmp_path: Path) -> None:
    text = "<title>{{ title }}</title><pre>{{ log | join }}</pre>{{ state_words }}"
    with serving(tmp_path / "data", programs(tmp_path, text)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            (run,) = (tmp_path / "data" / "runs").iterdir()
            await until((run / "log").read_text)
            page = await caller.page("1")
            assert page == "<title>Shell</title><pre>residual 0.5</pre>running"
            await caller.call("notifyService", serviceID="1", message="go on")
            await caller.completed("1")


async def test_a_template_that_breaks_leaves_our_page_which_says_so_and_one_line_of_log(
    tmp_path: Path,
) -> None:
    file = programs(tmp_path, "{{ values.residual }}")
    with capture_logs() as events, serving(tmp_path / "data", file) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            (run,) = (tmp_path / "data" / "runs").iterdir()
            for line in ("one", "two", "three"):
                with (run / "log").open("a") as log:
                    log.write(f"{line}\n")
                page = await caller.page("1")
                assert "page.html.j2 cannot be filled in" in page
                assert f"{line}\n" in page
            await caller.call("abortService", serviceID="1")
    assert [event["event"] for event in events].count("run.page_broken") == 1


async def test_our_page_says_why_there_are_no_results(tmp_path: Path) -> None:
    file = programs(tmp_path, "<p>{{ state }}</p>", rest="exit 3")
    with serving(tmp_path / "data", file) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.call("notifyService", serviceID="1", message="go on")
            await caller.failed("1")
            last = await last_page(caller)
    assert "exit code 3" in last
    assert "since <time" in last


async def test_the_last_page_of_a_run_that_succeeded_is_its_own_after_a_restart_too(
    tmp_path: Path,
) -> None:
    file = programs(tmp_path, "<p>{{ state }} {{ progress is none }}</p>")
    with serving(tmp_path / "data", file) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.call("notifyService", serviceID="1", message="go on")
            await caller.completed("1")
            assert await last_page(caller) == "<p>succeeded True</p>"
    with serving(tmp_path / "data", file) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            assert await last_page(caller) == "<p>succeeded True</p>"


async def last_page(caller: Caller) -> str:
    """Ask for the last page of a run that is over, as the platform does."""
    answer = await caller.answer(
        "getServiceStatus", {LAST_PAGE_HEADER: "wanted"}, serviceID="1", sessionToken="token"
    )
    return page_in({name: str(value) for name, value in answer.outputs.items()})


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{% if", "page.html.j2:1"),
        ("<p>\n{{ progres }}", "page.html.j2:2: progres is not known"),
    ],
)
def test_what_is_wrong_with_a_template_is_said_when_the_program_file_is_read(
    tmp_path: Path, template: str, words: str
) -> None:
    with pytest.raises(ProgramFileInvalid, match=words):
        read_served(programs(tmp_path, template))


def test_a_template_that_is_not_there_is_said_when_the_program_file_is_read(
    tmp_path: Path,
) -> None:
    file = programs(tmp_path, "")
    (tmp_path / "page.html.j2").unlink()
    with pytest.raises(ProgramFileInvalid, match=r"run\.page\.template"):
        read_served(file)


def test_pictures_that_a_program_lists_are_shown_with_their_titles(tmp_path: Path) -> None:
    (operation,) = read(shell_service("true", 'page = { pictures = "pictures.json" }')).operations
    work = tmp_path / "work"
    work.mkdir()
    watch = FileWatcher().watch(tmp_path, operation)
    assert watch.look().pictures == ()
    (work / "mesh.png").write_bytes(PNG)
    listed = [{"file": "mesh.png", "title": "The mesh"}, {"file": "../../x"}, "mesh.png", 3]
    (work / "pictures.json").write_text(json.dumps(listed))
    assert watch.changed()
    assert [picture.title for picture in watch.look().pictures] == [""]
    listed[2:] = [{"file": "late.png", "title": "Late"}]
    (work / "pictures.json").write_text(json.dumps(listed))
    assert [picture.title for picture in watch.look().pictures] == ["The mesh"]
    watch.look()
    assert not watch.changed()
    (work / "late.png").write_bytes(PNG)
    assert watch.changed()
    assert [picture.title for picture in watch.look().pictures] == ["The mesh", "Late"]
    (work / "pictures.json").write_text('[{"file": "la')
    assert [picture.title for picture in watch.look().pictures] == ["The mesh", "Late"]


@pytest.mark.parametrize("content", [b"BM a bitmap", PNG[:40], b"<svg/>"])
def test_what_cannot_be_shown_as_a_picture_is_said_and_leaves_the_one_before(
    tmp_path: Path, content: bytes
) -> None:
    (operation,) = read(shell_service("true", 'page = { picture = "mesh.png" }')).operations
    work = tmp_path / "work"
    work.mkdir()
    watch = FileWatcher().watch(tmp_path, operation)
    (work / "mesh.png").write_bytes(content)
    seen = watch.look()
    assert seen.pictures == ()
    assert "mesh.png" in seen.note
    (work / "mesh.png").write_bytes(PNG)
    assert watch.look().note == ""
    (work / "mesh.png").write_bytes(content)
    seen = watch.look()
    assert len(seen.pictures) == 1
    assert seen.note == ""
