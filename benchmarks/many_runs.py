"""A thousand runs that wait: what each of them takes of memory, and how fast their status is told.

The programs are `sleep`, so that the memory is that of those who watch over them.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks import peer, primitives, web_jobs
from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.load import get
from benchmarks.own_platform import HERE, Running
from benchmarks.processes import (
    cpu_seconds,
    cpu_seconds_of_tree,
    descendants,
    end_sleepers,
    name_of,
    resident_kib,
    share_kib,
)
from benchmarks.soap_target import SoapTarget
from benchmarks.starts import Connections, Lines, each
from benchmarks.status_calls import Target, service_process

STILL = HERE / "programs" / "still.toml"
STILL_PYTHON = HERE / "programs" / "still.py"
SECONDS = "900"
"""They end by themselves, should nobody be left to end them."""
LIMIT_SECONDS = 120.0
WARM = 16

NAMES = {
    "bare": "bare uvicorn",
    "tarry": "Tarry",
    "spyne": "spyne, token cached",
    "shell2http": "Flask-Shell2HTTP",
}


@dataclass(frozen=True, kw_only=True)
class Side:
    """A server at which programs that wait are started.

    Attributes:
        process_id: of the server.
        start: starts the programs of these numbers.
        target: who asks for the status of so many of them.
        servers: gives the processes of the server itself, without what it has started.
    """

    process_id: int
    start: Callable[[Sequence[int]], None]
    target: Callable[[int], Target]
    servers: Callable[[], list[int]]

    def sleepers(self) -> list[int]:
        """Find the programs that wait."""
        return [child for child in descendants(self.process_id) if name_of(child) == "sleep"]

    def start_and_wait(self, numbers: Sequence[int]) -> None:
        """Start some and wait until all programs wait.

        Raises:
            RuntimeError: they did not within two minutes.
        """
        wanted = len(self.sleepers()) + len(numbers)
        self.start(numbers)
        until = time.monotonic() + LIMIT_SECONDS
        while len(self.sleepers()) < wanted:
            if time.monotonic() > until:
                raise RuntimeError(f"{len(self.sleepers())} of {wanted} programs run")
            time.sleep(0.2)
        time.sleep(0.5)  # what comes after a start is not to be felt

    def server_kib(self) -> float:
        """Give the memory of the server itself."""
        return sum(map(resident_kib, self.servers()))


@contextmanager
def _ending(side: Side) -> Iterator[Side]:
    try:
        yield side
    finally:
        end_sleepers(side.process_id)


@contextmanager
def tarry(own: Running) -> Iterator[Side]:
    """Have the platform's own service."""
    soap = SoapTarget.find(own.wsdl("still"))
    service = service_process(own)
    prefix = f"{time.time_ns():032x}"

    def who(number: int) -> dict[str, str]:
        return {"serviceID": f"{prefix}_{number % 10**6}", "sessionToken": own.token}

    side = Side(
        process_id=service,
        start=lambda numbers: _soap_starts(
            soap, "still", numbers, lambda n: {**who(n), "seconds": SECONDS}
        ),
        target=lambda count: Target(
            tcp_port=soap.tcp_port,
            request=[soap.request("getServiceStatus", who(n)) for n in range(count)],
            cpu=lambda: cpu_seconds(service),
        ),
        servers=lambda: [service],
    )
    with _ending(side):
        yield side


@contextmanager
def spyne(own: Running) -> Iterator[Side]:
    """Have the tutorial's service on spyne, which remembers tokens."""
    auth = f"{own.url}/authManager/AuthManager?wsdl"
    with peer.peer(auth, caches_tokens=True, program=STILL_PYTHON) as (tcp_port, gunicorn):
        soap = SoapTarget(tcp_port=tcp_port, path=peer.PATH, namespace=peer.NAMESPACE)

        def who(number: int) -> dict[str, str]:
            return {"serviceID": f"run_{number % 10**6}", "sessionToken": own.token}

        side = Side(
            process_id=gunicorn,
            start=lambda numbers: _soap_starts(
                soap, "startWaiter", numbers, lambda n: {**who(n), "secondsToWait": SECONDS}
            ),
            target=lambda count: Target(
                tcp_port=tcp_port,
                request=[soap.request("getServiceStatus", who(n)) for n in range(count)],
                cpu=lambda: cpu_seconds_of_tree(gunicorn),
            ),
            servers=lambda: _gunicorns(gunicorn),
        )
        with _ending(side):
            yield side


