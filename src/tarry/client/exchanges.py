"""What is said around a run: messages to its steps, and who is told of it."""

from dataclasses import dataclass, field
from datetime import datetime

from tarry.client.reading import Json, read_time


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message that was sent to a step run.

    Attributes:
        step: id of the step run.
        by: whose words they are.
        from_page: the step's own status page sent it while that person looked at it.
        answer: of the service; `None` if nobody knows whether the message arrived.
    """

    step: str
    at: datetime | None
    text: str
    by: str
    from_page: bool
    answer: str | None

    @classmethod
    def read(cls, data: Json) -> "Message":
        """Read the JSON form."""
        return cls(
            step=str(data["step"]),
            at=read_time(data.get("at")),
            text=str(data["text"]),
            by=str(data["by"]),
            from_page=bool(data.get("from_page")),
            answer=data.get("answer"),
        )


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Somebody who is told of a run.

    Attributes:
        channel: `webhook` or `mail`.
        address: empty unless the run is ours.
        told: of what: `ended`, or `waits:3` and `undecided:3` with the number of the step.
        failure: why the newest attempt failed; empty if it did not.
        given_up: it has failed too often.
    """

    channel: str
    address: str = field(default="", repr=False)
    told: tuple[str, ...] = ()
    failure: str = ""
    next_try_at: datetime | None = None
    given_up: bool = False

    @classmethod
    def read(cls, data: Json) -> "Telling":
        """Read the JSON form."""
        return cls(
            channel=str(data["channel"]),
            address=str(data.get("address") or ""),
            told=tuple(data.get("told") or ()),
            failure=str(data.get("failure") or ""),
            next_try_at=read_time(data.get("next_try_at")),
            given_up=bool(data.get("given_up")),
        )
