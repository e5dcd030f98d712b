"""What the rest of the house asks of a place where programs run."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from tarry.jobs.model import JobReport, JobSpec, Usage


class Executor(Protocol):
    """Runs jobs, each in a folder of its own, that outlive the process which started them.

    The folder holds all that is known of a job: any executor of the same sort can take it over
    later, after any restart.
    """

    async def start(self, folder: Path, spec: JobSpec) -> None:
        """Start the program, unless one was ever started in this folder; return at once.

        However often and from wherever it is called, at most one program starts per folder. The
        caller makes its own record of the run durable before it calls.

        Raises:
            JobNotStarted: nothing was started (no memory, no disk space); it may be tried again.
        """
        ...

    def report(self, folder: Path) -> JobReport:
        """Tell how the job stands. Cheap, at any time, after any restart."""
        ...

    async def wait(self, folder: Path) -> JobReport:
        """Wait until the job is over, and tell how it ended.

        Raises:
            NoJob: none was ever started here.
        """
        ...

    async def abort(self, folder: Path, *, grace: timedelta, limit: timedelta) -> bool:
        """End the job and all that it has started: ask, wait for `grace`, then force.

        The state becomes ABORTED unless the program had ended before. A job that was never
        started cannot be started afterwards. Calling it again does no harm.

        Args:
            folder: the job's folder.
            grace: how long the program may take to end by itself.
            limit: after this time the answer is given in any case.

        Returns:
            True only when every process of the job that can be found is gone.
        """
        ...

    def measure(self, jobs: Mapping[Path, int | None]) -> Mapping[Path, Usage]:
        """Tell what the programs of some jobs use; those that do not run are left out.

        Takes some milliseconds when memory is asked for: call it in a thread.

        Args:
            jobs: for each folder the bytes of memory above which the sum must be exact; below, it
                may be too large, as shared pages are counted more than once. `None`: not asked.
        """
        ...

    def restarts(self, folder: Path) -> int:
        """Tell how often the job was let begin again."""
        ...

    def begin_again(self, folder: Path, *, fresh: bool) -> bool:
        """Let a job that went down with its machine be started once more: it is NEW again.

        This is the one way to a second program in a folder. An end of any other sort stands.

        Args:
            folder: the job's folder.
            fresh: forget what the program has written; its log is kept beside the new one.

        Returns:
            Whether it can be started now.
        """
        ...
