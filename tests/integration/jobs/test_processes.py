import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.jobs import exists, until

from tarry.jobs.adapters.processes import Process, bears, ended, family, look_at


@pytest.fixture
def child() -> "Iterator[subprocess.Popen[bytes]]":
    """A process of ours that runs until it is killed."""
    with subprocess.Popen(["sleep", "600"], env={"TARRY_JOB": "mine"}) as process:
        yield process
        process.kill()


def process_of(child: "subprocess.Popen[bytes]") -> Process:
    found = look_at(child.pid)
    assert found is not None
    return found


async def test_an_end_is_waited_for_and_the_child_reaped(
    child: "subprocess.Popen[bytes]",
) -> None:
    waiting = asyncio.create_task(ended(process_of(child)))
    assert not await ended(process_of(child), within=0.05)
    child.kill()
    assert await waiting
    assert not Path(f"/proc/{child.pid}").exists()


async def test_without_a_descriptor_to_spare_an_end_is_still_seen_and_never_made_up(
    child: "subprocess.Popen[bytes]",
) -> None:
    process = process_of(child)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with open(os.devnull) as lowest:  # noqa: PTH123 - the first descriptor that is free
        free = lowest.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            look_at(child.pid)
        assert not await ended(process, within=0.2)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    child.kill()
    assert await ended(process)


async def test_another_process_with_the_same_number_is_not_waited_for(
    child: "subprocess.Popen[bytes]",
) -> None:
    process = process_of(child)
    before = Process(pid=process.pid, start=process.start - 1, session=0, group=0)
    assert await ended(before)


async def test_a_zombie_counts_as_gone(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    await until(lambda: not exists(child.pid))
    assert Path(f"/proc/{child.pid}").exists()
    assert look_at(child.pid) is None


async def test_a_family_is_known_by_its_marker_and_a_session_only_by_a_member_in_it(
    child: "subprocess.Popen[bytes]",
) -> None:
    await until(lambda: bears(child.pid, "mine"))
    assert family("mine", session=None) == {process_of(child)}
    assert family("another", session=os.getsid(0)) == set()  # the number proves nothing
    assert {process_of(child), look_at(os.getpid())} <= family("mine", session=os.getsid(0))


def test_nobody_bears_an_empty_marker() -> None:
    assert not bears(os.getpid(), "")
