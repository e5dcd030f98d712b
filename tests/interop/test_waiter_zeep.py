"""The tutorial's waiter, called by an unmodified zeep client."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
from tests.fakes.tarry_service import PATIENCE, WAITER, serving

ROOT = "/sintef/docker_services"


@pytest.fixture
def waiter(tmp_path: Path) -> Iterator[Any]:
    """A zeep client of the waiter at the address that the tutorial gives."""
    with serving(tmp_path, WAITER, context_root=ROOT) as url:
        client: Any = zeep.Client(f"{url}{ROOT}/waiter/Waiter?wsdl")  # type: ignore[no-untyped-call]
        with client.transport.session:
            yield client


def test_a_run_gives_the_tutorials_answers_from_start_to_end(waiter: Any) -> None:
    answer = waiter.service.startWaiter(serviceID="run-1", sessionToken="token", secondsToWait=1)

    assert b"<html" in base64.b64decode(answer.status_base64, validate=True)
    assert answer.result == "UNSET"
    give_up = time.monotonic() + PATIENCE
    while answer.status_base64 != "COMPLETED":
        assert answer.result == "UNSET"
        assert time.monotonic() < give_up
        answer = waiter.service.getServiceStatus(serviceID="run-1", sessionToken="token")
    assert answer.result == "FINISHED"


def test_a_bad_number_of_seconds_is_a_declared_fault_with_a_code(waiter: Any) -> None:
    with pytest.raises(zeep.exceptions.Fault) as raised:
        waiter.service.startWaiter(serviceID="run-1", sessionToken="token", secondsToWait=-5)

    assert "secondsToWait: '-5' is below the minimum of 1 s" in raised.value.message
    assert [code.text for code in raised.value.detail.iter("{*}code")] == ["invalid-value"]


def test_abort_answers_true_when_nothing_goes_on(waiter: Any) -> None:
    waiter.service.startWaiter(serviceID="run-1", sessionToken="token", secondsToWait=600)

    give_up = time.monotonic() + PATIENCE
    while waiter.service.abortService(serviceID="run-1", sessionToken="token") is not True:
        assert time.monotonic() < give_up
    with pytest.raises(zeep.exceptions.Fault, match="aborted"):
        waiter.service.getServiceStatus(serviceID="run-1", sessionToken="token")
