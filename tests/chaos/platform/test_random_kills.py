"""Platform, services, programs and their shims are killed with -9 at random moments."""

import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.fakes.estate import Estate, Process, until
from tests.fakes.jobs import program_pid, shim_pid

from tarry.client.answers import Run

KILLS = 13
RUNS_PER_KILL = 2
EVERY_DAY = 2
"""So many seeds make 52 runs."""
PARTS = ("platform", "services", "both")
MARKS: dict[str, Callable[[Path], int]] = {"program": program_pid, "shim": shim_pid}


class Storm:
    """Runs are started all the time, and all the time something is killed."""

    def __init__(self, estate: Estate, seed: int) -> None:
        self.estate = estate
        self.dice = random.Random(seed)
        self.killed: Counter[str] = Counter()
        self.hit: defaultdict[str, set[str]] = defaultdict(set)
        """What was killed of the program with a tag."""

    def rage(self) -> dict[str, Run]:
        """Let it rage; gives the runs that there were, each at its end, by tag."""
        with ThreadPoolExecutor(max_workers=KILLS * RUNS_PER_KILL) as people:
            started = {}
            for number in range(KILLS):
                for letter in "ab"[:RUNS_PER_KILL]:
                    tag, seconds = f"{letter}{number}-", self.dice.uniform(0, 1.5)
                    started[tag] = people.submit(self.estate.sure_run, tag, seconds)
                if number % 3:
                    self.kill_one(self.dice.choice(sorted(MARKS)))
                self.pause(0.6)
                self.kill(PARTS[number % len(PARTS)])
            runs = {tag: run.result() for tag, run in started.items()}
        return {tag: self.estate.end_of(run) for tag, run in runs.items()}

    def pause(self, longest: float) -> None:
        """Let something happen; the moment of the next blow is what the dice say."""
        time.sleep(self.dice.uniform(0, longest))

    def kill(self, part: str) -> None:
        """Kill the platform, the services or both at one blow, and start them again."""
        platform, services = self.estate.platform, self.estate.services
        assert platform is not None
        assert services is not None
        doomed = {"platform": (platform,), "services": (services,)}.get(part, (platform, services))
        for process in doomed:
            process.signal(signal.SIGKILL)
        for process in doomed:
            process.wait()
        self.pause(0.3)
        if platform in doomed:
            self.estate.start_platform()
        if services in doomed:
            self.estate.start_services()
        self.killed[part] += 1

    def kill_one(self, what: str) -> None:
        """Kill one program that is going, or a program's shim."""
        tag = self.dice.choice(until(self.going, "some program to run"))
        self.pause(0.3)
        folder = self.estate.ledger().folders[tag]
        process = its_process(MARKS[what](folder), folder)
        if process is not None and process.signal(signal.SIGKILL):
            self.hit[tag].add(what)
            self.killed[what] += 1

    def going(self) -> list[str]:
        """The tags of the programs that run, as far as their ledger tells."""
        ledger = self.estate.ledger()
        alive = (tag for tag in ledger.starts.keys() - ledger.ends.keys() if not self.hit[tag])
        return sorted(alive)


def its_process(pid: int, folder: Path) -> Process | None:
    """Give the process that a run's folder names, unless it is gone."""
    try:
        process = Process(pid)
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return process if str(folder).encode() in command else None


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(seed, marks=[pytest.mark.soak] if seed >= EVERY_DAY else [])
        for seed in range(20)
    ],
)
def test_whatever_is_killed_each_run_ends_right_and_each_program_starts_once(
    seed: int, estates: Callable[[str], Estate]
) -> None:
    storm = Storm(estates("storm"), seed)
    runs = storm.rage()
    print(
        "STAT",
        seed,
        dict(storm.killed),
        sum(r.succeeded for r in runs.values()),
        "ok of",
        len(runs),
    )
    ledger = storm.estate.ledger()
    assert len(runs) == KILLS * RUNS_PER_KILL
    assert set(ledger.starts.values()) == {1}, f"a program was started twice: {ledger.starts}"
    for tag, run in runs.items():
        steps = (tag, f"{tag}x")
        assert [step.attempt for step in run.steps] == [1] * len(run.steps)
        hit = {step: storm.hit[step] for step in steps if storm.hit[step]}
        if run.succeeded:
            assert run.outputs == {"last": f"{tag}xx"}
            assert set(steps) <= ledger.ends.keys(), "it succeeded without its program's end"
        else:
            check_failure(run, steps, hit)
    assert sum(storm.killed[part] for part in PARTS) == KILLS
    assert storm.killed["program"] + storm.killed["shim"] > 0


def check_failure(run: Run, steps: tuple[str, ...], hit: dict[str, set[str]]) -> None:
    """Hold a failure against what was done to the program of the step that failed."""
    broken = [step for step in run.steps if step.state == "failed"]
    assert run.state == "failed"
    assert len(broken) == 1, run
    assert run.failure is not None, run
    assert run.failure.step == broken[0].id
    done_to_it = hit.get(steps[broken[0].number - 1], set())
    reasons = {"program": "killed by signal 9", "shim": "The program was lost"}
    assert any(reasons[what] in run.failure.message for what in done_to_it), (run, hit)
    for word in ("Twice", "s1" if broken[0].number == 1 else "s2", "Tally.tally"):
        assert word in run.failure.message
