"""Requests that may be sent again, because their answer was lost. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

LARGEST_KEPT = 1024 * 1024
"""Bytes of an answer that is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request was answered with.

    Attributes:
        headers: those that mean something to whoever asked.
        body: none if it is not kept, as it shows a secret or is too large.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A request that was carried out, or may have been.

    Attributes:
        digest: tells what was asked for.
        attempt: the arrival of it that did it.
        action: what was done, as in the audit trail.
        subject: the name or id of what it was done to.
        answer: none if there is none yet, or never will be, as the process has ended.
    """

    digest: str = field(repr=False)
    attempt: str = field(repr=False)
    action: str
    subject: str
    at: datetime
    answer: Answer | None = None
