"""How people are told about runs, and how far that has come. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """How somebody is told."""

    WEBHOOK = "webhook"  # a POST to an address
    MAIL = "mail"


@dataclass(frozen=True, kw_only=True)
class TellingView:
    """Somebody who wants to be told about a run.

    Attributes:
        address: a URL, or an e-mail address; whoever knows it may be able to write there.
        told: of what they were told: `ended`, or `waits` and `undecided` with the step's number.
        failure: why the newest attempt failed; empty if it did not.
        next_try_at: when the next attempt is made, after one that failed.
        given_up: it failed too often.
    """

    channel: Channel
    address: str = field(repr=False)
    told: Collection[str] = ()
    failure: str = ""
    next_try_at: datetime | None = None
    given_up: bool = False
