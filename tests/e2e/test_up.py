"""`tarry up` with the tutorial's waiter: one's own program, from the file to the result."""

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from tests.e2e.conftest import (
    READY,
    TARRY,
    UNTIL,
    WAITER,
    Home,
    Running,
    free_tcp_port,
    log_in,
    started_processes,
    wait_for,
)


@pytest.fixture
def up(home: Home, started: list[Running]) -> Callable[[], Running]:
    """Starts the platform with the waiter, logs in, and gives what runs."""

    def start() -> Running:
        running = home.start("up", WAITER)
        started.append(running)
        running.wait_for_text(READY)
        return running

    return start


def test_the_server_is_killed_in_the_middle_and_the_run_goes_on(
    home: Home, up: Callable[[], Running], started: list[Running]
) -> None:
    running = up()
    log_in(home, running)
    waiting = home.start("run", "Waiter", "secondsToWait=8")
    started.append(waiting)
    wait_for(lambda: started_processes(home), "the program to run")
    program = started_processes(home)
    running.kill()
    wait_for(lambda: not answers(home.tcp_port + 100), "the services to end with their platform")
    assert started_processes(home) == program
    up()
    # the command that waited all the while needs no help: it finds the platform again
    assert waiting.process.wait(UNTIL) == 0, waiting.text
    assert waiting.text.splitlines()[-1] == 'result = "FINISHED"'
    (run,) = json.loads(home.tarry("runs", "--json").stdout)
    (step,) = json.loads(home.tarry("show", run["id"], "--json").stdout)["steps"]
    assert step["attempt"] == 1


def test_ctrl_c_stops_platform_and_services_and_leaves_programs_which_are_found_again(
    home: Home, up: Callable[[], Running]
) -> None:
    running = up()
    log_in(home, running)
    home.tarry("run", "Waiter", "secondsToWait=8", "--detach")
    wait_for(lambda: started_processes(home), "the program to run")
    program = started_processes(home)
    assert running.interrupt() == 0
    assert "1 run goes on" in running.text
    assert not answers(home.tcp_port)
    assert started_processes(home) == program
    up()
    wait_for(lambda: "succeeded" in home.tarry("show", "last").stdout, "the run to be found again")


def test_a_generated_password_is_private_and_printed_until_it_is_changed(
    home: Home, up: Callable[[], Running]
) -> None:
    first = up()
    password = log_in(home, first)
    file = home.folder / "data" / "password-me"
    assert file.stat().st_mode & 0o777 == 0o600
    first.interrupt()
    second = up()
    assert second.wait_for_text(r"password: (\S+)")[1] == password
    own = "a-password-of-my-own"
    home.tarry("password", more={"TARRY_PASSWORD": password, "TARRY_NEW_PASSWORD": own})
    second.interrupt()
    third = up()
    assert "the one you chose" in third.text
    assert password not in third.text
    home.tarry("login", "--user", "me", more={"TARRY_PASSWORD": own})
    assert not file.exists()


def test_a_second_platform_is_refused_with_the_reason(
    home: Home, up: Callable[[], Running]
) -> None:
    up()
    same_data = home.tarry("up", WAITER, "--port", str(free_tcp_port()), expect=1)
    assert "another platform" in same_data.stderr
    other = home.tarry("up", WAITER, "--data", str(home.folder / "other"), expect=1)
    assert f"TCP port {home.tcp_port} is in use" in other.stderr


def test_sharing_prints_an_address_for_a_colleague_that_answers(
    home: Home, started: list[Running]
) -> None:
    running = home.start("up", WAITER, "--share")
    started.append(running)
    url = running.wait_for_text(r"for colleagues: (http://\S+)")[1]
    with urllib.request.urlopen(f"{url}/login", timeout=10) as answer:
        assert answer.status == 200


def test_a_broken_program_file_is_named_at_once_with_its_place(home: Home) -> None:
    broken = home.folder / "broken.toml"
    broken.write_text('name = "X"\npath = "x/X"\n[operations.go]\nkind = "asynchronus"\n')
    done = home.tarry("up", str(broken), expect=1)
    assert "broken.toml" in done.stderr
    assert "kind" in done.stderr


def test_the_services_process_is_started_again_when_it_dies(
    home: Home, up: Callable[[], Running]
) -> None:
    log_in(home, up())
    first = services_process(home)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: services_process(home) not in {0, first}, "the services to be started again")
    done = home.tarry("run", "Waiter", "secondsToWait=1")
    assert done.stdout.splitlines()[-1] == 'result = "FINISHED"'


def services_process(home: Home) -> int:
    pattern = f"serve .*--data {home.folder}/data/services"
    found = subprocess.run(
        ["pgrep", "-f", pattern], capture_output=True, text=True, check=False
    ).stdout.split()
    return int(found[0]) if found else 0


def answers(tcp_port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{tcp_port}/healthz", timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


def test_the_unit_for_systemd_starts_the_same_programs(home: Home) -> None:
    text = home.tarry("install-service", WAITER, "--share", "--print").stdout
    (command,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    assert command == f"{TARRY[0]} -m tarry up {WAITER} --share"
    assert f"Environment=TARRY_PORT={home.tcp_port}" in text


def test_without_a_platform_a_command_says_how_to_start_one(home: Home) -> None:
    who = {"TARRY_USER": "me", "TARRY_PASSWORD": "12345678"}
    done = home.tarry("runs", expect=1, more=who)
    assert home.url in done.stderr
    assert "tarry up" in done.stderr
