"""Progress as lines of JSON on a descriptor: after restarts, out of a box, without bounds."""

import shutil
from pathlib import Path

import pytest
from tests.fakes.tarry_service import Caller, ServiceProcess, serving, shell_service, until

from tarry.contract.progress import progress_of
from tarry.service.adapters.watching import FileWatcher
from tarry.service.model.program_file import read

LINES = "progress = { lines = true }"
WAIT = 'while [ ! -s "$TARRY_MESSAGES" ]; do sleep 0.02; done'
SAY = 'echo \'{{"step": 1, "total": 8, "message": "reading"}}\' >&"$TARRY_PROGRESS_FD"'


async def shown(caller: Caller, words: str) -> str:
    """Poll until a page shows something, and give it."""
    page = ""

    for _ in range(2000):
        page = await caller.page("1")
        if words in page:
            return page
    raise AssertionError(page)


async def test_a_program_says_how_far_it_is_and_completion_is_none_of_it(tmp_path: Path) -> None:
    script = f"{SAY}; {WAIT}; echo '{{{{\"percent\": 100}}}}' >&3; sleep 0.2; exit 3"
    with serving(tmp_path, shell_service(script, LINES)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            page = await shown(caller, "reading")
            assert progress_of(page.encode()) == 12.5
            assert "12.5 %" in page
            await caller.call("notifyService", serviceID="1", message="go on")
            assert (await caller.failed("1")).detail_code == "program-failed"


async def test_progress_goes_on_after_the_service_was_killed(tmp_path: Path) -> None:
    script = f"{SAY}; {WAIT}; echo '{{{{\"percent\": 75.5}}}}' >&3; sleep 60"
    file = tmp_path / "shell.toml"
    file.write_text(shell_service(script, LINES))
    service = ServiceProcess(tmp_path / "data", file)
    (wsdl,) = service.start()
    async with Caller(wsdl) as caller:
        await caller.call("run", serviceID="1")
        await shown(caller, "12.5 %")
        service.kill()
        (messages,) = (tmp_path / "data" / "runs").glob("*/messages")
        messages.write_text("go on\n")
        await until(lambda: "75.5" in (messages.parent / "reports").read_text())
        service.start()
        page = await shown(caller, "75.5 %")
        assert "reading" in page
    service.stop()


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")
async def test_a_program_in_a_box_reports_too_and_sees_nothing_else_of_its_run(
    tmp_path: Path,
) -> None:
    script = f'{SAY}; ls "$PWD/.."; {WAIT}'
    with serving(tmp_path, shell_service(script, f"box = true\n{LINES}")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            page = await shown(caller, "12.5 %")
            assert "reading" in page
            await caller.call("notifyService", serviceID="1", message="go on")
            await caller.completed("1")
    (run,) = (tmp_path / "runs").iterdir()
    assert "reports" not in (run / "log").read_text().split()


async def test_what_is_reported_counts_as_output(tmp_path: Path) -> None:
    script = "yes '{{\"percent\": 1}}' >&3"
    limits = f'{LINES}\nlimits = {{ output_size = "2 MB" }}'
    with serving(tmp_path, shell_service(script, limits)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            assert (await caller.failed("1")).detail_code == "output-limit"


def test_lines_are_read_as_they_come_and_however_many_there_are(tmp_path: Path) -> None:
    (operation,) = read(shell_service("true", LINES)).operations
    watch = FileWatcher().watch(tmp_path, operation)
    file = tmp_path / "reports"
    assert watch.look().percent == 0
    for text, percent in [
        ('{"percent": 10}\n{"per', 10),
        ('cent": 20}\nnonsense\n', 20),
        ('{"percent": 20.5}', 20.5),  # its end of line is not there yet
        ("\n" + '{"percent": 30}\n' * 100_000 + '{"percent": 40}\n', 40),
    ]:
        with file.open("a") as reports:
            reports.write(text)
        assert watch.changed()
        expected = 20 if text.endswith("20.5}") else percent
        assert watch.look().percent == expected
    file.write_text('{"percent": 50}\n')  # the program has begun its file anew
    assert watch.look().percent == 50
    file.unlink()
    file.symlink_to("/etc/passwd")
    assert watch.look().percent == 50
    assert FileWatcher().watch(tmp_path, operation).look().percent == 0
