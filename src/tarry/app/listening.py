"""The sockets that the platform listens on, and the names under which it may be asked for."""

import asyncio
import errno
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from tarry.app.settings import LOOPBACK_HOSTS, Settings
from tarry.contract.errors import Sort, TarryError

EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - a name, and only --share asks for it
BACKLOG = 2048


class PortTaken(TarryError):
    """Somebody else listens on the TCP port that was asked for."""

    code = "tcp-port-taken"
    sort = Sort.CONFLICT
    message = (
        "TCP port {tcp_port} is in use by another program. "
        "End it, or choose another one, for example: TARRY_PORT={other}"
    )


class CannotListen(TarryError):
    """The operating system does not let us listen at an address."""

    code = "cannot-listen"
    sort = Sort.UNAVAILABLE
    message = "Cannot listen on {host} port {tcp_port}: {reason}"


async def listen(settings: Settings, *, patience: timedelta) -> list[socket.socket]:
    """Open the platform's sockets; on loopback for both versions of the Internet protocol.

    After a crash the port may still be ours for a moment, so a taken port is tried again.

    Raises:
        PortTaken: it stays taken.
        CannotListen: the address is not of this machine, or the port is not for us.
    """
    end = asyncio.get_running_loop().time() + patience.total_seconds()
    while True:
        try:
            return _open_all(settings)
        except PortTaken:
            if asyncio.get_running_loop().time() > end:
                raise
        await asyncio.sleep(0.1)


def is_free(host: str, tcp_port: int) -> bool:
    """Tell whether a TCP port can be listened on now."""
    try:
        _open(host, tcp_port).close()
    except OSError:
        return False
    return True


def choose_tcp_port(host: str, candidates: Sequence[int]) -> int:
    """Choose the first free TCP port; if none is, one that the system gives."""
    for candidate in candidates:
        if is_free(host, candidate):
            return candidate
    with _open(host, 0) as probe:
        return int(probe.getsockname()[1])


def address_for_colleagues() -> str:
    """Tell the address of this machine that others reach it at, without asking anybody.

    A UDP socket that is "connected" sends nothing; the system only chooses the way out.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation: nobody has it
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def names_of_this_machine() -> tuple[str, ...]:
    """Give the names and addresses that a `Host` header may have when we listen everywhere."""
    name = socket.gethostname()
    found = {name, socket.getfqdn(), name.partition(".")[0], f"{name.partition('.')[0]}.local"}
    with suppress(OSError):
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    return tuple(
        sorted({entry.partition("%")[0] for entry in found if entry} | {address_for_colleagues()})
    )


def _open_all(settings: Settings) -> list[socket.socket]:
    opened: list[socket.socket] = []
    hosts = ("127.0.0.1", "::1") if settings.host in LOOPBACK_HOSTS else (settings.host,)
    for host in hosts:
        try:
            opened.append(_open(host, settings.tcp_port))
        except OSError as error:
            if len(hosts) > 1 and error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                continue  # this machine has only one version of the Internet protocol
            for other in opened:
                other.close()
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(tcp_port=settings.tcp_port, other=settings.tcp_port + 10) from error
            raise CannotListen(
                host=host, tcp_port=settings.tcp_port, reason=error.strerror or str(error)
            ) from error
    if not opened:
        raise CannotListen(host=settings.host, tcp_port=settings.tcp_port, reason="no such address")
    return opened


def _open(host: str, tcp_port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1 if host != "::" else 0)
        opened.bind((host, tcp_port))
        opened.listen(BACKLOG)
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened
