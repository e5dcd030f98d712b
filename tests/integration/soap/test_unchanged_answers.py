"""Thousands of polls are answered by the same bytes, which the client reads once."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from tests.fakes.soap_peer import SoapPeer, envelope

from tarry.contract.ports import Port
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.errors import BadAnswer, SoapFault
from tarry.soap.layout import Layout
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import elements


@pytest.fixture
async def client() -> AsyncIterator[SoapClient]:
    async with SoapClient(AllowedAddresses.parse(["loopback"])) as ready:
        yield ready


@pytest.fixture
async def peer() -> AsyncIterator[SoapPeer]:
    async with SoapPeer(answer=unchanged("one")) as running:
        yield running


def status(address: str) -> RemoteOperation:
    return RemoteOperation(
        name="ask",
        inputs=elements(Port(name="what")),
        outputs=elements(Port(name="said"), Port(name="status_base64")),
        address=f"{address}/service",
        request_tag="{urn:t}ask",
        request=(Layout(tag="{urn:t}what"),),
    )


def unchanged(said: str) -> bytes:
    return envelope(
        f'<t:r xmlns:t="urn:t"><t:said>{said}</t:said>'
        "<t:status_base64>UNCHANGED</t:status_base64></t:r>"
    )


async def test_each_answer_that_nothing_has_changed_is_told_from_the_one_before(
    peer: SoapPeer, client: SoapClient
) -> None:
    for said in ("one", "one", "two", "one"):
        peer.answer = unchanged(said)
        outputs = (await client.call(status(peer.url), {"what": "?"})).outputs
        assert outputs == {"said": said, "status_base64": "UNCHANGED"}
        outputs.clear()  # what a caller does with its answer is not felt by the next


async def test_the_same_answer_is_read_anew_for_an_operation_that_has_changed(
    peer: SoapPeer, client: SoapClient
) -> None:
    peer.answer = unchanged("one")
    await client.call(status(peer.url), {"what": "?"})
    changed = replace(status(peer.url), outputs=elements(Port(name="more")))
    with pytest.raises(BadAnswer, match="the output more is missing"):
        await client.call(changed, {"what": "?"})
    assert (await client.call(status(peer.url), {"what": "?"})).outputs["said"] == "one"


async def test_a_fault_after_such_an_answer_is_a_fault(peer: SoapPeer, client: SoapClient) -> None:
    peer.answer = unchanged("one")
    await client.call(status(peer.url), {"what": "?"})
    peer.answer = envelope(
        "<e:Fault><faultcode>e:Server</faultcode><faultstring>UNCHANGED</faultstring></e:Fault>"
    )
    for _ in range(2):
        with pytest.raises(SoapFault):
            await client.call(status(peer.url), {"what": "?"})
