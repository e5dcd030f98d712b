"""Forty synchronous steps of one line each, one after another."""

import sys

from benchmarks.figures import Figure
from benchmarks.own_platform import Running
from benchmarks.primitives import Machine
from benchmarks.processes import free_tcp_port, running
from benchmarks.workflow_documents import chain

STEPS = 40


def measure(own: Running, machine: Machine, times: int) -> Figure:
    """Run the chain some times, each beside the machine; from begin to end of the run, in µs."""
    tcp_port = free_tcp_port()
    command = [sys.executable, "-m", "benchmarks.one_line", str(tcp_port)]
    with running(command, tcp_port=tcp_port):
        wsdl = f"http://127.0.0.1:{tcp_port}/one-line/OneLine?wsdl"
        service = own.client.register_service(wsdl, "increment", kind="synchronous")
        workflow = own.publish(chain("Forty", service.uri, STEPS, first="0", wired=("n", "m")))
        _run_us(own, workflow)
        values = []
        for _ in range(times):
            machine.measure()
            values.append(_run_us(own, workflow))
    return Figure(name=f"{STEPS} chained synchronous steps", unit="µs", values=tuple(values))


def _run_us(own: Running, workflow: str) -> float:
    run = own.run(workflow)
    if run.outputs != {"last": str(STEPS)}:
        raise RuntimeError(f"the chain gave {run.outputs}")
    assert run.created_at is not None
    assert run.ended_at is not None
    return (run.ended_at - run.created_at).total_seconds() * 1e6


__all__ = ["STEPS", "measure"]
