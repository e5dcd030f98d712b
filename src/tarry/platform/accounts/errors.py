"""What can go wrong with accounts."""

from tarry.contract.errors import Sort, TarryError


class LogInFailed(TarryError):
    """User, password or project is wrong; which of them is not told to strangers."""

    code = "log-in-failed"
    sort = Sort.DENIED
    message = "Log-in failed: {reason}"


class TooManyAttempts(TarryError):
    """Too many log-ins have failed for this user lately."""

    code = "too-many-attempts"
    sort = Sort.BUSY
    message = "Too many log-ins for {user} have failed: try again in {seconds} s"


class ProjectNeeded(TarryError):
    """The user works in several projects and has named none."""

    code = "project-needed"
    sort = Sort.INVALID
    message = "{user} works in several projects: name one of {projects}"


class BadName(TarryError):
    """A name of a user or project cannot be used."""

    code = "bad-name"
    sort = Sort.INVALID
    message = (
        "{name} cannot be the name of a {what}: it starts with a letter or digit and holds up to "
        "{longest} letters, digits, '.', '-' and '_'"
    )


class BadPassword(TarryError):
    """A new password cannot be used."""

    code = "bad-password"
    sort = Sort.INVALID
    message = "The new password cannot be used: {reason}"


class RunTokenTaken(TarryError):
    """The run's token belongs to somebody else."""

    code = "run-token-taken"
    sort = Sort.CONFLICT
    message = "The token of run {execution} belongs to another user or project"


class BadEmail(TarryError):
    """An e-mail address cannot be one."""

    code = "bad-email"
    sort = Sort.INVALID
    message = "{email} is no e-mail address"


class BadExpiry(TarryError):
    """A token cannot be made to end then."""

    code = "bad-expiry"
    sort = Sort.INVALID
    message = "The token cannot expire at {at}: that is over already"


class LastAdministrator(TarryError):
    """Without this user nobody could manage the platform any more."""

    code = "last-administrator"
    sort = Sort.CONFLICT
    message = "{user} is the last administrator of the platform: make another one first"


class RunsGoOn(TarryError):
    """A user cannot be removed while runs of theirs go on."""

    code = "runs-go-on"
    sort = Sort.CONFLICT
    message = "{user} has {count} runs that go on: wait for them or abort them first"
