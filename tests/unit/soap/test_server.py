"""The endpoint keeps every line of the contract's SOAP details."""

import asyncio
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

import pytest
import structlog
from lxml import etree
from tests.fakes.asgi import request
from tests.fakes.soap_endpoint import INTERFACE, SOAP, Handler, Refused, fault, post, soap

from tarry.contract.ports import Port
from tarry.soap.schema import (
    Interface,
    Lasting,
    Operation,
    WireValue,
    elements,
)
from tarry.soap.server import Call, Endpoint


@pytest.mark.parametrize(
    "arguments",
    [
        "<t:text>a</t:text><t:count>5</t:count>",
        "<text>a</text><count>5</count>",
        "<count>5</count><t:text>a</t:text>",
        '<x:text xmlns:x="urn:older">a</x:text><count> 5 </count>',
        "<!-- hello --><text><![CDATA[a]]></text><?pi?><count>5</count>",
        (
            '<text>a</text><count>5</count><when xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'
            ' i:nil="true"/>'
        ),
    ],
    ids=["qualified", "unqualified", "any-order", "older-namespace", "comments", "nil"],
)
async def test_arguments_in_any_form_and_order(
    arguments: str, app: Endpoint, handler: Handler
) -> None:
    answer = await post(app, soap(arguments))
    assert answer.status == 200
    assert handler.call is not None
    assert handler.call.operation == "echo"
    assert handler.call.text("text") == "a"
    assert handler.call.text("count").strip() == "5"
    assert "when" not in handler.call.arguments


async def test_defaults_are_filled_in_and_empty_means_absent_but_for_texts(
    app: Endpoint, handler: Handler
) -> None:
    await post(app, soap("<text/><count/><when></when>"))
    assert handler.call is not None
    assert handler.call.arguments == {"text": "", "count": "3", "tags": []}


async def test_lists_are_repeated_elements_and_records_nest(
    app: Endpoint, handler: Handler
) -> None:
    handler.outputs = {
        "said": "<&>\r\n\u20ac",
        "size": "1E+3",
        "tags": ["a", "b"],
        "point": {"x": "1"},
    }
    arguments = "<text>a</text><tags>1</tags><point><y>4</y><t:x>3</t:x></point><tags>2</tags>"
    answer = await post(app, soap(arguments))
    assert handler.call is not None
    assert handler.call.arguments["tags"] == ["1", "2"]
    assert handler.call.arguments["point"] == {"x": "3", "y": "4"}
    body = etree.fromstring(answer.body).find(f"{{{SOAP}}}Body")
    assert body is not None
    found = [(child.tag.removeprefix("{urn:echo}"), child.text) for child in body[0]]
    assert body[0].tag == "{urn:echo}echoResponse"
    assert found == [
        ("said", "<&>\r\n\u20ac"),
        ("size", "1000"),
        ("tags", "a"),
        ("tags", "b"),
        ("point", None),
    ]
    assert [(child.tag, child.text) for child in body[0][4]] == [("{urn:echo}x", "1")]


