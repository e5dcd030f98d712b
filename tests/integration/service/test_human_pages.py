"""The pages that people see who open a service's address."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.fakes.asgi import AsgiAnswer, request
from tests.fakes.tarry_service import CALCULATOR, WAITER, settings_for

from tarry.service.api.server import build
from tarry.service.errors import PathTaken

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HOSTILE = """
name = "Hostile"
path = "hostile/Hostile"
title = "<script>alert('title')</script>"
description = "</p><img src=x onerror=alert(1)>"
[operations.run]
kind = "synchronous"
title = "\\"><svg onload=alert(2)>"
description = "<!-- <iframe src=//evil.example>"
command = ["/bin/true"]
[operations.run.inputs.length]
type = "decimal"
title = "<b>Length</b>"
description = "'\\"><script src=//evil.example/x.js></script>"
unit = "mm"
minimum = 1.5
maximum = 20
step = 0.5
default = 2.5
[operations.run.inputs.kind]
type = "choice"
choices = ["<i>a</i>", "b"]
[operations.run.inputs.password]
type = "secret"
required = false
"""
TWO_RESULTS = """
name = "Two"
path = "two/Two"
[operations.first]
kind = "asynchronous"
command = ["/bin/true"]
[operations.first.outputs.a]
type = "string"
from = { text = "a" }
[operations.second]
kind = "asynchronous"
command = ["/bin/true"]
[operations.second.outputs.b]
type = "integer"
from = { text = "b" }
"""
ONE_INPUT = """
[operations.second.inputs.size]
type = "decimal"
unit = "mm"
"""


class Tags(HTMLParser):
    """Collects tags, attributes and links."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


async def get(tmp_path: Path, path: str, *programs: Path | str, **settings: str) -> AsgiAnswer:
    service = build(settings_for(tmp_path, *programs, **settings))
    try:
        return await request(service.app, "GET", path, headers={"host": "localhost"})
    finally:
        service.runs.close()


@pytest.mark.parametrize("path", ["/waiter/Waiter", "/"])
async def test_no_script_in_a_page_can_act(tmp_path: Path, path: str) -> None:
    answer = await get(tmp_path, path, WAITER)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_page_shows_operations_with_their_ports(tmp_path: Path) -> None:
    page = (await get(tmp_path, "/hostile/Hostile", HOSTILE)).body.decode()
    for text in ("decimal", "mm", "at least 1.5", "at most 20", "in steps of 0.5", "2.5"):
        assert f">{text}<" in page or text in page
    assert "may be left out" in page
    assert 'lang="en"' in page
    assert "prefers-color-scheme: dark" in page


async def test_a_column_that_would_be_empty_is_left_out(tmp_path: Path) -> None:
    inputs, outputs = (await get(tmp_path, "/two/Two/second", TWO_RESULTS + ONE_INPUT)).body.split(
        b">Outputs</h3>"
    )
    for heading, rows in ((b">Unit<", inputs), (b">Type<", outputs)):
        assert heading in rows
    for heading in (b">Unit<", b">Values<", b">Default<", b">Meaning<"):
        assert heading not in outputs


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (HOSTILE, HOSTILE.replace('"Hostile"', '"Other"', 1)),
        (TWO_RESULTS, TWO_RESULTS.replace('"two/Two"', '"two/Two/first"')),
        (HOSTILE.replace("hostile/Hostile", "metrics"), HOSTILE),
    ],
)
async def test_two_services_at_one_address_are_refused(
    tmp_path: Path, first: str, second: str
) -> None:
    with pytest.raises(PathTaken, match="both be found there"):
        build(settings_for(tmp_path, first, second))
    build(settings_for(tmp_path, HOSTILE, TWO_RESULTS)).runs.close()


@pytest.mark.parametrize("path", ["/hostile/Hostile", "/"])
async def test_texts_of_a_program_file_stay_texts(tmp_path: Path, path: str) -> None:
    found = Tags((await get(tmp_path, path, HOSTILE)).body)
    assert not found.tags & {"script", "img", "svg", "iframe", "b", "i"}
    assert not {name for name in found.attributes if name.startswith("on")}
    assert not [link for link in found.links if "evil" in link]


async def test_the_page_links_the_wsdl(tmp_path: Path) -> None:
    answer = await get(tmp_path, "/a/waiter/Waiter", WAITER)
    assert answer.status == 404
    service = build(
        settings_for(tmp_path, WAITER, context_root="/a", base_url="https://x.example/behind")
    )
    answer = await request(service.app, "GET", "/a/waiter/Waiter", headers={"host": "localhost"})
    assert "/behind/a/waiter/Waiter?wsdl" in Tags(answer.body).links


async def test_the_context_root_lists_its_services(tmp_path: Path) -> None:
    service = build(settings_for(tmp_path, WAITER, CALCULATOR, context_root="/company"))
    answer = await request(service.app, "GET", "/company", headers={"host": "localhost"})
    links = Tags(answer.body).links
    assert "/company/waiter/Waiter" in links
    assert len(links) == 2


async def test_a_service_of_several_wsdls_has_a_page_that_links_all(tmp_path: Path) -> None:
    links = Tags((await get(tmp_path, "/two/Two", TWO_RESULTS)).body).links
    assert {"/two/Two/first?wsdl", "/two/Two/second?wsdl"} <= set(links)
