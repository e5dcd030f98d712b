"""The health of registered services is watched, gently."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.soap_peer import SoapPeer
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.adapters.wsdl import SoapWsdls
from tarry.platform.catalogue.api.health_watch import MOST_AT_ONCE, HealthWatch
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import Health, HealthState
from tarry.platform.catalogue.model.offers import Offer
from tarry.platform.catalogue.operations import (
    ServiceRequest,
    Shelf,
    health_history,
    healths,
    import_workflow,
    list_services,
    register_service,
)
from tarry.platform.catalogue.operations.watching import Pace
from tarry.platform.kernel.model import Caller, ProjectId, UserId
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import write
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.describe import wsdl
from tarry.soap.schema import Interface, Operation, elements

ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PACE = Pace(used=timedelta(minutes=5), unused=timedelta(hours=6))


def interface(*inputs: str) -> Interface:
    ports = elements(*(Port(name=name, type=PortType.DECIMAL) for name in inputs))
    add = Operation(name="add", inputs=ports, outputs=elements(Port(name="sum")))
    return Interface(name="Calculator", namespace="urn:calculator", operations=(add,))


class Watched:
    """A service at a real address, a catalogue that knows it, and a clock in the test's hands."""

    def __init__(self, peer: SoapPeer, client: SoapClient) -> None:
        self.now = START
        self.peer = peer
        self.reads: list[str] = []
        self.in_flight = self.most = 0
        self._wsdls = SoapWsdls(client)
        self.catalogue = MemoryTransactions[Catalogue](MemoryCatalogue())
        self.shelf = Shelf(catalogue=self.catalogue, wsdls=self, clock=lambda: self.now)
        self.watch = HealthWatch(self.shelf, pace=PACE, chance=lambda: 0.0)

    async def read(self, url: str) -> Offer:
        self.reads.append(url)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            return await self._wsdls.read(url)
        finally:
            self.in_flight -= 1

    def serve(self, path: str, *inputs: str) -> str:
        address = f"{self.peer.url}{path}"
        self.peer.documents[f"{path}?wsdl"] = wsdl(interface(*inputs), address)
        return f"{address}?wsdl"

    async def register(self, url: str, uri: str = "") -> None:
        request = ServiceRequest(wsdl_url=url, operation="add", uri=uri)
        registered = await register_service(
            self.catalogue, self._wsdls, ANNA, request, clock=lambda: self.now
        )
        document = write(
            one_step(f"http://tarry/workflow/W.owl#{len(uri)}W", registered.entry.interface())
        )
        await import_workflow(self.catalogue, ANNA, document, clock=lambda: self.now)

    async def after(self, minutes: float) -> Mapping[str, Health]:
        self.now += timedelta(minutes=minutes)
        await self.watch.round()
        return await self.seen()

    async def seen(self) -> Mapping[str, Health]:
        services = await list_services(self.catalogue, ANNA)
        return await healths(self.catalogue, ANNA, services)


URI = "http://tarry/sync/Calculator.owl#add_Service"


@pytest.fixture
async def watched():  # type: ignore[no-untyped-def]
    async with SoapPeer() as peer, SoapClient(AllowedAddresses.parse(["loopback"])) as client:
        yield Watched(peer, client)


async def test_a_service_that_is_there_is_ok_and_was_seen_now(watched: Watched) -> None:
    await watched.register(watched.serve("/calculator", "a", "b"))

    health = (await watched.after(minutes=5))[URI]

    assert (health.state, health.seen_at, health.failures) == (HealthState.OK, watched.now, 0)
    assert (health.reason, health.changes) == ("", ())


async def test_when_a_service_was_there_and_when_not_is_told_and_no_look_that_shows_the_same(
    watched: Watched,
) -> None:
    url = watched.serve("/calculator", "a", "b")
    await watched.register(url)
    await watched.after(minutes=5)
    await watched.after(minutes=5)
    gone = watched.peer.documents.pop("/calculator?wsdl")
    await watched.after(minutes=5)
    watched.peer.documents["/calculator?wsdl"] = gone
    await watched.after(minutes=20)
    await watched.after(minutes=5)

    found = await health_history(watched.catalogue, ANNA, URI)

    there = [one.state is HealthState.OK for one in found]
    assert there == [True, False, True]
    assert [(one.at - START) / timedelta(minutes=1) for one in found] == [35, 15, 5]
    assert found[1].reason
    assert (found[0].reason, found[2].reason) == ("", "")


async def test_a_service_is_not_looked_at_before_it_is_time(watched: Watched) -> None:
    await watched.register(watched.serve("/calculator", "a", "b"))

    assert await watched.after(minutes=4.9) == {}
    await watched.after(minutes=0.2)
    await watched.after(minutes=4.8)
    assert len(watched.reads) == 1


