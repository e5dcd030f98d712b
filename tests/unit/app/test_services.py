"""The process of the services: its command, its surroundings, its TCP port."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tarry.app.folder import DataFolder
from tarry.app.services import HOST, ServiceProcess, kept_tcp_port

PROGRAM = """
name = "Echo"
path = "echo/Echo"
[operations.echo]
kind = "synchronous"
command = ["echo", "{word}"]
[operations.echo.inputs]
word = { type = "string" }
[operations.echo.outputs]
said = { type = "string", from = { log = "(.*)" } }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    opened = DataFolder.open(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "echo.toml"
    file.write_text(PROGRAM, encoding="utf-8")
    return file


def process(program: Path, **environment: str) -> ServiceProcess:
    return ServiceProcess(
        [program],
        tcp_port=4711,
        data=program.parent / "runs",
        platform_url="http://127.0.0.1:4710",
        environment=environment,
    )


def test_it_serves_loopback_only_trusts_its_platform_and_ends_with_it(program: Path) -> None:
    command = process(program).command()
    assert command[:4] == [sys.executable, "-m", "tarry", "serve"]
    options = " ".join(command[5:])
    assert options == (
        f"--host 127.0.0.1 --port 4711 --data {program.parent / 'runs'} "
        "--platform http://127.0.0.1:4710 --stop-on-eof"
    )


def test_what_it_serves_is_told_with_the_context_root_of_the_folder(program: Path) -> None:
    (program.parent / "env").write_text("CONTEXT_ROOT=/company/machine\n", encoding="utf-8")
    (served,) = process(program).programs()
    assert served.program.name == "Echo"
    assert served.context_root == "/company/machine"


def test_what_is_meant_for_the_platform_does_not_turn_the_services_elsewhere(
    program: Path,
) -> None:
    (served,) = process(program, CONTEXT_ROOT="/mine", TARRY_PUBLIC_URL="not a url").programs()
    assert served.context_root == "/mine"


def test_the_tcp_port_stays_the_same_at_every_start(folder: DataFolder) -> None:
    chosen = kept_tcp_port(folder, 30_000)
    assert chosen >= 30_100
    assert kept_tcp_port(folder, 31_000) == chosen


def test_a_tcp_port_that_somebody_has_taken_is_replaced_for_good(folder: DataFolder) -> None:
    with socket.create_server((HOST, 0)) as other:
        taken = int(other.getsockname()[1])
        folder.write_private("services-port", str(taken))
        chosen = kept_tcp_port(folder, 30_000)
        assert chosen != taken
    assert kept_tcp_port(folder, 30_000) == chosen
