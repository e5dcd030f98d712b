"""Jobs of another container, whose processes nobody sees from here."""

import os
import signal
from pathlib import Path

from tests.fakes.jobs import program_pid, sh, shim_pid, until

from tarry.jobs.adapters.local import LocalExecutor
from tarry.jobs.adapters.processes import boot_id
from tarry.jobs.folder import JobFolder
from tarry.jobs.model import JobState


async def test_a_job_of_another_container_goes_on_for_as_long_as_its_shim_holds_the_lock(
    tmp_path: Path,
) -> None:
    executor = LocalExecutor()
    job = JobFolder(tmp_path / "job")
    await executor.start(job.root, sh("sleep 600"))
    await until(lambda: program_pid(job.root))
    shim, program = shim_pid(job.root), program_pid(job.root)
    assert shim is not None
    assert program is not None
    marker = job.lock.read_text().split()[1]
    job.lock.write_text(f"{boot_id()}.1 {marker}\n")
    assert executor.report(job.root).state is JobState.RUNNING
    os.kill(shim, signal.SIGKILL)
    os.kill(program, signal.SIGKILL)
    await until(lambda: executor.report(job.root).is_over)
    assert executor.report(job.root).rebooted
