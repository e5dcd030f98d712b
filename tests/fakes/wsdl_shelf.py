"""A web server with one WSDL, whose service can learn and forget ports."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_WSDL = """<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:x="http://www.w3.org/2001/XMLSchema"
    xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:acme:mesher" name="Mesher"
    targetNamespace="urn:acme:mesher">
  <types><x:schema targetNamespace="urn:acme:mesher" elementFormDefault="qualified">
    <x:element name="mesh"><x:complexType>
      <x:sequence>{inputs}</x:sequence></x:complexType></x:element>
    <x:element name="meshResponse"><x:complexType>
      <x:sequence>{outputs}</x:sequence></x:complexType></x:element>
  </x:schema></types>
  <message name="mesh"><part name="parameters" element="t:mesh"/></message>
  <message name="meshResponse"><part name="parameters" element="t:meshResponse"/></message>
  <portType name="MesherPort"><operation name="mesh">
    <documentation>Cuts a part into small pieces.</documentation>
    <input message="t:mesh"/><output message="t:meshResponse"/></operation></portType>
  <binding name="MesherBinding" type="t:MesherPort">
    <s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="mesh"><s:operation soapAction=""/>
      <input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation>
  </binding>
  <service name="Mesher"><port name="MesherPort" binding="t:MesherBinding">
    <s:address location="{base}/mesher"/></port></service>
</definitions>"""


@dataclass
class WsdlShelf:
    """What the WSDL says now: ports by name, with their XSD types. `there` false: nothing."""

    base: str
    inputs: dict[str, str] = field(default_factory=lambda: {"part": "string", "size": "decimal"})
    outputs: dict[str, str] = field(default_factory=lambda: {"mesh": "string"})
    there: bool = True

    @property
    def url(self) -> str:
        """Where the WSDL is."""
        return f"{self.base}/mesher?wsdl"

    def text(self) -> str:
        """Give the WSDL."""
        written = {"inputs": _elements(self.inputs), "outputs": _elements(self.outputs)}
        return _WSDL.format(base=self.base, **written)


def _elements(ports: Mapping[str, str]) -> str:
    return "".join(f'<x:element name="{name}" type="x:{of}"/>' for name, of in ports.items())


@contextmanager
def wsdl_shelf() -> Iterator[WsdlShelf]:
    """Serve a WSDL for as long as this lasts."""
    shelf = WsdlShelf("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = shelf.text().encode()
            self.send_response(200 if shelf.there else 503)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shelf.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