@contextmanager
def shell2http(count: int) -> Iterator[Side]:
    """Have the peer that runs commands as web jobs."""
    with web_jobs.shell2http(count) as (tcp_port, gunicorn):
        keys: list[str] = []

        def start(numbers: Sequence[int]) -> None:
            connections = Connections(tcp_port)
            body = {"args": [SECONDS], "force_unique_key": True, "timeout": 2 * int(SECONDS)}
            each(
                lambda _: keys.append(connections.json("POST", "/run/sleep", body)["key"]),
                numbers,
            )
            connections.close()

        side = Side(
            process_id=gunicorn,
            start=start,
            target=lambda count: Target(
                tcp_port=tcp_port,
                request=[get(f"/run/sleep?key={key}&wait=false") for key in keys[:count]],
                cpu=lambda: cpu_seconds_of_tree(gunicorn),
            ),
            servers=lambda: _gunicorns(gunicorn),
        )
        with _ending(side):
            yield side


def _gunicorns(process_id: int) -> list[int]:
    return [child for child in descendants(process_id) if name_of(child) == "gunicorn"]


def _soap_starts(
    soap: SoapTarget,
    operation: str,
    numbers: Sequence[int],
    arguments: Callable[[int], dict[str, str]],
) -> None:
    lines = Lines(soap)
    each(lambda number: lines.call(operation, arguments(number)), numbers)
    lines.close()


def measure(own: Running, times: int, runs: int) -> list[Figure | Ratio]:
    """Start the runs in `times` batches, then ask for all of them in turn, `times` times."""
    batch = max(1, runs // times)
    with ExitStack() as stack:
        sides = {"tarry": stack.enter_context(tarry(own))}
        if peer.python().exists():
            sides["spyne"] = stack.enter_context(spyne(own))
        if web_jobs.shell2http_python().exists():
            sides["shell2http"] = stack.enter_context(shell2http(batch * (times + 1)))
        bare_port, bare_pid = stack.enter_context(primitives.bare_uvicorn())
        lines = _memory(sides, times, batch)
        tarry_target = sides["tarry"].target(batch * times)
        targets = {
            "bare": Target(
                tcp_port=bare_port,
                request=tarry_target.request,
                cpu=lambda: cpu_seconds(bare_pid),
            ),
            **{name: side.target(batch * times) for name, side in sides.items()},
        }
        return [*lines, *_status(targets, sides["tarry"].target(1), times, batch * times)]


def _memory(sides: dict[str, Side], times: int, batch: int) -> list[Figure | Ratio]:
    for side in sides.values():  # what a server needs but once is not a run's
        side.start_and_wait(range(-WARM, 0))
    growth: dict[str, list[float]] = {name: [] for name in sides}
    beside: dict[str, list[float]] = {"shim": [], "program": []}
    for number in range(times):
        for name, side in sides.items():
            before = side.server_kib()
            side.start_and_wait(range(number * batch, (number + 1) * batch))
            growth[name].append((side.server_kib() - before) / batch)
        for name, kib in _shares(sides["tarry"]).items():
            beside[name].append(kib)
    figures = {
        name: Figure(
            name=f"a waiting run in the server, {NAMES[name]}", unit="KiB", values=tuple(values)
        )
        for name, values in growth.items()
    }
    shims = Figure(name="its shim, Tarry", unit="KiB", values=tuple(beside["shim"]))
    sleeps = Figure(name="its program (sleep)", unit="KiB", values=tuple(beside["program"]))
    return [
        *figures.values(),
        shims,
        sleeps,
        *(
            ratio(f"memory of a waiting run: Tarry / {NAMES[key]}", figures["tarry"], figures[key])
            for key in ("shell2http",)  # spyne remembers nothing of a run but its process
            if key in figures
        ),
    ]


def _shares(side: Side) -> dict[str, float]:
    """Give the mean share of memory of a shim and of a program, in KiB."""
    shares: dict[str, list[float]] = {"shim": [], "program": []}
    for child in descendants(side.process_id):
        shares["program" if name_of(child) == "sleep" else "shim"].append(share_kib(child))
    return {name: sum(values) / max(1, len(values)) for name, values in shares.items()}


def _status(targets: dict[str, Target], one: Target, times: int, runs: int) -> list[Figure | Ratio]:
    rates: dict[str, list[float]] = {name: [] for name in (*targets, "one")}
    every = {**targets, "one": one}
    for target in every.values():
        target.measure(seconds=1.0)
    for _ in range(times):
        for name, target in every.items():
            rates[name].append(target.measure_with_cpu()[0])
    figures = {
        name: Figure(
            name=f"status, {runs} runs, {NAMES[name]}"
            if name != "one"
            else f"status, one of {runs} runs, Tarry",
            unit="calls/s",
            values=tuple(values),
        )
        for name, values in rates.items()
    }
    ratios = [
        ratio(
            f"status, {runs} runs: Tarry / {NAMES[name]}"
            if name != "one"
            else f"status, Tarry: {runs} runs in turn / one of them",
            figures["tarry"],
            figure,
        )
        for name, figure in figures.items()
        if name != "tarry"
    ]
    return [*figures.values(), *ratios]
