"""The envelope codec of the server: requests to values, values to answers, errors to faults.

Everything that can be known beforehand is compiled once per interface; a call costs one parse, one
pass over the arguments and one join of bytes.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from xml.etree.ElementTree import Element as Node

from tarry.contract.errors import CALLERS_FAULT, TarryError
from tarry.soap import xml
from tarry.soap.codec import Writer
from tarry.soap.errors import (
    MalformedRequest,
    NotUnderstood,
    VersionMismatch,
)
from tarry.soap.schema import FAULT_ELEMENT, Element, Lasting, WireValue

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_ENVELOPE = f"{{{SOAP11}}}Envelope"
_BODY = f"{{{SOAP11}}}Body"
_HEADER = f"{{{SOAP11}}}Header"
_MUST_UNDERSTAND = f"{{{SOAP11}}}mustUnderstand"

_LONGEST_MESSAGE = 20_000

_HEAD = f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{SOAP11}"><soap:Body>'
_TAIL = "</soap:Body></soap:Envelope>"


def open_request(raw: bytes) -> Node:
    """Find the element that names the operation.

    Raises:
        MalformedRequest: it is no SOAP 1.1 envelope with one element in its body.
    """
    try:
        envelope = xml.read_request(raw)
    except xml.UnsafeXml as error:
        raise MalformedRequest(reason=str(error)) from None
    if envelope.tag != _ENVELOPE:
        if xml.local_name(envelope.tag) == "Envelope":
            raise VersionMismatch(reason=f"its namespace must be {SOAP11}")
        raise MalformedRequest(reason=f"{envelope.tag} is no SOAP envelope")
    body = None
    for part in envelope:
        if part.tag == _BODY:
            body = part
        elif part.tag == _HEADER:
            _check_headers(part)
    if body is None or len(body) == 0:
        raise MalformedRequest(reason="the envelope holds no operation")
    return body[0]


def _check_headers(header: Node) -> None:
    for entry in header:
        if entry.get(_MUST_UNDERSTAND, "0").strip() in {"1", "true"}:
            raise NotUnderstood(reason=entry.tag)


class AnswerWriter:
    """Writes the whole answer of one operation."""

    def __init__(
        self,
        operation: str,
        outputs: Sequence[Element],
        namespace: str,
        *,
        qualified: bool,
        fields: bool,
    ) -> None:
        tag = f"t:{operation}Response"
        space = xml.escape(namespace).decode().replace('"', "&quot;")
        self._head = f'{_HEAD}<{tag} xmlns:t="{space}">'.encode()
        self._tail = f"</{tag}>{_TAIL}".encode()
        self._children = Writer(outputs, qualified=qualified, fields=fields)

    def write(self, outputs: Mapping[str, WireValue]) -> bytes:
        """Give the answer's bytes.

        Raises:
            TypeError, ValueError: see `Writer.write`.
        """
        if not isinstance(outputs, Lasting):
            return self._write(outputs)
        written = outputs.written.get(self)
        if written is None:
            written = outputs.written[self] = self._write(outputs)
        return written

    def _write(self, outputs: Mapping[str, WireValue]) -> bytes:
        pieces = [self._head]
        self._children.write(outputs, pieces)
        pieces.append(self._tail)
        return b"".join(pieces)


def write_fault(error: TarryError, namespace: str, *, qualified: bool) -> bytes:
    """Give the envelope of a fault: its text for people, its code in the declared detail."""
    if isinstance(error, MalformedRequest):
        fault_code = error.fault
    else:
        fault_code = "Client" if error.sort in CALLERS_FAULT else "Server"
    text = str(error)
    if len(text) > _LONGEST_MESSAGE:  # it may repeat a name of megabytes that the caller sent
        text = f"{text[:_LONGEST_MESSAGE]} …"
    message = xml.escape(text).decode()
    prefix = "t:" if qualified else ""
    space = xml.escape(namespace).decode().replace('"', "&quot;")
    detail = (
        f'<detail><t:{FAULT_ELEMENT} xmlns:t="{space}"><{prefix}code>{error.code}</{prefix}code>'
        f"<{prefix}message>{message}</{prefix}message></t:{FAULT_ELEMENT}></detail>"
    )
    return "".join(
        chain(
            (_HEAD, f"<soap:Fault><faultcode>soap:{fault_code}</faultcode>"),
            (f"<faultstring>{message}</faultstring>", detail, "</soap:Fault>", _TAIL),
        )
    ).encode()
