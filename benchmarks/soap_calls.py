"""SOAP requests as bytes."""

from xml.sax.saxutils import escape

from benchmarks.load import post


def envelope(namespace: str, operation: str, arguments: dict[str, str]) -> bytes:
    """Make the envelope of a call."""
    inner = "".join(f"<w:{name}>{escape(text)}</w:{name}>" for name, text in arguments.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:w="{escape(namespace)}"><soapenv:Header/><soapenv:Body>'
        f"<w:{operation}>{inner}</w:{operation}></soapenv:Body></soapenv:Envelope>"
    ).encode()


def soap_call(path: str, namespace: str, operation: str, arguments: dict[str, str]) -> bytes:
    """Make the bytes of a whole HTTP request, to be sent over and over."""
    return post(path, envelope(namespace, operation, arguments), {"SOAPAction": '""'})
