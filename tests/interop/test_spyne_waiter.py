"""A waiter written by hand on spyne, with the faults of the tutorial's, in runs of a platform."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.fakes.estate import PATIENCE, ROOT, Estate, Nursery, free_tcp_port, until

from tarry.client.answers import Run, Step

PYTHON = Path(os.environ.get("TARRY_TEST_SPYNE", ROOT / ".tools" / "spyne" / "bin" / "python"))
APP = ROOT / "tests" / "fakes" / "spyne_waiter"
TALLY = "http://tarry/async/Tally.owl#tally_Service"
WAITER = "http://tarry/async/WaiterService.owl#startWaiter_Service"
SECONDS = 1

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason=f"spyne is not installed at {PYTHON}: make spyne installs it"
)


class Waiter:
    """The service on spyne, in a process that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tcp_port = free_tcp_port()
        self._process: subprocess.Popen[str] | None = None
        self.url = f"http://127.0.0.1:{self._tcp_port}/sintef/docker_services/waiter/Waiter?wsdl"
        self.ledger = folder / "ledger"
        self.ledger.touch()

    def start(self) -> None:
        """Serve; what it forgets when it dies is nothing, as it keeps nothing but files."""
        environment = {
            "WAITER_LOG_FOLDER": str(self._folder / "runs"),
            "WAITER_PROGRAM": str(APP / "sloppy.py"),
            "WAITER_LEDGER": str(self.ledger),
            "WAITER_DEATH": str(self._folder / "death"),
            "CONTEXT_ROOT": "/sintef/docker_services",
        }
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(PYTHON), str(APP / "app.py"), str(self._tcp_port)],
                env={**os.environ, **environment},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        assert "listening" in self._process.stdout.readline()

    def kill(self) -> None:
        """Kill it with -9; its programs go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate(timeout=PATIENCE)

    def die_in_start_call(self, moment: str) -> None:
        """Let it die in the next start call, before or after the start of the program."""
        (self._folder / "death").write_text(moment)

    def wait_for_death(self) -> None:
        """Wait until it has died of that."""
        assert self._process is not None
        self._process.communicate(timeout=PATIENCE)

    @property
    def starts(self) -> int:
        """How many programs it has started."""
        return len(self.ledger.read_text().splitlines())


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.fixture
def waiter(tmp_path: Path) -> Iterator[Waiter]:
    (tmp_path / "waiter").mkdir()
    made = Waiter(tmp_path / "waiter")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def estate(nursery: Nursery, tmp_path: Path) -> Iterator[Estate]:
    """A platform; `set_up` is left to the test, which may want it less patient."""
    (tmp_path / "estate").mkdir()
    made = Estate(nursery, tmp_path / "estate")
    yield made
    made.close()


def bring_in(
    estate: Estate, waiter: Waiter, *, patience: Mapping[str, float] | None = None
) -> None:
    """Start a platform, register the service and publish a workflow that does nothing but it."""
    estate.patience = patience or {}
    estate.set_up()
    entry = estate.ask(lambda it: it.register_service(waiter.url, "startWaiter"))
    assert (entry.kind, entry.at_most_once, entry.uri) == ("asynchronous", False, WAITER)
    publish(estate, "Alone", alone())


def publish(estate: Estate, name: str, steps: str) -> None:
    document = f"""
    <workflow URI="http://tarry/workflow/{name}.owl#{name}">
      <output URI="#result" ID="last"/>
      <input URI="#sessionToken" ID="sessionToken"/>
      <input URI="#seconds" ID="seconds"/>
      <services><sequence>{steps}</sequence></services>
    </workflow>"""
    estate.ask(lambda it: it.publish(it.import_workflow(document.encode()).name))


def alone(result: str = "last") -> str:
    """The step that waits on spyne."""
    return f"""
    <service URI="{WAITER}">
      <input URI="{WAITER.partition("#")[0]}#serviceID" ID=""/>
      <input URI="{WAITER.partition("#")[0]}#sessionToken" ID="sessionToken"/>
      <input URI="{WAITER.partition("#")[0]}#secondsToWait" ID="seconds"/>
      <output URI="{WAITER.partition("#")[0]}#result" ID="{result}"/>
    </service>"""


def tallied(tag: str, result: str) -> str:
    """A step with a Tarry service."""
    return f"""
    <service URI="{TALLY}">
      <input URI="{TALLY.partition("#")[0]}#serviceID" ID=""/>
      <input URI="{TALLY.partition("#")[0]}#sessionToken" ID="sessionToken"/>
      <input URI="{TALLY.partition("#")[0]}#tag" ID="{tag}"/>
      <output URI="{TALLY.partition("#")[0]}#next" ID="{result}"/>
    </service>"""


def start(estate: Estate, workflow: str = "Alone") -> str:
    return estate.ask(lambda it: it.start_run(workflow, {"seconds": str(SECONDS)}).id)


def step_of(estate: Estate, run: str, state: str) -> Step:
    """Wait until the newest step of a run is in a state."""

    def found() -> Step | None:
        steps = estate.run(run).steps
        return steps[-1] if steps and steps[-1].state == state else None

    return until(found, f"a step that is {state}\n{estate.last_words()}")


def check_names(run: Run, reason: str) -> None:
    """A failure names workflow, step, service, operation and reason."""
    assert run.state == "failed"
    assert run.failure is not None
    for word in (
        "Workflow Alone",
        "s1",
        "WaiterService.startWaiter",
        "operation startWaiter",
        reason,
    ):
        assert word in run.failure.message


def test_alone_it_runs_to_its_result_whatever_it_says_meanwhile(
    estate: Estate, waiter: Waiter
) -> None:
    bring_in(estate, waiter)
    ended = estate.end_of(start(estate))
    assert (ended.state, ended.outputs) == ("succeeded", {"result": "FINISHED"})
    assert [step.attempt for step in ended.steps] == [1]
    assert waiter.starts == 1


def test_between_services_made_with_tarry_it_takes_its_turn(estate: Estate, waiter: Waiter) -> None:
    bring_in(estate, waiter)
    publish(estate, "Chain", alone("waited") + tallied("waited", "counted") + alone("last"))
    run = start(estate, "Chain")
    ended = estate.end_of(run)
    assert (ended.state, ended.outputs) == ("succeeded", {"result": "FINISHED"})
    assert [step.outputs for step in ended.steps] == [
        {"result": "FINISHED"},
        {"next": "FINISHEDx"},
        {"result": "FINISHED"},
    ]
    assert estate.ledger().starts == {"FINISHED": 1}
    assert waiter.starts == 2


def test_killed_in_the_middle_and_back_in_time_it_is_waited_for(
    estate: Estate, waiter: Waiter
) -> None:
    bring_in(estate, waiter)
    run = start(estate)
    step_of(estate, run, "running")
    waiter.kill()
    until(
        lambda: "cannot be reached" in estate.run(run).steps[0].raw["note"],
        "the run's page to say that the service is away",
    )
    waiter.start()
    ended = estate.end_of(run)
    assert (ended.state, ended.outputs) == ("succeeded", {"result": "FINISHED"})
    assert waiter.starts == 1


def test_killed_for_good_it_fails_the_run_with_a_message_that_says_where_and_why(
    estate: Estate, waiter: Waiter
) -> None:
    bring_in(estate, waiter, patience={"running": 2})
    run = start(estate)
    step_of(estate, run, "running")
    waiter.kill()
    ended = estate.end_of(run)
    check_names(ended, "it cannot be reached")
    assert ended.failure is not None
    assert ended.failure.code == "unreachable"


def test_a_start_whose_answer_is_lost_is_found_to_run_and_not_made_again(
    estate: Estate, waiter: Waiter
) -> None:
    bring_in(estate, waiter)
    waiter.die_in_start_call("after")
    run = start(estate)
    waiter.wait_for_death()
    waiter.start()
    ended = estate.end_of(run)
    assert (ended.state, ended.outputs) == ("succeeded", {"result": "FINISHED"})
    assert [step.attempt for step in ended.steps] == [1]
    assert waiter.starts == 1


def test_a_start_that_never_arrived_waits_for_a_person_who_starts_it_again(
    estate: Estate, waiter: Waiter
) -> None:
    run, unknown = lost(estate, waiter)
    assert waiter.starts == 0, "it was started again although nobody decided"
    estate.ask(lambda it: it.decide(run, unknown.number, "again"))
    ended = estate.end_of(run)
    assert (ended.state, ended.outputs) == ("succeeded", {"result": "FINISHED"})
    assert [(step.attempt, step.state) for step in ended.steps] == [
        (1, "unknown"),
        (2, "succeeded"),
    ]
    assert waiter.starts == 1


def test_a_start_that_never_arrived_waits_for_a_person_who_gives_it_up(
    estate: Estate, waiter: Waiter
) -> None:
    run, unknown = lost(estate, waiter)
    estate.ask(lambda it: it.decide(run, unknown.number, "give-up"))
    ended = estate.end_of(run)
    check_names(ended, "gave the step up")
    assert waiter.starts == 0


def lost(estate: Estate, waiter: Waiter) -> tuple[str, Step]:
    """Start a run whose start call is lost on its way; gives it, and its step in doubt."""
    bring_in(estate, waiter, patience={"doubt": 2})
    waiter.die_in_start_call("before")
    run = start(estate)
    waiter.wait_for_death()
    waiter.start()
    step = step_of(estate, run, "unknown")
    seen = estate.run(run)
    assert seen.state == "undecided"
    assert step.failure is not None
    assert step.failure.code == "outcome-unknown"
    for word in ("Workflow Alone", "s1", "WaiterService.startWaiter", "nobody knows"):
        assert word in step.failure.message
    # it does not decide by itself, however often it comes back
    assert estate.platform is not None
    estate.platform.kill()
    estate.start_platform()
    assert estate.run(run).state == "undecided"
    return run, step
