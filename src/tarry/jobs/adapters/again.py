"""Beginning again after the machine went down.

Nothing of it need be durable by itself: whatever the power takes back shows the job as it was, gone
down with its machine, and all is done once more. `start` makes it durable before a program runs.
"""

from contextlib import suppress

from tarry.jobs.adapters.marks import locked, report_of
from tarry.jobs.folder import JobFolder, read_line, remove_tree, write_durably


def restarts_of(job: JobFolder) -> int:
    """Tell how often the job was let begin again."""
    line = read_line(job.restarts)
    return int(line) if line.endswith("\n") and line.strip().isdigit() else 0


def begin_again(job: JobFolder, *, fresh: bool) -> bool:
    """Let a job that went down with its machine be started once more; see `Executor`."""
    if not report_of(job).rebooted:
        return False
    with locked(job) as lock:
        if lock is None:
            return False
        count = restarts_of(job) + 1
        if fresh:
            for left in (job.work, job.root / "tmp"):
                remove_tree(left)
            with suppress(FileNotFoundError):
                job.log.replace(job.root / f"log.{count}")
            job.reports.unlink(missing_ok=True)
        write_durably(job.restarts, f"{count}\n")
        for mark in (job.started, job.pid):
            mark.unlink(missing_ok=True)
        job.lock.write_text("")
        # The last of all: as long as it stands, a kill in the middle of this changes nothing.
        job.exit.unlink()
    job.make()
    return True
