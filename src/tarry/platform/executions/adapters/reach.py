"""Who can be told about runs, as the platform is set up."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import assert_never

from tarry.platform.executions.model.telling import Channel
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.errors import AddressRefused

_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
PATIENCE = 3.0
"""Seconds that the name service gets to answer before a run is started without its answer."""


async def look_up(host: str) -> Sequence[str]:
    """Give the addresses of a host name.

    Raises:
        OSError: it has none, or nobody can say now.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]).partition("%")[0] for *_, address in found]


@dataclass(frozen=True, kw_only=True)
class ReachAsSetUp:
    """`interfaces.Reach` on the operator's settings.

    Attributes:
        allowed: where webhooks may go.
        mail: there is a mail server.
        look_up: gives the addresses of a host name.
        patience: seconds that it gets.
    """

    allowed: AllowedAddresses
    mail: bool
    look_up: Callable[[str], Awaitable[Sequence[str]]] = look_up
    patience: float = PATIENCE

    async def why_not(self, channel: Channel, address: str) -> str:
        """Say why nobody can be told there.

        A host name is looked up now, so that who mistypes it, or may not use it, hears so. What
        counts is still where it leads when it comes to it: that is checked again.
        """
        match channel:
            case Channel.WEBHOOK:
                try:
                    await self._check(address)
                except AddressRefused as error:
                    return error.facts["reason"]
                return ""
            case Channel.MAIL:
                return "" if self.mail else "this platform is not set up to send mail"
            case _:
                assert_never(channel)

    async def _check(self, address: str) -> None:
        host = self.allowed.check(address).host or ""
        try:
            async with asyncio.timeout(self.patience):
                found = await self.look_up(host)
        except socket.gaierror as error:
            if error.errno in _UNKNOWN:
                reason = f"the name {host} is not known"
                raise AddressRefused(url=address, reason=reason) from error
            return  # the name service has no answer now; it may have one when it comes to it
        except (OSError, UnicodeError):
            return
        for numeric in found:
            self.allowed.check_resolved(host, ip_address(numeric))
