"""The environment that programs get."""

import re
from collections.abc import Mapping

_INHERITED = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|LD_LIBRARY_PATH"
)


def inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the variables that a program inherits: where things are and how to write dates.

    Everything else stays with us, since it may be a secret of the server (a database's password,
    a token) that a program has no business with. What a program needs besides, a licence server
    or a number of threads, its author states.
    """
    found = {name: value for name, value in environment.items() if _INHERITED.fullmatch(name)}
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", **found}
