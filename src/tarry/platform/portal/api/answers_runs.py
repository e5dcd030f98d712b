"""The JSON of runs: who is told of them, and what their constructs have decided."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.telling import Channel, TellingView
from tarry.platform.kernel.model import Caller


class WebhookOrder(BaseModel):
    """An address that gets a POST when the run has ended or waits for somebody."""

    model_config = ConfigDict(extra="forbid")

    webhook: str = Field(
        min_length=1,
        max_length=2000,
        examples=["https://hooks.example.org/tarry"],
        repr=False,
        description="http or https, at an address that the operator allows",
    )

    def wish(self, caller: Caller) -> Wish:
        """Give what is kept of it."""
        del caller
        return Wish(channel=Channel.WEBHOOK, address=self.webhook)


class MailOrder(BaseModel):
    """A mail to the caller's own address when the run has ended or waits for somebody."""

    model_config = ConfigDict(extra="forbid")

    mail: Literal[True]

    def wish(self, caller: Caller) -> Wish:
        """Give what is kept of it."""
        return Wish(channel=Channel.MAIL, address=caller.email)


Tell = WebhookOrder | MailOrder


class TellingAnswer(BaseModel):
    """Somebody who is told of the run."""

    channel: Channel
    address: str = Field(description="Shown to the owner of the run only; else empty")
    told: list[str] = Field(
        description="`ended`, or `waits:3` and `undecided:3` with the number of the step"
    )
    failure: str = Field(description="Why the newest attempt failed; empty if it did not")
    next_try_at: datetime | None = Field(description="When the next attempt follows a failed one")
    given_up: bool = Field(description="It has failed too often, for about a day")


class ConstructAnswer(BaseModel):
    """What a branch, loop or for-each of the document has decided in this run."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    kind: Literal["branch", "loop", "for-each"]
    side: str | None = Field(description="`then` or `else`, of a branch")
    count: int | None = Field(description="Rounds that were begun, or items")
    over: bool


def telling_answer(telling: TellingView, *, own: bool) -> TellingAnswer:
    """Describe who is told; the address of a webhook may be a secret of its owner."""
    return TellingAnswer(
        channel=telling.channel,
        address=telling.address if own else "",
        told=list(telling.told),
        failure=telling.failure if own else ("it failed" if telling.failure else ""),
        next_try_at=telling.next_try_at,
        given_up=telling.given_up,
    )
