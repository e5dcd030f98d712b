"""`tarry check` finds what is wrong with a service, and nothing wrong with a good one."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOT, TARRY, WAITER, free_tcp_port

SPYNE = Path(os.environ.get("TARRY_TEST_SPYNE", ROOT / ".tools" / "spyne" / "bin" / "python"))


def check(*arguments: str) -> tuple[int, dict[str, str], str]:
    done = subprocess.run(
        [*TARRY, "check", *arguments, "--json"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    verdicts = json.loads(done.stdout) if done.stdout else []
    return done.returncode, {each["rule"]: each["verdict"] for each in verdicts}, done.stderr


def test_the_waiter_keeps_every_rule() -> None:
    code, verdicts, errors = check(WAITER, "secondsToWait=1")

    assert code == 0, errors
    assert set(verdicts.values()) == {"kept"}
    assert "It copes with ../x as id" in verdicts
    assert "An aborted run is told as a fault" in verdicts


@pytest.mark.skipif(not SPYNE.exists(), reason=f"no spyne at {SPYNE}: make spyne installs it")
def test_the_defects_of_the_waiter_of_the_tutorial_are_found(tmp_path: Path) -> None:
    tcp_port = free_tcp_port()
    environment = {
        **os.environ,
        "WAITER_LOG_FOLDER": str(tmp_path),
        "WAITER_PROGRAM": str(ROOT / "examples" / "waiter" / "waiter.py"),
    }
    app = ROOT / "tests" / "fakes" / "spyne_waiter" / "app.py"
    with subprocess.Popen(
        [SPYNE, app, str(tcp_port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            assert "listening" in server.stdout.readline()
            wsdl = f"http://127.0.0.1:{tcp_port}/sintef/docker_services/waiter/Waiter?wsdl"
            code, verdicts, _ = check(wsdl, "secondsToWait=1")
        finally:
            server.terminate()

    assert code == 1
    assert verdicts["The first poll finds the run"] == "broken"
    assert verdicts["There is an abortService"] == "doubtful"
    assert verdicts["An id that nobody started is a fault"] == "kept"


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    code, _, errors = check(str(tmp_path / "nothing.toml"))
    assert code == 1
    assert "neither a file nor the address of a WSDL" in errors

    broken = tmp_path / "broken.toml"
    broken.write_text('name = "X"\n')
    code, _, errors = check(str(broken))
    assert code == 1
    assert "operations" in errors


def test_synchronous_operations_of_a_program_file_are_called_once_values_are_given() -> None:
    calculator = str(ROOT / "examples" / "calculator" / "calculator.toml")
    code, verdicts, errors = check(calculator)
    assert (code, set(verdicts.values())) == (0, {"skipped"}), errors

    code, verdicts, errors = check(calculator, "a=6", "b=3", "--operation", "divide")
    assert (code, set(verdicts.values())) == (0, {"kept"}), errors
    assert "a = abc is refused, and the fault names it" in verdicts
    assert "An element that comes twice is a fault" in verdicts
