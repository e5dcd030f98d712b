"""getServiceStatus: how many a second, at what cost, beside a bare endpoint and the peer."""

import asyncio
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peer, primitives
from benchmarks.figures import Figure, Ratio, ratio
from benchmarks.load import Load, Requests, load
from benchmarks.own_platform import Running, platform
from benchmarks.processes import cpu_seconds, cpu_seconds_of_tree
from benchmarks.soap_target import SoapTarget

CONNECTIONS = 16
SECONDS = 2.0
RUN_ID = "0123456789abcdef0123456789abcdef_1"
NAMES = {
    "bare": "bare uvicorn",
    "tarry": "getServiceStatus, Tarry",
    "asking": "getServiceStatus, spyne, token asked for each time",
    "caching": "getServiceStatus, spyne, token cached",
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A server whose status calls are measured.

    Attributes:
        faults_allowed: part of the answers (0 to 1) that may be faults. The peer faults when a
            poll meets its half-written status file, which is one of the original's defects.
    """

    tcp_port: int
    request: Requests
    cpu: Callable[[], float]
    faults_allowed: float = 0.0

    def measure(self, seconds: float = SECONDS, connections: int = CONNECTIONS) -> Load:
        """Load it.

        Raises:
            RuntimeError: more of its answers were faults than are allowed.
        """
        result = asyncio.run(
            load(self.tcp_port, self.request, seconds=seconds, connections=connections)
        )
        if result.statuses.get(200, 0) < (1.0 - self.faults_allowed) * result.calls:
            raise RuntimeError(f"too many answers were not 200: {result.statuses}")
        return result

    def measure_with_cpu(self) -> tuple[float, float]:
        """Load it; calls per second, and its CPU time per call in µs."""
        before = self.cpu()
        result = self.measure()
        return result.per_second, (self.cpu() - before) / result.calls * 1e6


@contextmanager
def tarry_target(running: Running) -> Iterator[Target]:
    """Start a long wait on the platform's own service and aim at its status."""
    soap = SoapTarget.find(running.wsdl("startWaiter"))
    who = {"serviceID": f"{time.time_ns():032x}_1", "sessionToken": running.token}
    soap.call("startWaiter", {**who, "secondsToWait": "600"})
    service = service_process(running)
    try:
        yield Target(
            tcp_port=soap.tcp_port,
            request=soap.request("getServiceStatus", who),
            cpu=lambda: cpu_seconds(service),
        )
    finally:
        soap.call("abortService", who)


def service_process(running: Running) -> int:
    """Find the process that serves the platform's own services.

    Raises:
        RuntimeError: there is none.
    """
    task = Path(f"/proc/{running.process_id}/task")
    for thread in task.iterdir():
        for child in (thread / "children").read_text().split():
            if "serve" in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
                return int(child)
    raise RuntimeError("the platform has no service process")


@contextmanager
def peer_target(running: Running, *, caches_tokens: bool) -> Iterator[Target]:
    """Run the peer, start its waiter and aim at its status."""
    auth = f"{running.url}/authManager/AuthManager?wsdl"
    with peer.peer(auth, caches_tokens=caches_tokens) as (tcp_port, process_id):
        soap = SoapTarget(tcp_port=tcp_port, path=peer.PATH, namespace=peer.NAMESPACE)
        who = {"serviceID": RUN_ID, "sessionToken": running.token}
        soap.call("startWaiter", {**who, "secondsToWait": "100"})
        try:
            yield Target(
                tcp_port=tcp_port,
                request=soap.request("getServiceStatus", who),
                cpu=lambda: cpu_seconds_of_tree(process_id),
                faults_allowed=0.05,
            )
        finally:
            _end_children(process_id)


def _end_children(process_id: int) -> None:
    """End the peer's waiting programs: nobody else will, which is one of its defects."""
    found = subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    )
    parents = {str(process_id)}
    for _ in range(2):
        for line in found.stdout.splitlines()[1:]:
            pid, parent, arguments = line.split(None, 2)
            if parent in parents:
                parents.add(pid)
                if str(peer.PROGRAM) in arguments:
                    subprocess.run(["kill", pid], check=False)


def measure(times: int) -> list[Figure | Ratio]:
    """Measure all targets in turn, `times` times, and relate them pair by pair."""
    rates: dict[str, list[float]] = {name: [] for name in NAMES}
    costs: dict[str, list[float]] = {name: [] for name in NAMES}
    with (
        platform() as running,
        tarry_target(running) as tarry,
        primitives.bare_uvicorn() as (bare_port, bare_pid),
        peer_target(running, caches_tokens=False) as asking,
        peer_target(running, caches_tokens=True) as caching,
    ):
        bare = Target(
            tcp_port=bare_port,
            request=tarry.request,
            cpu=lambda: cpu_seconds(bare_pid),
        )
        targets = {"bare": bare, "tarry": tarry, "asking": asking, "caching": caching}
        for target in targets.values():
            target.measure(seconds=0.5)
        for _ in range(times):
            for name, target in targets.items():
                per_second, per_call = target.measure_with_cpu()
                rates[name].append(per_second)
                costs[name].append(per_call)
    return _figures(rates, costs)


def _figures(rates: dict[str, list[float]], costs: dict[str, list[float]]) -> list[Figure | Ratio]:
    rate = {
        key: Figure(name=name, unit="calls/s", values=tuple(rates[key]))
        for key, name in NAMES.items()
    }
    cost = {
        key: Figure(name=f"{name}, CPU", unit="µs/call", values=tuple(costs[key]))
        for key, name in NAMES.items()
    }
    return [
        *rate.values(),
        *cost.values(),
        ratio("status calls: Tarry / bare uvicorn", rate["tarry"], rate["bare"], "at least 0.25"),
        ratio(
            "status calls: Tarry / spyne that asks", rate["tarry"], rate["asking"], "at least 20"
        ),
        ratio(
            "status calls: Tarry / spyne that caches", rate["tarry"], rate["caching"], "at least 4"
        ),
        ratio("status calls, CPU: Tarry / bare uvicorn", cost["tarry"], cost["bare"]),
        ratio("status calls, CPU: spyne that asks / Tarry", cost["asking"], cost["tarry"]),
        ratio("status calls, CPU: spyne that caches / Tarry", cost["caching"], cost["tarry"]),
    ]
