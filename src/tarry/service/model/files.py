"""Names of files that come from outside."""

import re

_LONGEST = 100

MESSAGES_FILE = "messages"
"""In a run's folder: one line for each message, in the order in which they came."""


def local_name(uri: str) -> str:
    """Make a file's name of a storage URI or a path: safe everywhere, its ending kept.

    It begins with a letter, digit or `_`, so it can be neither an option nor a hidden file.
    """
    last = re.split(r"[/\\]", uri)[-1]
    name = re.sub(r"[^A-Za-z0-9._+-]+", "_", last)[-_LONGEST:].lstrip(".-+")
    return name or "file"
