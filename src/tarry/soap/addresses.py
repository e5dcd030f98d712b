"""Where calls may go: what the operator allows, checked on the addresses that are really used."""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tarry.contract.errors import Sort, TarryError
from tarry.soap.errors import AddressRefused

Address = IPv4Address | IPv6Address

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class BadAddressRule(TarryError):
    """A rule of the operator cannot be read."""

    code = "bad-address-rule"
    sort = Sort.INVALID
    message = (
        "Allowed address {rule}: give loopback, any, a network such as 10.0.0.0/8, or a host name"
    )


@dataclass(frozen=True)
class AllowedAddresses:
    """The operator's rules.

    A host name is allowed at whatever addresses it has, but no name leads to this machine or to
    its link (where clouds keep their secrets) unless a network says so.

    Attributes:
        names: host names in lower case; a leading dot stands for all names beneath it.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: frozenset[str] = frozenset()
    anywhere: bool = False

    @classmethod
    def parse(cls, rules: Iterable[str]) -> "AllowedAddresses":
        """Read rules: `loopback`, `10.0.0.0/8`, `services.example.org`, `*.example.org`, `any`.

        Raises:
            BadAddressRule: a rule is none of these.
        """
        networks: list[IPv4Network | IPv6Network] = []
        names: set[str] = set()
        anywhere = False
        for rule in (rule.strip().lower() for rule in rules):
            if rule == "any":
                anywhere = True
            elif rule == "loopback":
                networks += _LOOPBACK
            elif (network := _network(rule)) is not None:
                networks.append(network)
            elif rule and not set(rule) & set("/:@ "):
                names.add(rule.removeprefix("*"))
            else:
                raise BadAddressRule(rule=repr(rule))
        return cls(tuple(networks), frozenset(names), anywhere)

    def check(self, url: str) -> URL:
        """Check what can be known before the name is resolved.

        Raises:
            AddressRefused: another scheme than http and https, a user name in the URL, or an
                address that is not allowed.
        """
        try:
            parsed = URL(url)
            host = parsed.host
        except ValueError as error:
            raise AddressRefused(url=url, reason=f"it is no URL ({error})") from None
        if parsed.scheme not in {"http", "https"} or not host:
            raise AddressRefused(url=url, reason="only http and https are spoken")
        if parsed.user is not None or parsed.password is not None:
            raise AddressRefused(
                url=str(parsed.with_user(None)), reason="it carries a user name or password"
            )
        address = _address(host)
        if address is not None:
            self.check_resolved(host, address)
        return parsed

    def check_resolved(self, host: str, address: Address) -> None:
        """Check an address that a host name (or the URL itself) leads to.

        Raises:
            AddressRefused: it is not allowed.
        """
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if self.anywhere or any(
            address in network for network in self.networks if network.version == address.version
        ):
            return
        shown = host if host == str(address) else f"{host} ({address})"
        if not self._is_named(host):
            raise AddressRefused(url=shown, reason="the operator does not allow this address")
        if address.is_loopback or address.is_link_local or address.is_unspecified:
            raise AddressRefused(
                url=shown,
                reason="the name is allowed, but it leads to this machine or its own link",
            )
        if address.is_multicast:
            raise AddressRefused(url=shown, reason="it is a multicast address")

    def _is_named(self, host: str) -> bool:
        host = host.lower().rstrip(".")
        if host in self.names:
            return True
        return any(name.startswith(".") and host.endswith(name) for name in self.names)


class CheckingResolver(AbstractResolver):
    """Resolves names for aiohttp and gives it only addresses that were checked.

    The connection is made to the very addresses that this gives, so a name that changes its mind
    between check and use gains nothing.
    """

    def __init__(self, allowed: AllowedAddresses) -> None:
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve a name.

        Raises:
            AddressRefused: one of its addresses is not allowed.
            OSError: it has none.
        """
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG
        )
        found: list[ResolveResult] = []
        for address_family, _, proto, _, address in infos:
            numeric = str(address[0])
            self._allowed.check_resolved(host, ip_address(numeric.partition("%")[0]))
            found.append(
                ResolveResult(
                    hostname=host,
                    host=numeric,
                    port=int(address[1]),
                    family=address_family,
                    proto=proto,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        return found

    async def close(self) -> None:
        """Nothing is held."""


def _network(rule: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(rule, strict=False)
    except ValueError:
        return None


def _address(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
