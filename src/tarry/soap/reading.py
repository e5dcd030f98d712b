"""Reads somebody's WSDL: zeep understands it, and what it found becomes plans.

zeep works in a thread; every document it wants comes through `load`, so that the caller's address
policy and limits hold for imports too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree
from zeep import Settings
from zeep import exceptions as zeep_errors
from zeep.wsdl import Document
from zeep.wsdl.bindings.soap import Soap11Binding, Soap12Binding
from zeep.wsdl.messages.soap import RpcMessage
from zeep.xsd import ComplexType

from tarry.contract.errors import TarryError
from tarry.soap import xml
from tarry.soap.errors import BadArgument, WsdlUnreadable
from tarry.soap.known import KNOWN_DOCUMENTS
from tarry.soap.plan import RemoteOperation
from tarry.soap.remarks import Remarks
from tarry.soap.schema import WireValue
from tarry.soap.shapes import Shape, TypeReader
from tarry.soap.wsdl import RemoteService

Load = Callable[[str], bytes]
"""Fetches a document; raises a `TarryError` if it cannot or may not."""

# zeep answers a WSDL that is wrong with whatever breaks first
_WRONG = (
    zeep_errors.Error,
    etree.LxmlError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class ReadWsdl:
    """A WSDL as plans, with zeep's own document for what plans cannot say."""

    service: RemoteService
    document: Any

    def write_request(
        self, operation: RemoteOperation, arguments: Mapping[str, WireValue]
    ) -> bytes:
        """Let zeep write a request.

        Raises:
            BadArgument: the arguments do not fit the operation's schema.
        """
        service, port = operation.port
        try:
            binding = self.document.services[service].ports[port].binding
            message = binding.get(operation.name).create(**arguments)
        except _WRONG as error:
            raise BadArgument(port=operation.name, wanted=f"called otherwise: {error}") from error
        return etree.tostring(message.content, xml_declaration=True, encoding="utf-8")


def read(url: str, load: Load) -> ReadWsdl:
    """Read a WSDL and all that it imports. Blocks: call it in a thread.

    Raises:
        WsdlUnreadable: it is no WSDL with a SOAP port over HTTP.
        TarryError: whatever `load` raises.
    """
    loader = _Loader(load)
    try:
        # zeep only ever calls `load` of its transport
        document = Document(url, cast("Any", loader), settings=Settings(forbid_dtd=True))
        planner = _Planner(url, Remarks(loader.documents.values()))
        operations: dict[str, RemoteOperation] = {}
        names: list[str] = []
        for service, port in _soap_ports(document):
            names.append(service.name)
            for name, operation in port.binding.all().items():
                if name not in operations:
                    operations[name] = planner.plan(operation, port, service.name)
    except TarryError:
        raise
    except _WRONG as error:
        reason = f"{type(error).__name__}: {error}"
        raise WsdlUnreadable(url=url, reason=reason[:300]) from error
    if not operations:
        raise WsdlUnreadable(url=url, reason="it describes no SOAP operation over HTTP")
    namespace = loader.documents[url].get("targetNamespace", "")
    service_read = RemoteService(url=url, name=names[0], namespace=namespace, operations=operations)
    return ReadWsdl(service_read, document)


class _Loader:
    """What zeep takes for its transport: it only ever loads documents."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._raw: dict[str, bytes] = {}
        self.documents: dict[str, etree._Element] = {}

    def load(self, url: str) -> bytes:
        """Fetch a document once, and look at it before zeep does."""
        if url not in self._raw:
            raw = KNOWN_DOCUMENTS.get(url) or self._load(url)
            try:
                self.documents[url] = xml.parse(raw)
            except xml.UnsafeXml as error:
                raise WsdlUnreadable(url=url, reason=str(error)) from None
            self._raw[url] = raw
        return self._raw[url]


def _soap_ports(document: Any) -> Iterator[tuple[Any, Any]]:
    """All ports that we can speak to: those of SOAP 1.1 first."""
    for kind in (Soap11Binding, Soap12Binding):
        for service in document.services.values():
            for port in service.ports.values():
                if type(port.binding) is kind and port.binding_options:
                    yield service, port


class _Planner:
    """Makes plans of the operations of one WSDL."""

    def __init__(self, url: str, remarks: Remarks) -> None:
        self._url = url
        self._remarks = remarks

    def plan(self, operation: Any, port: Any, service: str) -> RemoteOperation:
        encoded = self._remarks.is_encoded(port.binding.name.localname, operation.name)
        reader = TypeReader(self._remarks, tell_types=encoded)
        request_tag, request = self._message(operation.input, reader)
        _, response = self._message(operation.output, reader)
        remarks = self._remarks.of_operation(operation.name, request_tag)
        return RemoteOperation(
            name=operation.name,
            inputs=request.elements,
            outputs=response.elements,
            documentation=remarks.documentation,
            kind=remarks.kind,
            repeatable=remarks.repeatable,
            at_most_once=remarks.at_most_once,
            address=port.binding_options["address"] or "",
            soap_action=operation.soapaction or "",
            soap12=isinstance(port.binding, Soap12Binding),
            wsdl_url=self._url,
            port=(service, port.name),
            request_tag=request_tag,
            request=request.layouts if request.exact else (),
            response_bare=operation.output is not None and _is_bare(operation.output),
            response_arrays=response.arrays,
            encoded=encoded,
            needs_serialiser=not request.exact,
        )

    def _message(self, message: Any, reader: TypeReader) -> tuple[str, Shape]:
        """The wrapper's tag (empty without one) and what stands in it."""
        body = message.body if message is not None else None
        if body is None:
            return "", Shape()
        if isinstance(message, RpcMessage):
            return body.qname.text, reader.children(body, None)
        tag = body.qname.text
        declaration = self._remarks.element(tag)
        if _is_bare(message):
            return "", reader.bare(body, declaration)
        return tag, reader.children(body, declaration)


def _is_bare(message: Any) -> bool:
    """Whether the body's one element is itself a plain value and not a wrapper."""
    body = message.body
    return body is not None and not isinstance(body.type, ComplexType)
