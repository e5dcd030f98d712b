"""The field's clients, unmodified, understand what we describe and serve."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import pytest
import suds.client
import zeep
from tests.fakes.interfaces import MANAGER, MANAGER_HANDLERS, WAITER, WAITER_HANDLERS
from tests.fakes.uvicorn_server import serving

from tarry.soap.server import Endpoint


@pytest.fixture(scope="module")
def waiter() -> Iterator[str]:
    with serving(Endpoint(WAITER, WAITER_HANDLERS, path="/sintef/waiter/Waiter")) as url:
        yield f"{url}/sintef/waiter/Waiter?wsdl"


@pytest.fixture(scope="module")
def manager() -> Iterator[str]:
    with serving(Endpoint(MANAGER, MANAGER_HANDLERS, path="/authManager/AuthManager")) as url:
        yield f"{url}/authManager/AuthManager?wsdl"


def suds_client(url: str) -> Any:
    return suds.client.Client(url, cache=None)


def zeep_client(url: str) -> Any:
    return cast("Any", zeep).Client(url)


def test_suds_passes_arguments_by_position_in_the_order_of_the_description(waiter: str) -> None:
    client = suds_client(waiter)
    answer = client.service.startWaiter("id 1", "token", 17)
    assert answer.status_base64 == "PGh0bWw+"
    assert answer.result == (
        "{'serviceID': 'id 1', 'sessionToken': 'token', 'secondsToWait': '17'}"
    )
    assert "'secondsToWait': '300'" in client.service.startWaiter("id", "token").result
    done = client.service.getServiceStatus(sessionToken="t", serviceID="i & j")
    assert (done.status_base64, done.result) == ("COMPLETED", "<i & j> \u20ac")
    assert client.service.abortService("a", "b") is True


def test_suds_sees_a_fault_with_what_was_wrong(waiter: str) -> None:
    client = suds_client(waiter)
    with pytest.raises(suds.WebFault) as caught:
        client.service.startWaiter("id", "token", 0)
    assert "secondsToWait" in caught.value.fault.faultstring
    assert caught.value.fault.faultcode == "soap:Client"
    assert caught.value.fault.detail.ServiceFault.code == "invalid-value"


def test_suds_gets_every_type_across(waiter: str) -> None:
    client = suds_client(waiter)
    answer = client.service.startWaiter(
        serviceID="i",
        sessionToken="t",
        mood="sad & blue",
        code="AB12",
        factor=2.5,
        flag=True,
        when="2026-01-02T03:04:05+00:00",
    )
    for words in ("'sad & blue'", "'AB12'", "'2.5'", "'flag': 'true'", "2026-01-02T03:04:05"):
        assert words in answer.result


def test_suds_reads_records_lists_and_booleans_of_a_manager(manager: str) -> None:
    client = suds_client(manager)
    info = client.service.getTokenInfo("good")
    assert info.project.name == "mesh"
    assert [role.id for role in info.roles] == ["1", "2"]
    assert client.service.validateSessionToken("good") is True
    assert client.service.validateSessionToken("bad") is False
    assert list(client.service.getRoles("good")) == ["admin", "user"]


def test_zeep_calls_with_names_and_with_positions(waiter: str) -> None:
    client = zeep_client(waiter)
    answer = client.service.startWaiter("id", "token", 17)
    assert answer.status_base64 == "PGh0bWw+"
    assert "'secondsToWait': '17'" in answer.result
    answer = client.service.startWaiter(
        sessionToken="token", serviceID="id", flag=False, factor=Decimal("0.5"), mood="glad"
    )
    assert "'secondsToWait': '300'" in answer.result
    assert "'flag': 'false'" in answer.result
    assert client.service.abortService("a", "b") is True


def test_zeep_sees_the_declared_fault(waiter: str) -> None:
    client = zeep_client(waiter)
    with pytest.raises(zeep.exceptions.Fault) as caught:
        client.service.startWaiter("id", "token", 604801)
    assert caught.value.code == "soap:Client"
    declared = client.get_element("{urn:tarry:test:waiter}ServiceFault")
    detail = declared.parse(caught.value.detail[0], client.wsdl.types)
    assert detail.code == "invalid-value"
    assert "604800" in detail.message


def test_zeep_reads_records_lists_and_booleans_of_a_manager(manager: str) -> None:
    client = zeep_client(manager)
    info = client.service.getTokenInfo("good")
    assert info.project.id == "p1"
    assert [role.name for role in info.roles] == ["admin", "admin"]
    assert client.service.validateSessionToken("bad") is False
    assert client.service.getRoles("good") == ["admin", "user"]
