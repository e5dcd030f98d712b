"""Forty synchronous steps of one line each, one after another; Prefect runs as many of its own."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks import prefect_peer
from benchmarks.figures import Figure
from benchmarks.own_platform import Running
from benchmarks.primitives import Machine
from benchmarks.processes import free_tcp_port, running
from benchmarks.workflow_documents import chain

STEPS = 40


def measure(own: Running, machine: Machine, times: int) -> dict[str, Figure]:
    """Run the chains some times, each beside the machine; from begin to end of a run, in µs.

    Returns:
        by `tarry` and, if it is installed, `prefect`.
    """
    found: dict[str, list[float]] = {"tarry": []}
    with ExitStack() as stack:
        workflow = chain_on(own, stack.enter_context(one_line()))
        _run_us(own, workflow)
        other = None
        if prefect_peer.python().exists():
            other = stack.enter_context(prefect_peer.prefect())
            other.run_us(STEPS)
            found["prefect"] = []
        for _ in range(times):
            machine.measure()
            found["tarry"].append(_run_us(own, workflow))
            if other is not None:
                found["prefect"].append(other.run_us(STEPS))
    names = {"tarry": "Tarry", "prefect": "Prefect"}
    return {
        key: Figure(name=f"{STEPS} chained steps, {names[key]}", unit="µs", values=tuple(values))
        for key, values in found.items()
    }


@contextmanager
def one_line() -> Iterator[int]:
    """Serve a synchronous operation of one line; gives the TCP port."""
    tcp_port = free_tcp_port()
    command = [sys.executable, "-m", "benchmarks.one_line", str(tcp_port)]
    with running(command, tcp_port=tcp_port):
        yield tcp_port


def chain_on(own: Running, tcp_port: int) -> str:
    """Publish the chain of that operation; gives its name."""
    wsdl = f"http://127.0.0.1:{tcp_port}/one-line/OneLine?wsdl"
    service = own.client.register_service(wsdl, "increment", kind="synchronous")
    return own.publish(chain("Forty", service.uri, STEPS, first="0", wired=("n", "m")))


def _run_us(own: Running, workflow: str) -> float:
    run = own.run(workflow)
    if run.outputs != {"last": str(STEPS)}:
        raise RuntimeError(f"the chain gave {run.outputs}")
    assert run.created_at is not None
    assert run.ended_at is not None
    return (run.ended_at - run.created_at).total_seconds() * 1e6
