"""Who may call an endpoint, by which names and paths, and what address it tells."""

import pytest
from lxml import etree
from tests.fakes.asgi import request
from tests.fakes.soap_endpoint import INTERFACE, Handler, post, soap

from tarry.soap.server import Endpoint


@pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "?Wsdl", "?wsdl=1", "?wsdl&x=1", "?wsdl="])
@pytest.mark.parametrize("path", ["/a/Echo", "/a/Echo/"])
async def test_the_wsdl_is_there_in_every_way_that_is_asked_for(
    path: str, query: str, app: Endpoint
) -> None:
    answer = await request(app, "GET", path + query)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert etree.fromstring(answer.body).tag == "{http://schemas.xmlsoap.org/wsdl/}definitions"


async def test_other_paths_and_methods_are_not_answered(app: Endpoint) -> None:
    assert (await request(app, "GET", "/a")).status == 404
    assert (await request(app, "POST", "/a/Echo/x", body=soap("<text/>"))).status == 404
    assert (await request(app, "DELETE", "/a/Echo")).status == 405
    assert (await request(app, "OPTIONS", "/a/Echo")).status == 405
    page = await request(app, "GET", "/a/Echo")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    head = await request(app, "HEAD", "/a/Echo?wsdl")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > 500


async def address_in(app: Endpoint, **settings: object) -> str:
    answer = await request(app, "GET", "/a/Echo?wsdl", **settings)  # type: ignore[arg-type]
    found = etree.fromstring(answer.body).find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert found is not None
    return str(found.get("location"))


async def test_the_address_is_that_of_each_request_and_is_not_remembered(app: Endpoint) -> None:
    assert await address_in(app) == "http://testing:8000/a/Echo"
    assert await address_in(app, headers={"host": "other"}) == "http://other/a/Echo"
    assert await address_in(app, scheme="https") == "https://testing:8000/a/Echo"
    assert await address_in(app, headers={"host": 'x"/><evil>'}) == "http://10.9.8.7:8000/a/Echo"
    forwarded = {"x-forwarded-host": "public", "x-forwarded-proto": "https"}
    assert await address_in(app, headers=forwarded) == "http://testing:8000/a/Echo"


async def test_forwarded_headers_count_from_configured_proxies_only(handler: Handler) -> None:
    app = Endpoint(INTERFACE, {"echo": handler}, path="/a/Echo", trusted_proxies=("10.0.0.0/8",))
    headers = {"x-forwarded-host": "public", "x-forwarded-proto": "https"}
    trusted = await address_in(app, headers=headers, client=("10.1.1.1", 1))
    assert trusted == "https://public/a/Echo"
    other = await address_in(app, headers=headers, client=("11.1.1.1", 1))
    assert other == "http://testing:8000/a/Echo"


async def test_a_configured_address_wins(handler: Handler) -> None:
    app = Endpoint(
        INTERFACE, {"echo": handler}, path="/a/Echo", base_url="https://public.example/x/"
    )
    assert await address_in(app) == "https://public.example/x/a/Echo"


async def test_pages_of_other_sites_may_call_only_where_they_are_meant_to(
    app: Endpoint, handler: Handler
) -> None:
    foreign = {"origin": "https://evil.example"}
    for origin in ("https://evil.example", "null", ""):
        assert (await post(app, soap("<text/>"), origin=origin)).status == 403
    assert handler.call is None
    assert (await post(app, soap("<text/>"), origin="http://testing:8000")).status == 200

    open_app = Endpoint(INTERFACE, {"echo": handler}, path="/a/Echo", cors=True)
    answer = await post(open_app, soap("<text/>"), **foreign)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    asked = await request(open_app, "OPTIONS", "/a/Echo", headers=foreign)
    assert asked.status == 204
    assert "SOAPAction" in asked.headers["access-control-allow-headers"]
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in asked.headers


async def test_a_page_at_the_public_address_may_call_through_a_proxy(handler: Handler) -> None:
    app = Endpoint(INTERFACE, {"echo": handler}, path="/a/Echo", base_url="https://public/x")
    assert (await post(app, soap("<text/>"), origin="https://public")).status == 200
    for other in ("https://other", "null", ""):
        assert (await post(app, soap("<text/>"), origin=other)).status == 403


async def test_only_served_host_names_are_answered_if_they_are_given(handler: Handler) -> None:
    app = Endpoint(INTERFACE, {"echo": handler}, path="/a/Echo", hosts=("localhost", "::1"))
    for host, status in (("localhost:1", 200), ("LOCALHOST", 200), ("[::1]:80", 200), ("x", 403)):
        assert (await post(app, soap("<text/>"), host=host)).status == status
        assert (await request(app, "GET", "/a/Echo?wsdl", headers={"host": host})).status == status
