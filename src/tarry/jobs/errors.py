"""The jobs' part of the error tree."""

from tarry.contract.errors import Sort, TarryError


class InvalidJob(TarryError):
    """What should be run cannot be a program's command or environment."""

    code = "invalid-job"
    sort = Sort.INVALID
    message = "The program cannot be run: {reason}"


class JobNotStarted(TarryError):
    """The program was not started, for certain, and the start may be tried again."""

    code = "job-not-started"
    sort = Sort.UNAVAILABLE
    message = "The program {program} was not started: {reason}"


class NoJob(TarryError):
    """Somebody waits for a job that was never started."""

    code = "no-job"
    sort = Sort.NOT_FOUND
    message = "No job was ever started in {folder}"
