"""Ids that cross the wire, and names derived from them that are safe in a file system."""

import re
from hashlib import sha256
from typing import NewType

ServiceId = NewType("ServiceId", str)
"""What the wire calls `serviceID`: one run of one step. Any text that its maker chose."""

MAX_SERVICE_ID = 16_384
"""The longest `serviceID` that a Tarry service takes, in characters."""


def folder_name(*parts: str) -> str:
    """Derive a folder's name from texts that nobody has checked.

    The same parts give the same name, different parts different ones. It starts with a readable
    piece of the last part and holds only letters, digits, `-` and `_`; never a path.
    """
    digest = sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", parts[-1])[:40].strip("-") if parts else ""
    return f"{readable or 'run'}-{digest.hexdigest()[:32]}"
