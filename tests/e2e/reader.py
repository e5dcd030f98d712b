r"""A reader who does what a page of the documentation says, and sees whether it is so.

What such a page may hold, by the words behind the three ticks that open a block:

- `console`: it is typed into a terminal and must show what the page shows. Lines with `$ ` are
  commands (`> ` continues one), `^C` and `^\` are keys, all others are what is to be seen; `…` is
  anything. Commands end, with exit code 0 unless the block says `fails`.
- `console terminal=NAME`: another terminal, whose last command goes on. A block that begins with
  what is to be seen shows how the command there goes on, and ends.
- `toml file=NAME` (or any other language): it is put into that file, in the folder that the reader
  is in; what the page says later of the same file is added to it.

Any other block is only read.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PATIENCE = 90.0
CONTROL_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[()][A-Z0-9])")
END = re.compile(r"\x1e(\d+)\r?\n")
KEYS = {"^C": "\x03", "^\\": "\x1c"}
ANYTHING = "…"
COLUMNS = 120
NOT_OF_A_READER = frozenset({"MAKELEVEL", "JOURNAL_STREAM", "COLUMNS", "LINES"})
"""Variables of whoever runs the tests that would change what a reader sees."""

SHELL = r"""
trap : INT QUIT
while IFS= read -r -d '' command <&9; do
    eval "$command" 9<&-
    printf '\036%d\n' "$?"
