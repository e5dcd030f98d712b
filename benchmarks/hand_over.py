"""How long things wait for Tarry: to a program's first line, and from one step to the next."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, middle
from benchmarks.own_platform import STAMP, Running
from benchmarks.primitives import Machine
from benchmarks.processes import free_tcp_port, running
from benchmarks.soap_target import SoapTarget
from benchmarks.workflow_documents import chain

STEPS = 10
STARTS = 30
QUIET_SECONDS = 0.06
"""How long nobody asks after a start: far longer than it takes, so that no call disturbs it."""

NAMES = {
    "start": "start call to the program's first line",
    "answer": "start call to its answer",
    "pushed": "a program's last line to the next step's service, pushed",
    "polled": "a program's last line to the next step's service, polled",
}


def start_us(own: Running) -> tuple[float, float]:
    """From sending a start call to the time that the program prints, and to the answer.

    The token is known to the service and the connection open, as for any caller but the first.

    Returns:
        medians of 30, in µs.
    """
    first_lines, answers = [], []
    with SoapTarget.find(own.wsdl("stamp")).connected() as line:
        for number in range(STARTS + 1):
            who = {"serviceID": f"{time.time_ns():032x}_{number}", "sessionToken": own.token}
            before = time.time()
            line.call("stamp", {**who, "after": "-"})
            answered = time.time()
            outputs = line.until_completed(who, every=QUIET_SECONDS)
            first_lines.append(float(outputs["time"]) - before)
            answers.append(answered - before)
    return middle(first_lines[1:]) * 1e6, middle(answers[1:]) * 1e6


def hand_over_us(own: Running, workflow: str, data: Path) -> float:
    """From a program's line of output to the next step's run at its service: median, in µs.

    The stamp is printed just before the program exits. The next step is at its service when that
    makes its record of the run, which it does before it starts anything.

    Args:
        own: the platform.
        workflow: a chain of stamps.
        data: data folder of the service.
    """
    run = own.run(workflow)
    begun = _claimed(data)
    gaps = [
        begun[after.id] - float(before.outputs["time"])
        for before, after in zip(run.steps, run.steps[1:], strict=False)
    ]
    return middle(gaps) * 1e6


def _claimed(data: Path) -> dict[str, float]:
    """When the service took in each run, by `serviceID`, from its records."""
    records = [json.loads(file.read_text()) for file in data.glob("runs/*/request.json")]
    return {
        record["service_id"]: datetime.fromisoformat(record["created_at"]).timestamp()
        for record in records
    }


@contextmanager
def polled_service(own: Running) -> Iterator[tuple[str, Path]]:
    """Serve the stamp once more, by a service that knows no platform and so cannot push.

    Gives the address of its WSDL and its data folder.
    """
    with TemporaryDirectory(prefix="tarry-bench-") as name:
        tcp_port = free_tcp_port()
        auth = f"{own.url}/authManager/AuthManager?wsdl"
        program = Path(name) / "polled.toml"
        text = (
            STAMP.read_text().replace('"Stamp"', '"Polled"').replace("stamp/Stamp", "polled/Polled")
        )
        program.write_text(text)
        command = [sys.executable, "-m", "tarry", "serve", str(program), "--port", str(tcp_port)]
        command += ["--data", str(Path(name) / "data"), "--auth", auth]
        with running(command, tcp_port=tcp_port, log=Path(name) / "log"):
            yield f"http://127.0.0.1:{tcp_port}/polled/Polled?wsdl", Path(name) / "data"


def measure(own: Running, machine: Machine, times: int) -> dict[str, Figure]:
    """Measure, each time beside the machine; the keys are those of `NAMES`."""
    service = next(s for s in own.client.services() if s.operation == "stampLater")
    wired = ("after", "time")
    pushed = own.publish(chain("Pushed", service.uri, STEPS, first="-", wired=wired))
    found: dict[str, list[float]] = {name: [] for name in NAMES}
    with polled_service(own) as (wsdl, polled_data):
        other = own.client.register_service(wsdl, "stampLater", title="Polled")
        polled = own.publish(chain("Polled", other.uri, STEPS, first="-", wired=wired))
        own.run(pushed)
        for _ in range(times):
            machine.measure()
            first_line, answer = start_us(own)
            found["start"].append(first_line)
            found["answer"].append(answer)
            found["pushed"].append(hand_over_us(own, pushed, own.data / "services"))
            found["polled"].append(hand_over_us(own, polled, polled_data))
    return {
        key: Figure(name=NAMES[key], unit="µs", values=tuple(values))
        for key, values in found.items()
    }
