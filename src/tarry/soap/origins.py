"""From where an endpoint takes requests, and under which address it is known."""

import re
from collections.abc import Collection, Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

NOT_SERVED = b"This host name is not served\n"

_HOST = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")


class Origins:
    """The rules of one endpoint; see `Endpoint` for what the arguments mean."""

    def __init__(
        self,
        *,
        base_url: str | None,
        cors: bool,
        trusted_proxies: Iterable[str],
        hosts: Collection[str],
    ) -> None:
        self._base_url = base_url.rstrip("/") if base_url else None
        self._public_host = (base_url or "").partition("://")[2].partition("/")[0].lower()
        self._cors = cors
        self._proxies = [ip_network(proxy, strict=False) for proxy in trusted_proxies]
        self._hosts = frozenset(host.lower() for host in hosts)

    def refusal(self, headers: Mapping[str, str]) -> bytes:
        """Why a request must not even be read; empty if it may.

        A page of another site must not call, with the reader's browser as its tool, a service
        that only this machine can reach.
        """
        if not self.is_served(headers):
            return NOT_SERVED
        if self._cors:
            return b""
        origin = headers.get("origin")
        if origin is None:
            return b""
        site = origin.partition("://")[2].lower()  # empty for `null`, the origin of sandboxes
        if site and site in {headers.get("host", "").lower(), self._public_host}:
            return b""
        return b"Calls from pages of other sites are refused\n"

    def is_served(self, headers: Mapping[str, str]) -> bool:
        """Whether the host name that was asked for is one of ours."""
        if not self._hosts:
            return True
        host = headers.get("host", "").lower()
        name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        return name in self._hosts

    def address(self, scope: Mapping[str, Any], headers: Mapping[str, str], path: str) -> str:
        """Where this endpoint is, as the one who asks must write it. Never remembered."""
        if self._base_url:
            return f"{self._base_url}{path}"
        scheme, host = scope.get("scheme", "http"), headers.get("host", "")
        if self._proxies and self._is_trusted(scope):
            scheme = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip()
            host = headers.get("x-forwarded-host", host).partition(",")[0].strip()
        if scheme not in {"http", "https"}:
            scheme = "http"
        if not _HOST.fullmatch(host):
            name, tcp_port = scope.get("server") or ("localhost", None)
            host = f"{name}:{tcp_port}" if tcp_port else str(name)
        return f"{scheme}://{host}{path}"

    def _is_trusted(self, scope: Mapping[str, Any]) -> bool:
        try:
            client = ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        return any(client in network for network in self._proxies)
