"""Programs in a box see their own folder and the system's programs, and nothing else."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.jobs import exists, program_pid, shim_pid
from tests.fakes.tarry_service import (
    Caller,
    ServiceProcess,
    serving,
    settings_for,
    shell_service,
    until,
)

from tarry.jobs.adapters.local import LocalExecutor
from tarry.jobs.model import JobSpec, JobState
from tarry.service.adapters.bubblewrap import Bubblewrap
from tarry.service.api.server import build
from tarry.service.errors import BoxUnavailable
from tarry.service.model.box import Box

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")

RESULT = "outputs.result = { type = 'text', from = { text = 'result' } }"
BOX = f"{RESULT}\nbox = true"
SECRET = "the-secret-of-another"


async def result_of(data: Path, script: str, rest: str = BOX) -> str:
    """Run a line of shell, and give its result."""
    with serving(data, shell_service(script, rest)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            return (await caller.completed("1"))["result"]


def still_there(folder: Path) -> list[str]:
    """Processes that have the run's folder in their command line or as their working folder."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                inside = (process / "cwd").readlink().is_relative_to(folder)
                if inside and exists(int(process.name)):
                    found.append(process.name)
            except OSError:
                continue
    return found


@pytest.fixture
def listener() -> Iterator[int]:
    """Somebody who listens on this machine, gives a TCP port and answers what he should not."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connection.sendall(SECRET.encode())
            connection.close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield int(server.getsockname()[1])
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


async def test_it_runs_in_its_working_folder_and_its_outputs_are_read(tmp_path: Path) -> None:
    assert await result_of(tmp_path, "pwd >result; echo here >>result") == (
        f"{next((tmp_path / 'runs').iterdir()) / 'work'}\nhere\n"
    )


async def test_its_exit_code_and_its_log_are_told(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("echo last words; exit 9", BOX)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            fault = await caller.failed("1")
    assert "exit code 9" in fault.fault_string
    assert "last words" in fault.fault_string


@pytest.mark.parametrize("network", [False, True])
async def test_it_reaches_nobody_unless_the_author_says_so(
    tmp_path: Path, listener: int, network: bool
) -> None:
    call = (
        "import socket\n"
        f"try: print(socket.create_connection(('127.0.0.1', {listener}), 5).recv(99).decode())\n"
        "except OSError as error: print('nobody', error)"
    )
    box = f"{RESULT}\nbox = {{ network = {str(network).lower()} }}"
    result = await result_of(tmp_path, f'{sys.executable} -c "{call}" >result', box)
    assert (SECRET in result) == network


async def test_it_reads_nothing_of_other_runs_of_the_service_or_of_a_home(tmp_path: Path) -> None:
    data = tmp_path / "data"
    home = tmp_path / "home"
    home.mkdir()
    (home / "key").write_text(SECRET)
    (data / "runs" / "other" / "work").mkdir(parents=True)
    (data / "runs" / "other" / "work" / "result").write_text(SECRET)
    (data / "runs" / "other" / "request.json").write_text("")
    tries = f"cat {home}/* {data}/runs/other/* {data}/runs/other/work/* {data}/ids/* /root/.[a-z]*"
    script = f"({tries} ../secrets.json ../request.json /etc/shadow; ls ..) >result 2>&1; true"
    result = await result_of(data, script)
    assert SECRET not in result
    assert "session_token" not in result
    assert "root:" not in result
    assert result.splitlines()[-2:] == ["messages", "work"]


async def test_it_writes_nowhere_but_into_its_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    outside = tmp_path / "outside"
    outside.mkdir()
    elsewhere = map(Path, ("/usr", "/etc", "/", "/dev", "/proc/sys"))
    places = [outside, data, data / "ids", data / "runs", *elsewhere]
    tries = "; ".join(f"echo x >{place}/escaped" for place in places)
    await result_of(data, f"{tries}; echo x >../escaped; echo 1 >/dev/shm/fine && echo >result")
    found = [place for place in places if (place / "escaped").exists()]
    assert found == []
    assert not list((data / "runs").rglob("escaped"))


async def test_it_sees_no_process_but_its_own_and_signals_none(tmp_path: Path) -> None:
    script = f"ls /proc | grep -c '^[0-9]' >result; kill -9 {os.getpid()} || echo no >>result"
    number, answer = (await result_of(tmp_path, script)).split()
    assert int(number) < 10
    assert answer == "no"


async def test_it_has_no_rights_and_gains_none(tmp_path: Path) -> None:
    result = await result_of(
        tmp_path,
        "grep -h '^Cap\\|^NoNewPrivs' /proc/self/status >result; "
        "unshare -U true 2>/dev/null && echo unshared >>result; mount -t tmpfs x . || true",
    )
    assert "unshared" not in result
    assert "NoNewPrivs:\t1" in result
    assert [line for line in result.splitlines() if line.startswith("Cap")] == [
        f"{name}:\t0000000000000000" for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    ]


async def test_it_reads_the_folder_of_its_program_file_but_not_its_settings(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "env").write_text(f"TARRY_PASSWORD={SECRET}\n")
    (here / "deck").write_text("the deck\n")
    program = here / "shell.toml"
    script = f"cat {here}/deck {here}/env >result; echo x >{here}/written"
    program.write_text(shell_service(f"{script}; true", BOX))
    with serving(tmp_path / "data", program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            assert (await caller.completed("1"))["result"] == "the deck\n"
    assert not (here / "written").exists()


async def test_what_the_author_lets_it_read_it_reads(tmp_path: Path) -> None:
    (tmp_path / "licence").write_text("valid")
    box = f'{RESULT}\nbox = {{ read = ["{tmp_path}/licence"] }}'
    script = f"cat {tmp_path}/licence >result; echo x >>{tmp_path}/licence; true"
    assert await result_of(tmp_path / "data", script, box) == "valid"
    assert (tmp_path / "licence").read_text() == "valid"


async def test_an_abort_asks_the_program_and_takes_all_of_the_box(tmp_path: Path) -> None:
    (tmp_path / "deaf.sh").write_text("trap : TERM; while :; do sleep 0.1; done")
    script = (
        f"setsid env -i /bin/sh {tmp_path}/deaf.sh & "
        'trap "echo tidy >tidy; exit 3" TERM; touch ready; while :; do sleep 0.05; done'
    )
    rest = f"{RESULT}\nbox.read = ['{tmp_path}/deaf.sh']\ngrace = '1 s'"
    with serving(tmp_path / "data", shell_service(script, rest)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            (folder,) = (tmp_path / "data" / "runs").iterdir()
            await until((folder / "work" / "ready").exists)
            box = program_pid(folder)
            assert (await caller.call("abortService", serviceID="1"))["success"] == "true"
            assert (await caller.failed("1")).detail_code == "aborted"
    assert (folder / "work" / "tidy").exists()
    assert not exists(box)
    assert not still_there(folder)


async def test_it_outlives_the_service(tmp_path: Path) -> None:
    program = tmp_path / "shell.toml"
    program.write_text(shell_service("until [ -e go ]; do sleep 0.02; done; echo x >result", BOX))
    service = ServiceProcess(tmp_path / "data", program)
    (address,) = service.start()
    async with Caller(address) as caller:
        await caller.call("run", serviceID="1")
        (folder,) = (tmp_path / "data" / "runs").iterdir()
        service.kill()
        assert exists(program_pid(folder))
        service.start()
        (folder / "work" / "go").touch()
        assert (await caller.completed("1"))["result"] == "x\n"
    service.stop()


async def test_it_does_not_outlive_what_would_tell_its_end(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("touch ready; sleep 600", BOX)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            (folder,) = (tmp_path / "runs").iterdir()
            await until((folder / "work" / "ready").exists)
            os.kill(shim_pid(folder), signal.SIGKILL)
            assert (await caller.failed("1")).detail_code == "lost"
            await until(lambda: not still_there(folder))


async def test_limits_hold_in_a_box(tmp_path: Path) -> None:
    hog = "kept = bytearray(90000000); kept[::1024] = bytes(87891); import time; time.sleep(600)"
    script = f'{sys.executable} -c "{hog}"'
    program = shell_service(script, f"{BOX}\nlimits = {{ memory = '50 MB' }}\ngrace = '100 s'")
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            assert (await caller.failed("1")).detail_code == "memory-limit"


async def test_what_it_writes_beside_its_folder_counts_as_written(tmp_path: Path) -> None:
    program = shell_service(
        "head -c 3000000 /dev/zero >/tmp/x; head -c 3000000 /dev/zero >/dev/shm/x",
        f"{BOX}\nlimits = {{ output_size = '5 MB' }}",
    )
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            assert (await caller.failed("1")).detail_code == "output-limit"


async def test_messages_and_secrets_reach_a_program_in_a_box(tmp_path: Path) -> None:
    rest = f"{BOX}\ninputs.password = {{ type = 'secret' }}"
    program = shell_service(
        'until [ -s "$TARRY_MESSAGES" ]; do sleep 0.02; done; cat "$TARRY_MESSAGES" "$1" >result',
        rest,
    ).replace('"program"]', '"program", "{password}"]')
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1", password="sesame")
            await caller.call("notifyService", serviceID="1", message="hello")
            assert (await caller.completed("1"))["result"] == "hello\nsesame"


def test_without_bubblewrap_such_a_program_file_is_refused_with_the_package_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "data", shell_service("true", BOX))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BoxUnavailable, match="sudo apt install bubblewrap"):
        build(settings)
    assert not (tmp_path / "data").exists()


def test_where_boxes_cannot_be_made_such_a_program_file_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crippled = tmp_path / "bwrap"
    crippled.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2; exit 1\n")
    crippled.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BoxUnavailable, match="No permissions to create new namespace"):
        build(settings_for(tmp_path / "data", shell_service("true", BOX)))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
async def test_an_ordinary_user_can_have_boxes_too(tmp_path: Path) -> None:
    nobody = 65534
    data = Path("/var/tmp") / f"tarry-box-{os.getpid()}"  # where nobody can go, unlike tmp_path
    folder = data / "run"
    (folder / "work").mkdir(parents=True)
    command = Bubblewrap(data, python=()).enclose(
        Box(), ("/bin/sh", "-c", "id -u; ls /; cat /dev/zero >/x"), folder=folder, here="/usr"
    )
    for made in (data, *data.rglob("*")):
        os.chown(made, nobody, nobody)
    try:
        found = subprocess.run(  # noqa: PLW1510 - it fails in the end, as it should
            command, user=nobody, group=nobody, capture_output=True, text=True
        )
    finally:
        shutil.rmtree(data)
    assert found.stdout.startswith(f"{nobody}\n")
    assert "home" not in found.stdout
    assert "Read-only" in found.stderr


async def test_a_box_is_known_as_a_job_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "job" / "work").mkdir(parents=True)
    command = Bubblewrap(tmp_path).enclose(
        Box(), ("/bin/sh", "-c", "sleep 600 & sleep 600"), folder=tmp_path / "job", here="/usr"
    )
    executor = LocalExecutor()
    await executor.start(tmp_path / "job", JobSpec(command=command))
    await until(lambda: executor.report(tmp_path / "job").state is JobState.RUNNING)
    await until(lambda: executor.measure({tmp_path / "job": 0})[tmp_path / "job"].memory)
    limit = timedelta(seconds=30)
    assert await executor.abort(tmp_path / "job", grace=limit, limit=limit)
    assert executor.report(tmp_path / "job").state is JobState.ABORTED
