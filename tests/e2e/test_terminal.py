"""The commands in a terminal, with somebody at the keyboard."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator

import pytest
from tests.e2e.conftest import (
    PATIENCE,
    READY,
    ROOT,
    TARRY,
    WAITER,
    Home,
    Running,
    free_tcp_port,
    log_in,
    started_processes,
    wait_for,
)

CTRL_C = "\x03"
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A command in a terminal of its own: what it shows, and somebody who types."""

    def __init__(self, home: Home, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        # A leader of a session gets the first terminal that it opens: so Ctrl-C reaches it.
        opening = 'exec "$@" <"$0" >"$0" 2>&1'
        self.process = subprocess.Popen(
            ["sh", "-c", opening, os.ttyname(theirs), *TARRY, *arguments],
            env={**home.environment(), "TERM": "xterm", "LINES": "40"},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._theirs = theirs  # closed once the command has opened its own
        self.shown = ""

    def wait_for(self, pattern: str) -> re.Match[str]:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.shown)):
            if not self._read() or time.monotonic() > end:
                pytest.fail(f"never showed {pattern!r}:\n{self.shown}")
        return found

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def wait(self) -> int:
        """Wait for the end; everything that was shown is in `shown` then."""
        end = time.monotonic() + PATIENCE
        while self._read():
            if time.monotonic() > end:
                pytest.fail(f"does not end:\n{self.shown}")
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._theirs >= 0:
            os.close(self._theirs)
        os.close(self._ours)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 0.2)
        if not ready:
            return True
        try:
            piece = os.read(self._ours, 65_536)
        except OSError:  # the other end is closed
            return False
        if self._theirs >= 0:
            os.close(self._theirs)
            self._theirs = -1
        self.shown += COLOURS.sub("", piece.decode("utf-8", "replace"))
        return bool(piece)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home in which a platform with the waiter runs, and somebody is logged in."""
    home = Home(folder=tmp_path_factory.mktemp("home"), tcp_port=free_tcp_port())
    running = home.start("up", WAITER)
    running.wait_for_text(READY)
    log_in(home, running)
    yield home
    running.close()


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def run_for_ever(platform: Home, terminals: list[Terminal]) -> Terminal:
    terminal = Terminal(platform, "run", "Waiter", "secondsToWait=600")
    terminals.append(terminal)
    terminal.wait_for("running")
    wait_for(lambda: started_processes(platform), "the program to run")
    return terminal


def test_progress_moves_in_place_and_the_outputs_come_last(
    platform: Home, terminals: list[Terminal]
) -> None:
    terminal = Terminal(platform, "run", "Waiter", "secondsToWait=2")
    terminals.append(terminal)
    assert terminal.wait() == 0
    assert re.search(r"\d+ %", terminal.shown)
    assert terminal.shown.strip().splitlines()[-1].strip() == 'result = "FINISHED"'


def test_ctrl_c_can_mean_abort(platform: Home, terminals: list[Terminal]) -> None:
    terminal = run_for_ever(platform, terminals)
    terminal.type(CTRL_C)
    terminal.wait_for(r"abort it \(a\)")
    terminal.type("a\r")
    assert terminal.wait() == 1
    assert "aborted" in terminal.shown
    assert started_processes(platform) == []


def test_ctrl_c_can_mean_leave_it_running(platform: Home, terminals: list[Terminal]) -> None:
    terminal = run_for_ever(platform, terminals)
    terminal.type(CTRL_C)
    terminal.wait_for(r"running \(l\)")
    terminal.type("\r")
    assert terminal.wait() == 130
    assert "goes on" in terminal.shown
    assert started_processes(platform)
    platform.tarry("abort", "last")
    wait_for(lambda: not started_processes(platform), "the program to end")


def test_ctrl_c_can_be_a_mistake(platform: Home, terminals: list[Terminal]) -> None:
    terminal = run_for_ever(platform, terminals)
    terminal.type(CTRL_C)
    terminal.wait_for(r"watching \(w\)")
    terminal.type("w\r")
    platform.tarry("abort", "last")
    assert terminal.wait() == 1
    assert "aborted" in terminal.shown


def test_a_password_is_asked_for_and_not_shown(platform: Home, terminals: list[Terminal]) -> None:
    password = (platform.folder / "data" / "password-me").read_text(encoding="utf-8").strip()
    terminal = Terminal(platform, "login")
    terminals.append(terminal)
    terminal.wait_for(r"User")
    terminal.type("me\r")
    terminal.wait_for(r"Password")
    terminal.type(f"{password}\r")
    assert terminal.wait() == 0
    assert "Logged in" in terminal.shown
    assert password not in terminal.shown


def test_following_a_service_ctrl_c_offers_to_abort(
    home: Home, started: list[Running], terminals: list[Terminal]
) -> None:
    serving = home.start("serve", WAITER, "--no-auth", "--port", str(home.tcp_port))
    started.append(serving)
    wsdl = serving.wait_for_text(r"http://\S+\?wsdl")[0]
    terminal = Terminal(home, "follow", wsdl, "startWaiter", "secondsToWait=600")
    terminals.append(terminal)
    terminal.wait_for(r"\d+ %")
    terminal.type(CTRL_C)
    terminal.wait_for(r"Abort the run\?")
    terminal.type("y\r")
    assert terminal.wait() == 1
    assert "Aborted" in terminal.shown
