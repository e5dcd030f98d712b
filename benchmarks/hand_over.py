"""How long things wait for Tarry: to a program's first line, and from one step to the next."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, middle
from benchmarks.own_platform import STAMP, Running
from benchmarks.processes import free_tcp_port, running
from benchmarks.soap_target import SoapTarget
from benchmarks.workflow_documents import chain

STEPS = 10


def bare_start_us() -> float:
    """From `Popen` of `date` to the time that it prints, in µs: median of 30."""
    samples = []
    for _ in range(30):
        before = time.time()
        done = subprocess.run(["/bin/date", "+%s.%N"], capture_output=True, check=True)
        samples.append(float(done.stdout) - before)
    return middle(samples) * 1e6


def tarry_start_us(own: Running) -> float:
    """From sending a start call to the time that the program prints, in µs: median of 30."""
    target = SoapTarget.find(own.wsdl("stamp"))
    samples = []
    for number in range(30):
        service_id = f"{time.time_ns():032x}_{number}"
        who = {"serviceID": service_id, "sessionToken": own.token}
        before = time.time()
        target.call("stamp", {**who, "after": "-"})
        answer = target.until_completed(who)
        samples.append(float(answer["time"]) - before)
    return middle(samples) * 1e6


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


def measure(own: Running, times: int) -> dict[str, Figure]:
    """Measure; the keys are date, start, pushed and polled."""
    service = next(s for s in own.client.services() if s.operation == "stamp")
    wired = ("after", "time")
    pushed = own.publish(chain("Pushed", service.uri, STEPS, first="-", wired=wired))
    found: dict[str, list[float]] = {"date": [], "start": [], "pushed": [], "polled": []}
    with polled_service(own) as (wsdl, polled_data):
        other = own.client.register_service(wsdl, "stamp", title="Polled")
        polled = own.publish(chain("Polled", other.uri, STEPS, first="-", wired=wired))
        own.run(pushed)
        for _ in range(times):
            found["date"].append(bare_start_us())
            found["start"].append(tarry_start_us(own))
            found["pushed"].append(hand_over_us(own, pushed, own.data / "services"))
            found["polled"].append(hand_over_us(own, polled, polled_data))
    names = {
        "date": "bare: Popen to the program's first line",
        "start": "start call to the program's first line",
        "pushed": "a program's last line to the next step's service, pushed",
        "polled": "a program's last line to the next step's service, polled",
    }
    return {
        key: Figure(name=names[key], unit="µs", values=tuple(values))
        for key, values in found.items()
    }
