"""A SOAP endpoint whose one operation a test moves by hand, and how it is called."""

from collections.abc import Mapping
from decimal import Decimal

from lxml import etree
from tests.fakes.asgi import AsgiAnswer, request

from tarry.contract.errors import Sort, TarryError
from tarry.contract.ports import Port, PortType
from tarry.soap.schema import (
    Element,
    Interface,
    Operation,
    Record,
    WireValue,
    elements,
)
from tarry.soap.server import Call, Endpoint

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
POINT = Record(name="point", fields=elements(Port(name="x"), Port(name="y", required=False)))
INTERFACE = Interface(
    name="Echo",
    namespace="urn:echo",
    operations=(
        Operation(
            name="echo",
            inputs=(
                *elements(
                    Port(name="text"),
                    Port(
                        name="count",
                        type=PortType.INTEGER,
                        default="3",
                        minimum=Decimal(1),
                        maximum=Decimal(9),
                    ),
                    Port(name="when", type=PortType.DATE_TIME, required=False),
                ),
                Element(port=Port(name="tags"), repeated=True),
                Element(port=Port(name="point", required=False), record=POINT),
            ),
            outputs=(
                *elements(Port(name="said"), Port(name="size", type=PortType.DECIMAL)),
                Element(port=Port(name="tags"), repeated=True),
                Element(port=Port(name="point", required=False), record=POINT),
            ),
        ),
    ),
)


class Refused(TarryError):
    code = "refused"
    sort = Sort.FORBIDDEN
    message = "{who} may not, <by law>"


class Handler:
    """Remembers the last call, and answers or breaks as told."""

    def __init__(self) -> None:
        self.call: Call | None = None
        self.outputs: Mapping[str, WireValue] = {"said": "ok", "size": "1"}
        self.error: Exception | None = None
        self.reply_headers: dict[str, str] = {}

    async def __call__(self, call: Call) -> Mapping[str, WireValue]:
        self.call = call
        call.reply_headers.update(self.reply_headers)
        if self.error is not None:
            raise self.error
        return self.outputs


def soap(arguments: str, *, wrapper: str = 't:echo xmlns:t="urn:echo"', head: str = "") -> bytes:
    name = wrapper.split(maxsplit=1)[0]
    return (
        f'<e:Envelope xmlns:e="{SOAP}">{head}<e:Body><{wrapper}>{arguments}</{name}>'
        "</e:Body></e:Envelope>"
    ).encode()


async def post(app: Endpoint, body: bytes | list[bytes], **headers: str) -> AsgiAnswer:
    given = {"content-type": "text/xml"} | headers
    return await request(app, "POST", "/a/Echo", body=body, headers=given)


def fault(answer: AsgiAnswer) -> tuple[str, str, str]:
    """Fault code, text and detail code."""
    assert answer.status == 500
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    found = etree.fromstring(answer.body).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    assert found is not None
    code = found.findtext("detail/{urn:echo}ServiceFault/{urn:echo}code") or ""
    return found.findtext("faultcode") or "", found.findtext("faultstring") or "", code
