"""Messages to the service of a step, over real SOAP."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
from tests.fakes.raw_server import raw_server, read_request
from tests.fakes.uvicorn_server import serving
from tests.integration.executions.test_soap_services import KEYS, STEP, Broken, Peer, calling

from tarry.platform.executions.interfaces import CallFailed
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.kernel.model import execution_of
from tarry.soap.server import Call


def answering(peer: Peer, response: str) -> None:
    def answer(call: Call) -> Mapping[str, str]:
        return {"response": response}

    peer.answer = answer


async def test_a_message_reaches_the_service_with_the_token_of_the_run() -> None:
    peer = Peer()
    answering(peer, "heard & noted")
    with serving(peer.app(hears=True)) as url:
        async with calling(url) as (services, call):
            assert await services.notify(call, "4 < 5 ☃") == "heard & noted"
    (seen,) = peer.seen
    assert seen.operation == "notifyService"
    assert seen.arguments == {
        "serviceID": STEP,
        "sessionToken": KEYS.run_token(execution_of(STEP)),
        "message": "4 < 5 ☃",
    }


async def test_a_service_that_says_no_is_told_apart_from_one_that_cannot_hear() -> None:
    peer = Peer()

    def refuse(call: Call) -> Mapping[str, str]:
        raise Broken

    peer.answer = refuse
    with serving(peer.app(hears=True)) as url:
        async with calling(url) as (services, call):
            with pytest.raises(CallFailed, match="the program ended with 3") as caught:
                await services.notify(call, "x")
            assert caught.value.trouble is Trouble.FAULT
    with serving(peer.app()) as url:
        async with calling(url) as (services, call):
            with pytest.raises(CallFailed, match="notifyService") as caught:
                await services.notify(call, "x")
            assert caught.value.trouble is Trouble.REFUSED


async def test_nobody_there_is_told_apart_from_an_answer_that_was_lost() -> None:
    peer = Peer()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)

    with serving(peer.app(hears=True)) as url:
        async with calling(url) as (services, call), raw_server(hang_up) as lost:
            for address, trouble in (
                ("http://127.0.0.1:9", Trouble.NOT_SENT),
                (lost, Trouble.LOST),
            ):
                remote = call.terms.remote.replace(url, address)
                with pytest.raises(CallFailed) as caught:
                    await services.notify(
                        replace(call, terms=replace(call.terms, remote=remote)), "x"
                    )
                assert caught.value.trouble is trouble
    assert peer.seen == []