done 9<"$0"
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: the words behind the fence, and its lines."""

    language: str
    marks: Mapping[str, str]
    lines: tuple[str, ...]
    number: int

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


@dataclass
class Deed:
    """One thing that is typed, or nothing but waiting, and what is to be seen then."""

    typed: str = ""
    is_key: bool = False
    seen: list[str] = field(default_factory=list)


def blocks(page: str) -> Iterator[Block]:
    """Find the fenced blocks of a page."""
    lines = iter(enumerate(page.splitlines(), start=1))
    for number, line in lines:
        if not line.startswith("```"):
            continue
        language, *marks = line.removeprefix("```").split(" ")
        inside = []
        for _, inner in lines:
            if inner.startswith("```"):
                break
            inside.append(inner)
        pairs = dict(mark.partition("=")[::2] for mark in marks)
        yield Block(language, pairs, tuple(inside), number)


def deeds(block: Block) -> list[Deed]:
    """Read what is typed in a console block, and what is to be seen."""
    found: list[Deed] = []
    for line in block.lines:
        if line.startswith("$ "):
            found.append(Deed(line.removeprefix("$ ")))
        elif line.startswith("> ") and found and not found[-1].seen:
            found[-1].typed += "\n" + line.removeprefix("> ")
        elif line in KEYS:
            found.append(Deed(KEYS[line], is_key=True))
        else:
            found = found or [Deed()]
            found[-1].seen.append(line)
    return found


@dataclass(frozen=True)
class Sight:
    """What is to be seen.

    Attributes:
        lines: `…` in them is any text; alone on a line it is any number of lines.
        of: what it is the sight of, for a report.
        is_more: other things have been seen before.
        goes_on: the command need not have ended, nor is this all that it shows.
    """

    lines: list[str]
    of: str
    is_more: bool
    goes_on: bool

    def is_seen(self, shown: str) -> bool:
        """Tell whether it is what a terminal shows."""
        parts = []
        for line in [ANYTHING, *self.lines] if self.is_more else self.lines:
            if line.strip() == ANYTHING:
                parts.append(r"(?:[^\n]*\n)*?")
            else:
                words = line.rstrip().split(ANYTHING)
                parts.append(r"[^\n]*?".join(map(re.escape, words)) + r"\n")
        end = "" if self.goes_on else r"\Z"
        return bool(re.match(r"\A" + "".join(parts) + end, shown))


class Terminal:
    """A terminal with a shell in it."""

    def __init__(self, folder: Path, environment: Mapping[str, str], fifo: Path) -> None:
        os.mkfifo(fifo)
        self._orders = os.open(fifo, os.O_RDWR)
        self._ours, theirs = pty.openpty()
        mode = termios.tcgetattr(theirs)
        mode[3] &= ~termios.ECHO  # what is typed is not seen twice
        termios.tcsetattr(theirs, termios.TCSANOW, mode)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
        self._shell = subprocess.Popen(
            ["setsid", "--ctty", "bash", "--norc", "-c", SHELL, str(fifo)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=dict(environment),
        )
        os.close(theirs)
        self.is_busy = False
        self.shown = ""
        """What the command has shown so far, without colours and end marks."""
        self.code: int | None = None
        self.everything = ""
        self._raw = ""

    def run(self, command: str) -> None:
        """Type a command."""
        assert not self.is_busy, f"this terminal is busy, so it cannot run: {command}"
        self.is_busy, self._raw, self.code, self.shown = True, "", None, ""
        os.write(self._orders, command.encode() + b"\0")

    def press(self, key: str) -> None:
        """Press a key; from now on only what is shown after it counts."""
        self._raw, self.shown = "", ""
        os.write(self._ours, key.encode())

    def type(self, text: str) -> None:
        """Type a line for the command that runs."""
        os.write(self._ours, f"{text}\n".encode())

    def look(self, seconds: float = 0.1) -> None:
        """Take in what is shown."""
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if not ready:
            return
        piece = os.read(self._ours, 65_536).decode("utf-8", "replace")
        self._raw += piece
        self.everything += piece
        if ended := END.search(self._raw):
            self.code, self.is_busy = int(ended[1]), False
            self._raw = self._raw[: ended.start()]
        # A bar that is drawn again over itself is seen as lines, one below the other.
        text = CONTROL_SEQUENCE.sub("", self._raw).replace("\r\n", "\n").replace("\r", "\n")
        self.shown = "".join(f"{line.rstrip()}\n" for line in text.splitlines())

    def close(self) -> None:
        """End the shell, and what runs in it."""
        os.write(self._ours, KEYS["^C"].encode())
        end = time.monotonic() + 20
        while self.is_busy and time.monotonic() < end:
            self.look()
        self._shell.send_signal(signal.SIGKILL)
        self._shell.wait()
        os.close(self._ours)
        os.close(self._orders)


class Reader:
    """Somebody at a machine of their own who reads a page and does what it says."""

    def __init__(self, home: Path, folder: Path, tcp_ports: Mapping[str, int]) -> None:
        """Sit down.

        Args:
            home: the reader's home folder.
            folder: where every terminal begins.
            tcp_ports: the TCP ports that a page names, and the free ones to use instead.
        """
        self.home = home
        self._folder = folder
        self._terminals: dict[str, Terminal] = {}
        self._files: set[Path] = set()
        self._tcp_ports = tcp_ports
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TARRY_", "XDG_", "PYTEST_")) and name not in NOT_OF_A_READER
        }
        self._environment = {
            **kept,
            "HOME": str(home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "TERM": "xterm",
            "TARRY_PORT": str(tcp_ports["8080"]),
        }

    def do(self, page: str) -> None:
        """Do what a page says, from its beginning to its end."""
        for block in blocks(page):
            if block.language == "console":
                self._type(block)
            elif "file" in block.marks:
                self._write(block)

    def terminal(self, name: str = "") -> Terminal:
        """Give a terminal; it is opened when it is first used."""
        if name not in self._terminals:
            fifo = self.home / f".terminal-{len(self._terminals)}"
            self._terminals[name] = Terminal(self._folder, self._environment, fifo)
        return self._terminals[name]

    def close(self) -> None:
        """Close all terminals, the last one first."""
        for terminal in reversed(self._terminals.values()):
            terminal.close()

    def password(self) -> str:
        """Read the password that a platform has printed last."""
        everything = "".join(terminal.everything for terminal in self._terminals.values())
        found: list[str] = re.findall(r"password: (\S+)", CONTROL_SEQUENCE.sub("", everything))
        return found[-1]

    def here(self) -> Path:
        """Tell which folder the reader is in."""
        terminal = self.terminal()
        terminal.run("pwd")
        while terminal.is_busy:
            terminal.look()
        return Path(terminal.shown.strip())

    def _type(self, block: Block) -> None:
        terminal = self.terminal(block.marks.get("terminal", ""))
        all_deeds = deeds(block)
        for deed in all_deeds:
            typed = self._here(deed.typed)
            is_command = bool(typed) and not deed.is_key
            goes_on = "terminal" in block.marks and deed is all_deeds[-1] and is_command
            if deed.is_key:
                terminal.press(typed)
            elif is_command:
                terminal.run(typed)
            seen = [self._here(line) for line in deed.seen]
            sight = Sight(
                seen,
                of=f"line {block.number}: {typed!r}",
                is_more=not typed,
                goes_on=goes_on,
            )
            self._await(terminal, sight)
            if is_command and not goes_on:
                assert ("fails" in block.marks) == (terminal.code != 0), (typed, terminal.shown)

    def _await(self, terminal: Terminal, sight: Sight) -> None:
        end = time.monotonic() + PATIENCE
        asked = False
        while terminal.is_busy and not (sight.goes_on and sight.is_seen(terminal.shown)):
            if time.monotonic() > end:
                pytest.fail(self._report(terminal, sight))
            for other in self._terminals.values():
                other.look(0.1 if other is terminal else 0)
            if not asked and re.search(r"[Pp]assword[^\n]*: *\n\Z", terminal.shown):
                asked = True
                terminal.type(self.password())
        if not sight.is_seen(terminal.shown):
            pytest.fail(self._report(terminal, sight))

    def _report(self, terminal: Terminal, sight: Sight) -> str:
        state = "it goes on" if terminal.is_busy else f"it ended with {terminal.code}"
        others = "".join(
            f"\n== terminal {name}\n{CONTROL_SEQUENCE.sub('', it.everything)[-3000:]}"
            for name, it in self._terminals.items()
            if it is not terminal
        )
        wanted = "\n".join(sight.lines)
        return f"{sight.of} ({state}) showed\n{terminal.shown}\ninstead of\n{wanted}\n{others}"

    def _write(self, block: Block) -> None:
        file = self.here() / block.marks["file"]
        mode = "a" if file in self._files else "w"
        self._files.add(file)
        with file.open(mode, encoding="utf-8") as stream:
            stream.write(self._here(block.text))

    def _here(self, text: str) -> str:
        for named, tcp_port in self._tcp_ports.items():
            text = re.sub(rf"\b{named}\b", str(tcp_port), text)
        return text
