"""The commands of the tutorial's waiter on one platform that goes on all the while."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import (
    READY,
    UNTIL,
    WAITER,
    Home,
    Running,
    free_tcp_port,
    log_in,
    started_processes,
    wait_for,
)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home in which a platform with the waiter runs, and somebody is logged in."""
    home = Home(folder=tmp_path_factory.mktemp("home"), tcp_port=free_tcp_port())
    running = home.start("up", WAITER)
    running.wait_for_text(READY)
    log_in(home, running)
    yield home
    running.close()


def test_a_program_is_run_from_the_command_line_and_its_outputs_are_printed_last(
    platform: Home,
) -> None:
    done = platform.tarry("run", "Waiter", "secondsToWait=1")
    assert done.stdout.splitlines()[-1] == 'result = "FINISHED"'
    assert "succeeded" in done.stderr


def test_what_a_command_prints_for_programs_is_json(platform: Home) -> None:
    run = json.loads(platform.tarry("run", "Waiter", "secondsToWait=1", "--json").stdout)
    assert (run["state"], run["outputs"]) == ("succeeded", {"result": "FINISHED"})
    shown = json.loads(platform.tarry("show", "last", "--json").stdout)
    assert shown["id"] == run["id"]
    listed, *_ = json.loads(platform.tarry("runs", "--json").stdout)
    assert listed["id"] == run["id"]
    (workflow,) = json.loads(platform.tarry("workflows", "list", "--json").stdout)
    assert workflow["name"] == "Waiter"
    (service,) = json.loads(platform.tarry("services", "--json").stdout)
    assert service["name"] == "Waiter.startWaiter"
    where = json.loads(platform.tarry("where", run["id"][:8], "--json").stdout)
    assert (Path(where["steps"][0]["folder"]) / "work" / "result.txt").is_file()


def test_a_detached_run_is_found_and_its_result_got_afterwards(platform: Home) -> None:
    run = platform.tarry("run", "Waiter", "secondsToWait=1", "--detach").stdout.strip()
    wait_for(
        lambda: "succeeded" in platform.tarry("show", run).stdout, "the detached run to succeed"
    )
    assert platform.tarry("get", run[:8], "result").stdout == "FINISHED\n"
    assert run[:8] in platform.tarry("runs", "--state", "succeeded").stdout


def test_an_aborted_run_ends_its_program_and_the_waiting_command_fails(
    platform: Home, started: list[Running]
) -> None:
    waiting = platform.start("run", "Waiter", "secondsToWait=600")
    started.append(waiting)
    wait_for(lambda: started_processes(platform), "the program to run")
    platform.tarry("abort", "last")
    assert waiting.process.wait(UNTIL) == 1
    assert "aborted" in waiting.text
    assert started_processes(platform) == []


def test_ctrl_c_leaves_a_run_alone_when_nobody_can_be_asked(
    platform: Home, started: list[Running]
) -> None:
    waiting = platform.start("run", "Waiter", "secondsToWait=600")
    started.append(waiting)
    wait_for(lambda: started_processes(platform), "the program to run")
    waiting.wait_for_text("running")
    assert waiting.interrupt() == 130
    assert "goes on" in waiting.text
    assert "running" in platform.tarry("show", "last").stdout
    platform.tarry("abort", "last")


def test_commands_need_no_log_in_of_their_own_where_the_environment_says_who(
    platform: Home,
) -> None:
    password = (platform.folder / "data" / "password-me").read_text(encoding="utf-8").strip()
    elsewhere = str(platform.folder / "elsewhere")
    who = {"TARRY_USER": "me", "TARRY_PASSWORD": password, "XDG_CONFIG_HOME": elsewhere}
    assert "Waiter" in platform.tarry("workflows", "list", more=who).stdout


def test_a_kept_log_in_is_private_and_a_wrong_password_is_refused(platform: Home) -> None:
    password = (platform.folder / "data" / "password-me").read_text(encoding="utf-8").strip()
    own = {"XDG_CONFIG_HOME": str(platform.folder / "apart"), "TARRY_USER": "me"}
    wrong = platform.tarry("login", expect=1, more={**own, "TARRY_PASSWORD": "wrong-password"})
    assert "password" in wrong.stderr
    platform.tarry("login", more={**own, "TARRY_PASSWORD": password})
    file = platform.folder / "apart" / "tarry" / "logins.json"
    assert file.stat().st_mode & 0o777 == 0o600
    platform.tarry("runs", more=own)
    platform.tarry("logout", more=own)
    assert "tarry login" in platform.tarry("runs", expect=1, more=own).stderr


def test_mistakes_in_names_and_values_are_answered_with_what_was_meant(platform: Home) -> None:
    assert "'Waiter'" in platform.tarry("run", "Waitr", expect=1).stderr
    assert "'secondsToWait'" in platform.tarry("run", "Waiter", "secondToWait=1", expect=2).stderr
    assert "minimum of 1" in platform.tarry("run", "Waiter", "secondsToWait=0", expect=1).stderr
    assert "no run" in platform.tarry("show", "ffffffff", expect=1).stderr.lower()
    platform.tarry("run", "Waiter", "secondsToWait=1")
    assert "'result'" in platform.tarry("get", "last", "resultt", expect=1).stderr
    assert "over already" in platform.tarry("abort", "last", expect=1).stderr


def test_requests_for_other_hosts_are_refused(platform: Home) -> None:
    asked = urllib.request.Request(
        f"http://127.0.0.1:{platform.tcp_port}/login", headers={"Host": "evil.example.org"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=10)
    assert refused.value.code in {403, 421, 400}
    refused.value.close()
