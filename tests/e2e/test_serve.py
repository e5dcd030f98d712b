"""`tarry serve`, `tarry call` and `tarry follow`: the tutorial, without a platform."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import WAITER, Home, Running, free_tcp_port

PATH = "/sintef/docker_services/waiter/Waiter"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home in which the waiter is served without authentication."""
    home = Home(folder=tmp_path_factory.mktemp("home"), tcp_port=free_tcp_port())
    running = home.start("serve", WAITER, "--port", str(home.tcp_port), "--no-auth")
    running.wait_for_text(r"WSDL at:\s+http")
    yield home
    running.close()


def wsdl(home: Home) -> str:
    return f"{home.url}{PATH}?wsdl"


def test_the_tutorials_transcript(served: Home) -> None:
    more = ("serviceID=transcript", "sessionToken=x")
    start = served.tarry("call", wsdl(served), "startWaiter", *more, "secondsToWait=1")
    first, status, result = start.stdout.splitlines()
    assert first == f"wsdl URL is {wsdl(served)}"
    assert re.fullmatch(r'status_base64 = "[A-Za-z0-9+/=]+"', status)
    assert result == 'result = "UNSET"'
    served.tarry("follow", wsdl(served), "startWaiter", *more, "secondsToWait=1")
    end = served.tarry("call", wsdl(served), "getServiceStatus", *more)
    assert end.stdout.splitlines() == [
        f"wsdl URL is {wsdl(served)}",
        'status_base64 = "COMPLETED"',
        'result = "FINISHED"',
    ]


def test_following_shows_progress_and_prints_the_outputs(served: Home) -> None:
    done = served.tarry("follow", wsdl(served), "startWaiter", "secondsToWait=1")
    assert done.stdout.splitlines()[-1] == 'result = "FINISHED"'
    assert "100 %" in done.stderr


def test_a_run_that_goes_on_is_left_alone_when_nobody_can_be_asked(
    served: Home, started: list[Running]
) -> None:
    running = served.start("follow", wsdl(served), "startWaiter", "secondsToWait=600")
    started.append(running)
    running.wait_for_text(r"\d+ %")
    service_id = running.wait_for_text(r"serviceID is (\S+)")[1]
    assert running.interrupt() == 130
    assert f"serviceID={service_id}" in running.text
    ended = served.tarry("call", wsdl(served), "abortService", f"serviceID={service_id}")
    assert ended.stdout.splitlines()[-1] == 'success = "true"'
    after = served.tarry(
        "call", wsdl(served), "getServiceStatus", f"serviceID={service_id}", expect=1
    )
    assert "aborted" in after.stderr


def test_following_a_run_that_fails_ends_with_exit_code_1(served: Home) -> None:
    done = served.tarry("follow", wsdl(served), "startWaiter", "secondsToWait=0", expect=1)
    assert "minimum of 1" in done.stderr


def test_calls_print_json_for_programs(served: Home) -> None:
    done = served.tarry("call", wsdl(served), "startWaiter", "secondsToWait=1", "--json")
    assert json.loads(done.stdout)["result"] == "UNSET"


def test_mistyped_operations_and_inputs_are_answered_with_the_near_ones(served: Home) -> None:
    done = served.tarry("call", wsdl(served), "startWater", expect=1)
    assert "'startWaiter'" in done.stderr
    done = served.tarry("call", wsdl(served), "startWaiter", "secondToWait=1", expect=2)
    assert "'secondsToWait'" in done.stderr


def test_a_status_call_without_an_id_says_what_is_missing(served: Home) -> None:
    done = served.tarry("call", wsdl(served), "getServiceStatus", expect=2)
    assert "serviceID=" in done.stderr


def test_an_address_where_nothing_is_named(served: Home) -> None:
    url = f"http://localhost:{free_tcp_port()}/x?wsdl"
    assert url in served.tarry("call", url, "go", expect=1).stderr


def test_without_being_told_whom_to_trust_calls_fault_and_name_both_options(
    home: Home, started: list[Running]
) -> None:
    running = home.start("serve", WAITER, "--port", str(home.tcp_port))
    started.append(running)
    running.wait_for_text(r"WSDL at:\s+http")
    done = home.tarry("call", wsdl(home), "startWaiter", "secondsToWait=1", expect=1)
    assert "--auth" in done.stderr
    assert "--no-auth" in done.stderr


def test_no_authentication_is_said_loudly_and_for_this_machine_only(home: Home) -> None:
    done = home.tarry("serve", WAITER, "--no-auth", "--host", "0.0.0.0", expect=1)
    assert "--no-auth" in done.stderr
    running = home.start("serve", WAITER, "--no-auth", "--port", str(home.tcp_port))
    running.wait_for_text("NO AUTHENTICATION")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(15) in {0, -signal.SIGTERM}


def test_a_taken_tcp_port_is_named_with_what_to_do(served: Home, home: Home) -> None:
    done = home.tarry("serve", WAITER, "--no-auth", "--port", str(served.tcp_port), expect=1)
    assert str(served.tcp_port) in done.stderr
    assert "--port" in done.stderr


def test_an_option_comes_before_the_environment_and_that_before_the_env_file(
    home: Home, started: list[Running]
) -> None:
    home.more["CONTEXT_ROOT"] = "/from/environment"
    one = home.start("serve", WAITER, "--no-auth", "--port", str(free_tcp_port()))
    started.append(one)
    assert one.wait_for_text(r"http://\S+\?wsdl")[0].endswith(
        "/from/environment/waiter/Waiter?wsdl"
    )
    more = ("--data", str(home.folder / "other"), "--context-root", "/from/option")
    two = home.start("serve", WAITER, "--no-auth", "--port", str(free_tcp_port()), *more)
    started.append(two)
    assert two.wait_for_text(r"http://\S+\?wsdl")[0].endswith("/from/option/waiter/Waiter?wsdl")


@pytest.mark.parametrize("command", [(), ("run",), ("serve",), ("workflows", "import")])
def test_every_command_explains_itself(home: Home, command: tuple[str, ...]) -> None:
    assert "Usage: " in home.tarry(*command, "--help").stdout


def test_the_version_is_told(home: Home) -> None:
    assert re.fullmatch(r"tarry, version \d+\.\d+\.\d+\n", home.tarry("--version").stdout)


def test_help_does_not_need_the_extra_nor_load_what_a_command_needs(tmp_path: Path) -> None:

    script = tmp_path / "loaded.py"
    script.write_text(
        "import sys\n"
        "from tarry.cli.main import tarry\n"
        "heavy = {'sqlalchemy', 'fastapi', 'zeep', 'aiohttp', 'requests', 'rich.console', 'lxml'}\n"
        "print(sorted(heavy & set(sys.modules)))\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