REFUSED = {
    "an unknown argument": ("<text>a</text><txet>b</txet>", "unknown-port", "txet"),
    "a repeated argument": ("<text>a</text><text>b</text>", "repeated-element", "text"),
    "a missing argument": ("<count>1</count>", "missing-value", "text"),
    "a value below its range": ("<text/><count>0</count>", "invalid-value", "minimum of 1"),
    "a number that is none": ("<text/><count>ten</count>", "invalid-value", "'ten'"),
    "a huge number": (f"<text/><count>{'9' * 2000}</count>", "invalid-value", "count"),
    "elements in a text": ("<text><b>a</b></text>", "nested-element", "text"),
    "an unknown field": (
        "<text/><point><x>1</x><z>2</z></point>",
        "unknown-port",
        "z",
    ),
    "a repeated record": (
        "<text/><point><x>1</x></point><point><x>1</x></point>",
        "repeated-element",
        "point",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_wrong_argument_is_a_client_fault_that_names_it(case: str, app: Endpoint) -> None:
    arguments, code, words = REFUSED[case]
    fault_code, text, detail = fault(await post(app, soap(arguments)))
    assert (fault_code, detail) == ("soap:Client", code)
    assert words in text


UNREADABLE = {
    "nothing": (b"", "malformed-request"),
    "half": (soap("<text/>")[:-5], "malformed-request"),
    "another document": (b"<hello/>", "malformed-request"),
    "a DOCTYPE": (
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + soap("<text>&x;</text>"),
        "malformed-request",
    ),
    "a DOCTYPE in UTF-16": (
        ("<!DOCTYPE a>" + soap("<text/>").decode()).encode("utf-16"),
        "malformed-request",
    ),
    "an external entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + soap("<text>&x;</text>"),
        "malformed-request",
    ),
    "a tower": (soap("<a>" * 400 + "</a>" * 400), "unknown-port"),
    "an encoding that nobody has": (
        b'<?xml version="1.0" encoding="bogus"?>' + soap("<text/>"),
        "malformed-request",
    ),
    "an encoding that is none": (
        b'<?xml version="1.0" encoding="rot13"?>' + soap("<text/>"),
        "malformed-request",
    ),
    "another encoding than it says": (
        b'<?xml version="1.0" encoding="utf-16"?>' + soap("<text/>"),
        "malformed-request",
    ),
    "an entity that nobody declared": (soap("<text>&x;</text>"), "malformed-request"),
    "a prefix that nobody declared": (soap("<x:text/>"), "malformed-request"),
    "an entity in UTF-16": (
        ('<!DOCTYPE a [<!ENTITY x "y">]>' + soap("<text>&x;</text>").decode()).encode("utf-16-be"),
        "malformed-request",
    ),
    "an empty body": (
        f'<e:Envelope xmlns:e="{SOAP}"><e:Body/></e:Envelope>'.encode(),
        "malformed-request",
    ),
    "no body": (f'<e:Envelope xmlns:e="{SOAP}"/>'.encode(), "malformed-request"),
    "too much": (soap(f"<text>{'a' * 11_000}</text>"), "request-too-large"),
    "another operation": (soap("", wrapper='t:reverse xmlns:t="urn:echo"'), "unknown-operation"),
    "another namespace": (soap("", wrapper='t:echo xmlns:t="urn:other"'), "malformed-request"),
    "no namespace": (soap("<text/>", wrapper="echo"), "malformed-request"),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_is_no_call_is_a_client_fault(
    case: str, app: Endpoint, handler: Handler
) -> None:
    body, code = UNREADABLE[case]
    fault_code, _, detail = fault(await post(app, body))
    assert (fault_code, detail) == ("soap:Client", code)
    assert handler.call is None


@pytest.mark.parametrize("filling", ["", "\n", "<??>", "<!-- -->", " <?a b?>\n", "<?", "<!--"])
async def test_no_prologue_takes_longer_than_its_length(filling: str, app: Endpoint) -> None:
    """A DOCTYPE is looked for in what precedes the root, and what follows may speak of one."""
    prologue = (filling * 2_000).encode()[:6_000]
    spoken = prologue + soap("<text><![CDATA[<!DOCTYPE html>]]></text>")
    assert (await post(app, spoken)).status in {200, 500}
    assert fault(await post(app, prologue + b"<!DOCTYPE a>" + soap("<text/>")))[2] == (
        "malformed-request"
    )


async def test_a_request_may_come_in_utf_16(app: Endpoint, handler: Handler) -> None:
    body = soap("<text>\u2603</text>").decode()
    assert (await post(app, body.encode("utf-16"))).status == 200
    assert handler.call is not None
    assert handler.call.text("text") == "\u2603"


async def test_soap_12_and_headers_that_must_be_understood_have_faults_of_their_own(
    app: Endpoint,
) -> None:
    twelve = soap("<text/>").replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope")
    assert fault(await post(app, twelve))[0] == "soap:VersionMismatch"
    head = '<e:Header><s:Security xmlns:s="urn:s" e:mustUnderstand="1"/></e:Header>'
    assert fault(await post(app, soap("<text/>", head=head)))[0] == "soap:MustUnderstand"
    optional = head.replace('"1"', '"0"')
    assert (await post(app, soap("<text/>", head=optional))).status == 200


async def test_a_doctype_in_a_value_is_only_text(app: Endpoint, handler: Handler) -> None:
    arguments = "<text><![CDATA[<!DOCTYPE html><html>]]></text>"
    assert (await post(app, soap(arguments))).status == 200
    assert handler.call is not None
    assert handler.call.text("text") == "<!DOCTYPE html><html>"


async def test_a_body_may_come_in_pieces_and_is_counted_without_a_length(app: Endpoint) -> None:
    whole = soap("<text>a</text>")
    assert (await post(app, [whole[:50], whole[50:60], whole[60:]])).status == 200
    assert fault(await post(app, [b" " * 6_000] * 3))[2] == "request-too-large"
    announced = await post(app, b"", **{"content-length": "99999999999999999999999"})
    assert fault(announced)[2] == "request-too-large"


async def test_a_body_that_does_not_arrive_in_time_is_refused_and_its_connection_closed(
    handler: Handler,
) -> None:
    app = Endpoint(
        INTERFACE, {"echo": handler}, path="/a/Echo", patience=timedelta(milliseconds=20)
    )
    whole = soap("<text>a</text>")

    async def trickle() -> MutableMapping[str, Any]:
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": whole[:1], "more_body": True}

    answer = await request(app, "POST", "/a/Echo", receive=trickle)
    assert fault(answer) == (
        "soap:Client",
        "The request did not arrive within 0.02 s",
        "request-too-slow",
    )
    assert answer.headers["connection"] == "close"
    assert handler.call is None


async def test_a_fault_does_not_repeat_megabytes_of_the_request() -> None:
    big = Endpoint(INTERFACE, {"echo": Handler()}, path="/a/Echo")
    space = "urn:" + "&lt;" * 500_000
    call = soap("", wrapper=f'x:echo xmlns:x="{space}"')
    for body in (call, f'<Envelop xmlns="{space}"/>'.encode()):
        answer = await post(big, body)
        assert fault(answer)[2] == "malformed-request"
        assert len(answer.body) < 200_000


@pytest.mark.parametrize("action", [None, '""', '"echo"', '"something else"'])
async def test_the_body_and_not_the_soapaction_says_what_is_called(
    action: str | None, app: Endpoint
) -> None:
    headers = {} if action is None else {"soapaction": action}
    assert (await post(app, soap("<text/>"), **headers)).status == 200


async def test_an_error_of_ours_becomes_a_fault_with_its_code(
    app: Endpoint, handler: Handler
) -> None:
    handler.error = Refused(who="Ann")
    assert fault(await post(app, soap("<text/>"))) == (
        "soap:Client",
        "Ann may not, <by law>",
        "refused",
    )


@pytest.mark.parametrize(
    "outputs",
    [{"said": "a"}, {"said": "a", "size": "1", "more": "b"}, {"said": {"x": "1"}, "size": "1"}],
    ids=["missing", "undeclared", "misshapen"],
)
async def test_outputs_that_the_wsdl_does_not_promise_are_never_sent(
    outputs: dict[str, WireValue], app: Endpoint, handler: Handler
) -> None:
    handler.outputs = outputs
    with structlog.testing.capture_logs():
        code, text, _ = fault(await post(app, soap("<text/>")))
    assert code == "soap:Server"
    assert text.startswith("internal error ")


async def test_internals_never_leak_but_are_logged_under_an_id(
    app: Endpoint, handler: Handler
) -> None:
    handler.error = ZeroDivisionError("secret words")
    with structlog.testing.capture_logs() as logs:
        answer = await post(app, soap("<text>secret argument</text>"))
    code, text, _ = fault(answer)
    assert code == "soap:Server"
    assert b"secret" not in answer.body
    (entry,) = logs
    assert text == f"internal error {entry['id']}"
    assert "ZeroDivisionError" in entry["trace"]
    assert "secret argument" not in str(entry)


async def test_a_handler_sees_headers_and_may_add_some(app: Endpoint, handler: Handler) -> None:
    handler.reply_headers = {"Tarry-Page": "abc"}
    answer = await post(app, soap("<text/>"), **{"Tarry-Page": "old"})
    assert handler.call is not None
    assert handler.call.headers["tarry-page"] == "old"
    assert answer.headers["tarry-page"] == "abc"


async def test_outputs_that_last_are_answered_as_others_are_by_each_operation() -> None:
    outputs = elements(Port(name="said"))
    interface = Interface(
        name="Two",
        namespace="urn:echo",
        operations=tuple(Operation(name=name, inputs=(), outputs=outputs) for name in "ab"),
    )
    handler = Handler()
    app = Endpoint(interface, {"a": handler, "b": handler}, path="/a/Echo")
    plain = {"said": "<ok>"}
    lasting = Lasting(plain)
    for name in "ab":
        body = soap("", wrapper=f't:{name} xmlns:t="urn:echo"')
        handler.outputs = plain
        expected = await post(app, body)
        assert b"&lt;ok&gt;" in expected.body
        handler.outputs = lasting
        for _ in range(2):
            assert await post(app, body) == expected


async def test_a_call_does_not_show_its_arguments_or_headers() -> None:
    call = Call("echo", {"sessionToken": "secret"}, {"x-auth-token": "secret"})
    assert "secret" not in repr(call)


async def test_an_endpoint_may_go_by_the_local_name_alone(handler: Handler) -> None:
    interface = Interface(
        name="Echo",
        namespace="urn:echo",
        operations=INTERFACE.operations,
        match_any_namespace=True,
    )
    app = Endpoint(interface, {"echo": handler}, path="/a/Echo")
    answer = await post(app, soap("<text/>", wrapper='o:echo xmlns:o="urn:older"'))
    assert answer.status == 200
    assert b'xmlns:t="urn:echo"' in answer.body


async def test_unqualified_outputs_are_written_as_the_wsdl_says(handler: Handler) -> None:
    interface = Interface(
        name="Echo",
        namespace="urn:echo",
        operations=INTERFACE.operations,
        qualified_outputs=False,
    )
    handler.outputs = {"said": "a", "size": "1", "point": {"x": "1"}}
    app = Endpoint(interface, {"echo": handler}, path="/a/Echo")
    answer = await post(app, soap("<text/>"))
    body = etree.fromstring(answer.body).find(f"{{{SOAP}}}Body")
    assert body is not None
    assert [child.tag for child in body[0]] == ["said", "size", "point"]
    assert body[0][2][0].tag == "x"


async def test_a_caller_who_leaves_is_let_go(app: Endpoint, handler: Handler) -> None:
    answer = await request(app, "POST", "/a/Echo", body=[])
    assert (answer.status, handler.call) == (0, None)


def test_every_operation_has_a_handler_and_no_other() -> None:
    with pytest.raises(ValueError, match="echo"):
        Endpoint(INTERFACE, {}, path="/a")
