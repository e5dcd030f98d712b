"""The story of `tarry up`: killed, upgraded, interrupted and stopped, while a run goes on."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.estate import Process, until
from tests.fakes.jobs import program_pid
from tests.fakes.tarry_up import TarryUp, child_of, tarry_up

from tarry.client.errors import Unreachable
from tarry.client.platform import Platform

SECONDS_TO_STOP = 20.0
"""A stop takes seconds; on a machine that is busy with other tests, some more."""
NO_PATIENCE = timedelta(0)
STOPPING = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[TarryUp]:
    with tarry_up(tmp_path) as made:
        yield made


def begin(up: TarryUp, tag: str) -> tuple[str, Path, Process]:
    """Start a run whose first program is held back; gives the run, its hold and its program."""
    hold = up.hold(tag)
    run = up.client.start_run("Twice", {"tag": tag}).id
    until(lambda: up.ledger().starts[tag], "the program to run")
    folder = up.ledger().folders[tag]
    until(lambda: up.client.run(run).steps[0].state == "running", "the run to be seen to run")
    return run, hold, Process(until(lambda: program_pid(folder), "its number"))


def upgrade(program: Path) -> None:
    """Change a program file as a newer version of it would be: another title, one input more."""
    text = program.read_text()
    text = text.replace('title = "Be counted"', 'title = "Be counted, now better"')
    text += '\n[operations.tally.inputs.mode]\ntype = "string"\ndefault = "new"\n'
    program.write_text(text)


def test_killed_together_and_upgraded_platform_and_services_take_up_the_run(up: TarryUp) -> None:
    up.bring_up()
    up.publish_twice()
    run, hold, program = begin(up, "a-")
    services = up.services()
    up.process.kill()
    services.signal(signal.SIGKILL)
    up.process.wait()
    services.wait()
    assert program.alive
    upgrade(up.program)

    up.bring_up()
    seen = up.client.run(run)
    assert (seen.state, [step.state for step in seen.steps]) == ("running", ["running"])
    assert up.client.services()[0].version == 2
    assert program.alive
    hold.unlink()
    ended = up.end_of(run)
    assert (ended.state, ended.outputs) == ("succeeded", {"last": "a-xx"})
    assert [step.attempt for step in ended.steps] == [1, 1]
    assert up.ledger().starts == {"a-": 1, "a-x": 1}
    # and what comes after it works with the new version
    assert up.end_of(up.client.start_run("Twice", {"tag": "b-"}).id).outputs == {"last": "b-xx"}


@pytest.mark.parametrize("number", STOPPING, ids=lambda it: it.name)
def test_a_stop_ends_platform_and_services_within_seconds_and_no_program(
    up: TarryUp, number: int
) -> None:
    up.bring_up()
    up.publish_twice()
    run, hold, program = begin(up, "a-")
    services = up.services()
    watching = threading.Thread(target=follow, args=(up, run), daemon=True)
    watching.start()  # somebody looks on: an event stream never ends by itself

    up.interrupt(number)
    assert up.exit_code(SECONDS_TO_STOP) == 0
    services.wait(SECONDS_TO_STOP)
    assert "1 run goes on" in up.said
    assert "Traceback" not in up.said
    assert program.alive

    up.bring_up()
    hold.unlink()
    assert up.end_of(run).outputs == {"last": "a-xx"}
    assert up.ledger().starts == {"a-": 1, "a-x": 1}


def follow(up: TarryUp, run: str) -> None:
    """Look on until the platform is gone."""
    with Platform(up.url, up.token) as client:
        try:
            for _ in client.events(run, patience=NO_PATIENCE):
                pass
        except Unreachable:
            pass


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 10))]
)
def test_a_stop_in_the_middle_of_a_start_leaves_nothing_behind(up: TarryUp, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(2):
        up.start()
        time.sleep(dice.uniform(0.0, 3.0))  # whatever it is doing by then
        services = child_of(up.process.pid)
        handle = Process(services) if services else None
        up.interrupt(dice.choice(STOPPING))
        # Before Python is ready, a signal is its own affair.
        code = up.exit_code()
        assert code in {0, 130, -signal.SIGINT, -signal.SIGTERM}
        if handle is not None:
            handle.wait(SECONDS_TO_STOP)
        assert code or "Traceback" not in up.said, up.said
    up.bring_up()
    assert up.end_of(up.client.start_run("Tally", {"tag": "a-"}).id).succeeded


def test_a_second_ctrl_c_ends_it_at_once_and_the_services_follow(up: TarryUp) -> None:
    up.bring_up()
    services = up.services()
    os.kill(services.pid, signal.SIGSTOP)  # so that the first takes its time
    up.interrupt()
    until(lambda: "platform.stopping" in (up.data / "platform.log").read_text(), "the stop")
    up.interrupt()
    assert up.exit_code() == 130
    os.kill(services.pid, signal.SIGCONT)
    services.wait(SECONDS_TO_STOP)
