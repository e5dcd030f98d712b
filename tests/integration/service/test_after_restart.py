"""What becomes of a run whose machine went down is the operation's choice."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fakes.jobs import program_pid
from tests.fakes.tarry_service import Caller, ServiceProcess, shell_service, until

RESULT = "outputs.result = { type = 'text', from = { text = 'result' } }"
# Waits for the gate the first time; what it leaves behind shows whether it begins afresh.
SCRIPT = (
    'echo started >>"$1/starts"; echo here >>left; echo line; '
    'until [ -e "$1/go" ]; do sleep 0.02; done; cp left result'
)

# As little of a container as matters here: when its first process ends, all of them do.
CONTAINER = (
    *("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"),
    "--mount-proc",
)


def has_containers() -> bool:
    """Whether this account may make one."""
    if shutil.which("unshare") is None:
        return False
    return not subprocess.run([*CONTAINER, "true"], capture_output=True, check=False).returncode


def is_free(lock: Path) -> bool:
    """Whether nobody holds a lock."""
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def lose_power(data: Path) -> None:
    """Make what stands on the disk look as if another boot had written it."""
    for record in (data / "ids").glob("*.json"):
        record.write_text(record.read_text().replace('"boot": "', '"boot": "an earlier one, '))
    for lock in data.glob("runs/*/control/lock"):
        lock.write_text(f"an-earlier-one {lock.read_text().split()[1]}\n")


class Machine:
    """A service on a machine that goes down."""

    def __init__(self, folder: Path, after_restart: str) -> None:
        program = folder / "shell.toml"
        text = shell_service(SCRIPT, f"{RESULT}\nafter_restart = {after_restart}")
        program.write_text(text.replace('"program"]', f'"program", "{folder}"]'))
        self.folder = folder
        self.service = ServiceProcess(folder / "data", program)
        (self.address,) = self.service.start()

    @property
    def run(self) -> Path:
        """The folder of the only run."""
        (folder,) = (self.folder / "data" / "runs").iterdir()
        return folder

    async def go_down(self) -> None:
        """Lose the power while the program runs, and come up again."""
        starts = self.folder / "starts"
        await until(lambda: program_pid(self.run) and starts.exists())
        self.service.kill()
        # the program, which no service and no shim of this boot knows of, is taken by the power
        (self.folder / "go").touch()
        await until((self.run / "work" / "result").exists)
        (self.folder / "go").unlink()
        await until(lambda: (self.run / "control" / "exit").read_text().strip())
        (self.run / "control" / "exit").write_text("")
        (self.run / "work" / "result").unlink()
        lose_power(self.folder / "data")
        self.service.start()

    def starts(self) -> int:
        """How many programs were started."""
        return len((self.folder / "starts").read_text().splitlines())


async def test_unless_the_author_says_otherwise_it_has_failed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, '"fail"')
    async with Caller(machine.address) as caller:
        await caller.call("run", serviceID="1")
        await machine.go_down()
        fault = await caller.failed("1")
    assert fault.detail_code == "lost"
    assert "machine was restarted" in fault.fault_string
    assert machine.starts() == 1
    machine.service.stop()


async def test_again_runs_it_once_more_in_a_fresh_folder(tmp_path: Path) -> None:
    machine = Machine(tmp_path, '"again"')
    async with Caller(machine.address) as caller:
        await caller.call("run", serviceID="1")
        (machine.run / "reports").write_text('{"percent": 90}\n')
        await machine.go_down()
        await until(lambda: machine.starts() == 2)
        assert "line" in (machine.run / "log.1").read_text()
        assert not (machine.run / "reports").exists()
        machine.service.kill()  # a kill of the service alone starts nothing a third time
        machine.service.start()
        (tmp_path / "go").touch()
        assert (await caller.completed("1"))["result"] == "here\n"
    assert machine.starts() == 2
    machine.service.stop()


async def test_a_resume_command_carries_on_in_the_folder_as_it_was_left(tmp_path: Path) -> None:
    resume = '["/bin/sh", "-c", "echo resumed >>left; cp left result"]'
    machine = Machine(tmp_path, resume)
    async with Caller(machine.address) as caller:
        await caller.call("run", serviceID="1")
        await machine.go_down()
        assert (await caller.completed("1"))["result"] == "here\nresumed\n"
    assert machine.starts() == 1
    machine.service.stop()


async def test_it_is_not_begun_again_for_ever(tmp_path: Path) -> None:
    machine = Machine(tmp_path, '"again"')
    async with Caller(machine.address) as caller:
        await caller.call("run", serviceID="1")
        for times in range(1, 7):
            await until(lambda times=times: machine.starts() == times)  # type: ignore[misc]
            await machine.go_down()
        fault = await caller.failed("1")
    assert fault.detail_code == "lost"
    assert machine.starts() == 6
    machine.service.stop()


async def test_a_run_that_was_being_aborted_is_not_begun_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path, '"again"')
    async with Caller(machine.address) as caller:
        await caller.call("run", serviceID="1")
        await until(lambda: program_pid(machine.run))
        machine.service.kill()
        (machine.run / "control" / "abort").write_text("wanted\n")
        machine.service.start()
        await until((machine.run / "outcome.json").exists)
        machine.service.kill()
        (machine.run / "control" / "exit").write_text("")
        (machine.run / "outcome.json").unlink(missing_ok=True)
        lose_power(tmp_path / "data")
        machine.service.start()
        assert (await caller.failed("1")).detail_code == "aborted"
    machine.service.stop()


@pytest.mark.parametrize("choice", ['"again"', '["/bin/sh", "-c", "cp left result"]'])
async def test_a_program_that_was_not_known_to_run_begins_if_it_may(
    tmp_path: Path, choice: str
) -> None:
    machine = Machine(tmp_path, choice)
    async with Caller(machine.address) as caller:
        await caller.call("run", serviceID="1")
        await until(lambda: program_pid(machine.run))
        machine.service.kill()
        (tmp_path / "go").touch()
        await until(lambda: (machine.run / "control" / "exit").read_text().strip())
        lose_power(tmp_path / "data")
        for mark in (machine.run / "control").iterdir():
            mark.unlink()
        machine.service.start()
        assert "here" in (await caller.completed("1"))["result"]
    machine.service.stop()


@pytest.mark.parametrize(
    ("choice", "code"), [('"again"', None), ('"fail"', "lost")], ids=["again", "fail"]
)
async def test_a_container_that_ends_takes_its_programs_along_as_a_machine_does(
    tmp_path: Path, choice: str, code: str | None
) -> None:
    if not has_containers():
        pytest.skip("this account cannot make namespaces of processes (unshare)")
    program = tmp_path / "shell.toml"
    text = shell_service(SCRIPT, f"{RESULT}\nafter_restart = {choice}")
    program.write_text(text.replace('"program"]', f'"program", "{tmp_path}"]'))
    service = ServiceProcess(tmp_path / "data", program, within=CONTAINER)
    (address,) = service.start()
    starts = tmp_path / "starts"
    async with Caller(address) as caller:
        await caller.call("run", serviceID="1")
        await until(starts.exists)
        (run,) = (tmp_path / "data" / "runs").iterdir()
        service.kill()
        await until(lambda: is_free(run / "control" / "lock"))
        service.start()
        if code is None:
            await until(lambda: len(starts.read_text().splitlines()) == 2)
            (tmp_path / "go").touch()
            assert (await caller.completed("1"))["result"] == "here\n"
        else:
            fault = await caller.failed("1")
            assert fault.detail_code == code
            assert "container" in fault.fault_string
            assert len(starts.read_text().splitlines()) == 1
    service.stop()
