"""Who can be told about runs, as the platform is set up."""

from dataclasses import dataclass
from typing import assert_never

from tarry.platform.executions.model.telling import Channel
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.errors import AddressRefused


@dataclass(frozen=True, kw_only=True)
class ReachAsSetUp:
    """`interfaces.Reach` on the operator's settings.

    Attributes:
        allowed: where webhooks may go.
        mail: there is a mail server.
    """

    allowed: AllowedAddresses
    mail: bool

    def why_not(self, channel: Channel, address: str) -> str:
        """Say why nobody can be told there; a host name is only resolved when it comes to it."""
        match channel:
            case Channel.WEBHOOK:
                try:
                    self.allowed.check(address)
                except AddressRefused as error:
                    return error.facts["reason"]
                return ""
            case Channel.MAIL:
                return "" if self.mail else "this platform is not set up to send mail"
            case _:
                assert_never(channel)
