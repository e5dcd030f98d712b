"""How many programs a second are started by calls, eight at a time, beside others who do it."""

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection

from benchmarks import web_jobs
from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.own_platform import Running
from benchmarks.soap_target import Line, SoapTarget

AT_ONCE = 8
LIMIT_SECONDS = 60.0
Contender = Callable[[int], float]
"""Starts so many programs that print the time; gives how many a second it were, to the last one's
first line: an answer that comes before the program has been started gains nothing."""

NAMES = {
    "threads": "date started by 8 threads, no web",
    "least": "least endpoint: POST, 4 fsync, spawn",
    "shell2http": "Flask-Shell2HTTP",
    "tarry": "Tarry",
}


def each(work: Callable[[int], object], numbers: Sequence[int]) -> None:
    """Do the work for every number, eight at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, numbers))


def threads(count: int) -> float:
    """Start them without any web, each as soon as one before it has ended."""
    command = ["/bin/date", "+%s.%N"]
    began = time.time()
    each(lambda _: _run(command), range(count))
    return count / (time.time() - began)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def least() -> Iterator[Contender]:
    """Have the least endpoint that could do it."""
    with web_jobs.least() as (tcp_port, folder):

        def start(count: int) -> float:
            for log in folder.glob("*.log"):
                log.unlink()
            connections = Connections(tcp_port)
            began = time.time()
            each(lambda _: connections.json("POST", "/", {"x": "x" * 300}), range(count))
            connections.close()
            until = time.monotonic() + LIMIT_SECONDS
            stamps: list[float] = []
            while len(stamps) < count and time.monotonic() < until:
                stamps = _stamps("".join(log.read_text() for log in folder.glob("*.log")))
            return count / (max(stamps) - began)

        yield start


@contextmanager
def shell2http() -> Iterator[Contender]:
    """Have the peer that runs commands as web jobs."""
    with web_jobs.shell2http(AT_ONCE * 4) as (tcp_port, _):

        def start(count: int) -> float:
            connections = Connections(tcp_port)
            body = {"args": ["+stamp %s.%N"], "force_unique_key": True}
            keys: list[str] = []
            began = time.time()
            each(
                lambda _: keys.append(connections.json("POST", "/run/date", body)["key"]),
                range(count),
            )
            stamps = [
                stamp
                for key in keys
                for stamp in _stamps(
                    connections.json("GET", f"/run/date?key={key}&wait=true")["report"]
                )
            ]
            connections.close()
            return count / (max(stamps) - began)

        yield start


@contextmanager
def tarry(own: Running) -> Iterator[Contender]:
    """Have the platform's service, token known."""
    target = SoapTarget.find(own.wsdl("stamp"))

    def start(count: int) -> float:
        lines = Lines(target)
        first = time.time_ns()
        calls = [
            {"serviceID": f"{first:032x}_{number}", "sessionToken": own.token}
            for number in range(count)
        ]
        began = time.time()
        each(
            lambda number: lines.call("stamp", {**calls[number], "after": "-"}),
            range(count),
        )
        with target.connected() as line:
            stamps = [_stamp_of(line, who) for who in calls]
        lines.close()
        return count / (max(stamps) - began)

    yield start


def measure(own: Running, times: int, count: int) -> list[Figure | Ratio]:
    """Let all of them start `count` programs, in turn and `times` times."""
    with ExitStack() as stack:
        contenders: dict[str, Contender] = {
            "threads": threads,
            "least": stack.enter_context(least()),
        }
        if web_jobs.shell2http_python().exists():
            contenders["shell2http"] = stack.enter_context(shell2http())
        contenders["tarry"] = stack.enter_context(tarry(own))
        found: dict[str, list[float]] = {name: [] for name in contenders}
        for contender in contenders.values():
            contender(AT_ONCE * 2)
        for _ in range(times):
            for name, contender in contenders.items():
                found[name].append(contender(count))
    figures = {
        key: Figure(name=f"starts, {NAMES[key]}", unit="starts/s", values=tuple(values))
        for key, values in found.items()
    }
    ratios = [
        ratio(f"starts: Tarry / {NAMES[key]}", figures["tarry"], figure)
        for key, figure in figures.items()
        if key != "tarry"
    ]
    return [*figures.values(), *ratios]


def _stamps(text: str) -> list[float]:
    return [float(stamp) for stamp in re.findall(r"stamp ([0-9.]+)\n", text)]


def _stamp_of(line: Line, who: dict[str, str]) -> float:
    """Ask for a run's stamp, seldom, so that the asking does not hold up the starts."""
    outputs = line.call("getServiceStatus", who)
    if outputs["status_base64"] != "COMPLETED":
        outputs = line.until_completed(who, every=0.1)
    return float(outputs["time"])


class Connections:
    """A kept connection for each thread."""

    def __init__(self, tcp_port: int) -> None:
        """Connect to a TCP port on loopback when it is first needed."""
        self._tcp_port = tcp_port
        self._own = threading.local()
        self._all: list[HTTPConnection] = []

    def json(self, method: str, path: str, body: object = None) -> dict[str, str]:
        """Make a request; gives the JSON object that is answered, or nothing if it is no JSON.

        Raises:
            RuntimeError: it was refused.
        """
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection("127.0.0.1", self._tcp_port, timeout=30)
            self._all.append(self._own.connection)
        sent = None if body is None else json.dumps(body)
        connection: HTTPConnection = self._own.connection
        connection.request(method, path, sent, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in {200, 202}:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return dict(json.loads(text)) if text.startswith(b"{") else {}

    def close(self) -> None:
        """Close them all."""
        for connection in self._all:
            connection.close()


class Lines:
    """A kept connection to a SOAP service for each thread."""

    def __init__(self, target: SoapTarget) -> None:
        """Connect when it is first needed."""
        self._target = target
        self._own = threading.local()
        self._stack = ExitStack()

    def call(self, operation: str, arguments: dict[str, str]) -> dict[str, str]:
        """Call; see `Line.call`."""
        if not hasattr(self._own, "line"):
            self._own.line = self._stack.enter_context(self._target.connected())
        line: Line = self._own.line
        return line.call(operation, arguments)

    def close(self) -> None:
        """Close them all."""
        self._stack.close()
