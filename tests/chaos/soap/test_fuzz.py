"""Whatever is sent to a SOAP endpoint, it answers with outputs or a fault, and forgets it."""

import asyncio
import gc
import random
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.fakes.asgi import AsgiAnswer, request
from tests.fakes.interfaces import WAITER, WAITER_HANDLERS
from tests.fakes.mutations import SOAP, call, mutated, wounded

from tarry.contract.ports import Port, PortType
from tarry.soap.schema import Element, Interface, Operation, Record, WireValue, elements
from tarry.soap.server import Call, Endpoint

POINT = Record(name="point", fields=elements(Port(name="x"), Port(name="y", required=False)))
RICH = Interface(
    name="Rich",
    namespace="urn:tarry:test:rich",
    operations=(
        Operation(
            name="draw",
            inputs=(
                *elements(
                    Port(name="text", type=PortType.TEXT, required=False),
                    Port(name="mesh", type=PortType.FILE, required=False),
                ),
                Element(port=Port(name="tags"), repeated=True),
                Element(port=Port(name="point", required=False), record=POINT),
                Element(port=Port(name="points"), record=POINT, repeated=True),
            ),
            outputs=elements(Port(name="said")),
        ),
    ),
)
POINTS = "<t:points><t:x>1</t:x></t:points><t:points><t:y>2</t:y><t:x/></t:points>"
CORPUS = {
    "/Waiter": (
        call("startWaiter", WAITER.namespace, serviceID="a", sessionToken="b", secondsToWait="3"),
        call(
            "startWaiter",
            WAITER.namespace,
            serviceID="\u2603 &amp; more",
            sessionToken="b",
            mood="sad &amp; blue",
            code="AB12",
            factor="1e-3",
            flag="true",
            when="2026-01-02T03:04:05Z",
        ),
        call("getServiceStatus", WAITER.namespace, serviceID="a", sessionToken="b"),
        call("abortService", WAITER.namespace, sessionToken="b", serviceID="a"),
    ),
    "/Rich": (
        call("draw", RICH.namespace, text="<![CDATA[<a>]]>", tags="1", point="<t:x>1</t:x>"),
        call("draw", RICH.namespace, tags="1").replace(
            b"</t:tags>", b"</t:tags>" + POINTS.encode()
        ),
    ),
}
PLAINLY = 20
"""Of so many requests, one has a single plain wound, so that no kind of fault is left to luck."""
HEADERS: tuple[Mapping[str, str], ...] = (
    {},
    {"soapaction": '""'},
    {"soapaction": "\u00ff" * 500, "content-type": "application/json"},
    {"content-type": "text/xml; charset=utf-16"},
    {"content-length": "5"},
    {"content-length": "-1"},
    {"content-length": "9" * 400},
    {"content-length": "1e3"},
    {"content-length": "\u00b2"},
    {"content-encoding": "gzip"},
    {"origin": "null"},
    {"host": "\u00ff{}<>"},
    {"tarry-page": "x" * 2_000},
)
TOLD = {"soap:Client", "soap:VersionMismatch", "soap:MustUnderstand"}
LEAKS = ("Traceback", "site-packages", "/tarry/", ".py", " object at 0x", "lxml", "pyexpat")


async def draw(drawn: Call) -> Mapping[str, WireValue]:
    return {"said": f"{drawn.arguments.get('text', '')} {len(drawn.arguments['points'])}"}


def endpoints() -> dict[str, Endpoint]:
    return {
        "/Waiter": Endpoint(WAITER, WAITER_HANDLERS, path="/Waiter"),
        "/Rich": Endpoint(RICH, {"draw": draw}, path="/Rich", cors=True),
    }


def check(answer: AsgiAnswer) -> str:
    """Hold an answer against what every caller may rely on; gives the code of a fault, or ''."""
    if answer.status == 403:  # calls from pages of other sites
        assert answer.headers["content-type"].startswith("text/plain")
        return "refused"
    assert answer.status in {200, 500}
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert len(answer.body) < 1_000_000
    # not with lxml, which keeps what it reads of names
    body = ET.fromstring(answer.body).find(f"{{{SOAP}}}Body")
    assert body is not None
    if answer.status == 200:
        assert body[0].tag.endswith("Response")
        return ""
    (found,) = body
    assert found.tag == f"{{{SOAP}}}Fault"
    assert found.findtext("faultcode") in TOLD
    text = found.findtext("faultstring")
    assert text
    assert not [leak for leak in LEAKS if leak in text]
    code = found.findtext("detail/{*}ServiceFault/{*}code")
    assert code
    return code


async def attack(number: int, seed: int) -> dict[str, int]:
    """Send mutated requests; count what came of them."""
    chance = random.Random(seed)
    served = endpoints()
    counts: dict[str, int] = {}
    for turn in range(number):
        path = chance.choice(tuple(CORPUS))
        if turn % PLAINLY:
            body = mutated(chance, CORPUS[path])
            headers = dict(chance.choice(HEADERS) if chance.random() < 0.3 else {})
        else:
            body, headers = wounded(chance, CORPUS[path], turn // PLAINLY), {}
        cut = chance.randrange(len(body) + 1)
        try:
            code = check(
                await request(
                    served[path],
                    "POST",
                    path,
                    body=[body[:cut], body[cut:]] if chance.random() < 0.2 else body,
                    headers=headers,
                )
            )
        except BaseException:
            print(f"seed {seed}, {path}, {headers}, {body[:5_000]!r}")
            raise
        counts[code] = counts.get(code, 0) + 1
        await asyncio.sleep(0)  # the event loop has things to forget, too
    return counts


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


async def grown(number: int, seed: int) -> tuple[dict[str, int], int, int]:
    """Attack; give what came of it, and by how much Python's and the process's memory grew."""
    await attack(number // 4, seed)  # what grows once only: caches, code, the heap's slack
    gc.collect()
    tracemalloc.start()
    try:
        await attack(200, seed)
        gc.collect()
        python, process = tracemalloc.get_traced_memory()[0], resident()
        counts = await attack(number, seed + 1)
        gc.collect()
        return counts, tracemalloc.get_traced_memory()[0] - python, resident() - process
    finally:
        tracemalloc.stop()


def check_growth(counts: dict[str, int], python: int, process: int) -> None:
    assert python < 300_000
    assert process < 40_000_000
    assert counts[""] > sum(counts.values()) / 50, "hardly a request was understood"
    expected = {"malformed-request", "unknown-port", "missing-value", "invalid-value"}
    assert expected | {"repeated-element", "unknown-operation", "version-mismatch"} <= counts.keys()
    assert "internal-error" not in counts


async def test_a_few_thousand_mutated_requests_are_answered_and_forgotten() -> None:
    check_growth(*await grown(2_000, 1))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
async def test_a_hundred_thousand_mutated_requests_are_answered_and_forgotten(seed: int) -> None:
    check_growth(*await grown(10_000, 1_000 * (seed + 2)))


async def test_names_that_nobody_uses_again_are_forgotten() -> None:
    """Some XML libraries keep every name that they have ever read."""
    app = endpoints()["/Waiter"]
    sizes = []
    for turn in range(12):
        names = b"".join(
            b"<n%x/>" % number for number in range(turn * 100_000, (turn + 1) * 100_000)
        )
        answer = await request(app, "POST", "/Waiter", body=b"<r>" + names + b"</r>")
        assert check(answer) == "malformed-request"
        sizes.append(resident())
    assert sizes[-1] - sizes[2] < 20_000_000
