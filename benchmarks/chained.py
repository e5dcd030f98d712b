"""Forty synchronous steps of one line each, one after another."""

import sys

from benchmarks.figures import Figure, repeated
from benchmarks.own_platform import Running
from benchmarks.processes import free_tcp_port, running
from benchmarks.workflow_documents import chain

STEPS = 40


def measure(own: Running, times: int) -> Figure:
    """Run the chain some times; from the manager's begin to its end, in ms."""
    tcp_port = free_tcp_port()
    command = [sys.executable, "-m", "benchmarks.one_line", str(tcp_port)]
    with running(command, tcp_port=tcp_port):
        wsdl = f"http://127.0.0.1:{tcp_port}/one-line/OneLine?wsdl"
        service = own.client.register_service(wsdl, "increment", kind="synchronous")
        workflow = own.publish(chain("Forty", service.uri, STEPS, first="0", wired=("n", "m")))
        return repeated(
            f"{STEPS} chained synchronous steps", "ms", lambda: _run_ms(own, workflow), times
        )


def _run_ms(own: Running, workflow: str) -> float:
    run = own.run(workflow)
    if run.outputs != {"last": str(STEPS)}:
        raise RuntimeError(f"the chain gave {run.outputs}")
    assert run.created_at is not None
    assert run.ended_at is not None
    return (run.ended_at - run.created_at).total_seconds() * 1e3


__all__ = ["STEPS", "measure"]
