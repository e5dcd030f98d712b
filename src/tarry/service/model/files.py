"""Names of files that come from outside."""

import re

_LONGEST = 100

ACCOUNT_FILE = "run.json"
"""In a run's folder: what it is, for programs that look into it."""
README_FILE = "README.txt"
"""In a run's folder: what it is, for people who look into it."""
INPUTS_FILE = "inputs.json"
"""In a run's folder: the inputs as its program sees them, a JSON object of texts."""
PAGE_FILE = "page.html"
"""In a run's folder: the page of an application, as it was shown first."""
MESSAGES_FILE = "messages"
"""In a run's folder: one line for each message, in the order in which they came."""


def local_name(uri: str) -> str:
    """Make a file's name of a storage URI or a path: safe everywhere, its ending kept.

    It begins with a letter, digit or `_`, so it can be neither an option nor a hidden file.
    """
    last = re.split(r"[/\\]", uri)[-1]
    name = re.sub(r"[^A-Za-z0-9._+-]+", "_", last)[-_LONGEST:].lstrip(".-+")
    return name or "file"
