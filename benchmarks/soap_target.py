"""A SOAP service as the benchmarks call it: one blocking call at a time, on a kept connection."""

import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.soap_calls import envelope, soap_call

CALL_LIMIT_SECONDS = 30.0
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}


@dataclass(frozen=True, kw_only=True)
class SoapTarget:
    """Where a service is called, and in which namespace."""

    tcp_port: int
    path: str
    namespace: str

    @classmethod
    def find(cls, wsdl: str) -> "SoapTarget":
        """Read what is needed off a WSDL.

        Raises:
            ValueError: there is no WSDL at that address.
        """
        url = urlsplit(wsdl)
        with urllib.request.urlopen(wsdl, timeout=CALL_LIMIT_SECONDS) as answer:
            found = re.search(rb'targetNamespace="([^"]+)"', answer.read())
        if found is None or url.port is None:
            raise ValueError(f"there is no WSDL at {wsdl}")
        return cls(tcp_port=url.port, path=url.path, namespace=found.group(1).decode())

    def request(self, operation: str, arguments: dict[str, str]) -> bytes:
        """Make the bytes of a whole HTTP request."""
        return soap_call(self.path, self.namespace, operation, arguments)

    @contextmanager
    def connected(self) -> Iterator["Line"]:
        """Keep a connection open for the length of the block."""
        connection = HTTPConnection("127.0.0.1", self.tcp_port, timeout=CALL_LIMIT_SECONDS)
        try:
            yield Line(self, connection)
        finally:
            connection.close()

    def call(self, operation: str, arguments: dict[str, str]) -> dict[str, str]:
        """Call once, on a connection of its own; see `Line.call`."""
        with self.connected() as line:
            return line.call(operation, arguments)


class Line:
    """A connection to a service."""

    def __init__(self, target: SoapTarget, connection: HTTPConnection) -> None:
        self._target = target
        self._connection = connection

    def call(self, operation: str, arguments: dict[str, str]) -> dict[str, str]:
        """Call; gives the outputs by name.

        Raises:
            RuntimeError: it answered with a fault.
        """
        body = envelope(self._target.namespace, operation, arguments)
        self._connection.request("POST", self._target.path, body, _HEADERS)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"{operation}: {answer.status} {text[:1000]}")
        return dict(re.findall(r"<(?:\w+:)?(\w+)>([^<]*)</", text))

    def until_completed(self, who: dict[str, str], *, every: float) -> dict[str, str]:
        """Ask every so many seconds until the run is completed; gives its outputs.

        Raises:
            RuntimeError: a fault, or not completed within 30 s.
        """
        until = time.monotonic() + CALL_LIMIT_SECONDS
        while time.monotonic() < until:
            time.sleep(every)
            outputs = self.call("getServiceStatus", who)
            if outputs["status_base64"] == "COMPLETED":
                return outputs
        raise RuntimeError(f"not completed within {CALL_LIMIT_SECONDS} s")