async def test_a_service_that_nobody_uses_is_looked_at_rarely(watched: Watched) -> None:
    url = watched.serve("/calculator", "a", "b")
    request = ServiceRequest(wsdl_url=url, operation="add")
    await register_service(
        watched.catalogue, watched._wsdls, ANNA, request, clock=lambda: watched.now
    )
    for _ in range(20):
        await watched.after(minutes=10)

    assert len(watched.reads) == 1


async def test_a_service_that_has_changed_says_what_is_other_and_stays_registered_as_it_was(
    watched: Watched,
) -> None:
    await watched.register(watched.serve("/calculator", "a", "b"))
    watched.serve("/calculator", "a")

    health = (await watched.after(minutes=5))[URI]

    assert (health.state, health.changes) == (HealthState.CHANGED, ("the input b is gone",))
    entry = await watched.catalogue.read(lambda store: store.service(ANNA.project, URI))
    assert entry is not None
    assert [port.name for port in entry.inputs] == ["a", "b"]


async def test_what_answers_without_a_wsdl_is_unreadable(watched: Watched) -> None:
    await watched.register(watched.serve("/calculator", "a", "b"))
    watched.peer.documents["/calculator?wsdl"] = b"<html>Welcome!</html>"

    health = (await watched.after(minutes=5))[URI]

    assert (health.state, health.seen_at, health.failures) == (HealthState.UNREADABLE, None, 1)
    assert "cannot be read" in health.reason


async def test_a_service_that_is_away_is_asked_ever_more_rarely_and_when_it_was_seen_is_kept(
    watched: Watched,
) -> None:
    peer = SoapPeer()
    async with peer as other:
        address = f"{other.url}/calculator"
        other.documents["/calculator?wsdl"] = wsdl(interface("a"), address)
        await watched.register(f"{address}?wsdl")
        seen = (await watched.after(minutes=5))[URI].seen_at
        assert seen == watched.now
    first = (await watched.after(minutes=5))[URI]
    assert (first.state, first.seen_at, first.failures) == (HealthState.AWAY, seen, 1)
    reads = len(watched.reads)

    for _ in range(24 * 60):
        last = (await watched.after(minutes=1))[URI]

    assert (last.since, last.seen_at) == (first.since, seen)
    # After 10, 30 and 70 minutes, then every 80.
    assert len(watched.reads) - reads == 3 + (24 * 60 - 70) // 80


async def test_one_look_serves_all_services_of_a_wsdl_and_few_go_on_at_once(
    watched: Watched,
) -> None:
    first = watched.serve("/0", "a")
    for number in range(20):
        url = watched.serve(f"/{number}", "a")
        uri = f"http://tarry/sync/{'x' * number}.owl#add_Service"
        entry_url = replace_name(watched, number, url)
        await watched.register(entry_url, uri)
    watched.reads.clear()

    await watched.after(minutes=5)

    assert len(watched.reads) == len(set(watched.reads)) == 20
    assert first in watched.reads
    assert watched.most <= MOST_AT_ONCE


def replace_name(watched: Watched, number: int, url: str) -> str:
    """Give each service another name: those of one project differ."""
    named = replace(interface("a"), name=f"Calculator{number}")
    watched.peer.documents[f"/{number}?wsdl"] = wsdl(named, url.removesuffix("?wsdl"))
    return url


async def test_the_watch_starts_and_stops(watched: Watched) -> None:
    await watched.register(watched.serve("/calculator", "a"))
    watched.now += timedelta(minutes=6)
    watched.watch.start()
    async with asyncio.timeout(20):
        while not await watched.seen():
            await asyncio.sleep(0.01)
    await watched.watch.stop()
    await watched.watch.stop()


async def test_looks_are_spread_so_that_they_do_not_all_come_at_once(watched: Watched) -> None:
    watch = HealthWatch(watched.shelf, pace=PACE, chance=lambda: 1.0)
    await watched.register(watched.serve("/calculator", "a"))
    watched.now += timedelta(minutes=5.1)
    pause = await watch.round()
    assert watched.reads == []
    assert pause == timedelta(minutes=0.9)
    watched.now += pause
    await watch.round()
    assert len(watched.reads) == 1


async def test_the_timetable_is_not_looked_at_for_each_service_alone(watched: Watched) -> None:
    await watched.register(watched.serve("/calculator", "a"))
    watched.now += timedelta(minutes=4, seconds=59)

    assert await watched.watch.round() == timedelta(seconds=30)
