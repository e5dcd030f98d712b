"""The tutorial's waiter, called by an unmodified suds client."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import suds
import suds.client
from tests.fakes.tarry_service import PATIENCE, WAITER, serving

ROOT = "/sintef/docker_services"


@pytest.fixture
def waiter(tmp_path: Path) -> Iterator[Any]:
    """A suds client of the waiter at the address that the tutorial gives."""
    with serving(tmp_path, WAITER, context_root=ROOT) as url:
        yield suds.client.Client(f"{url}{ROOT}/waiter/Waiter?wsdl", cache=None)


def abort(waiter: Any) -> None:
    """Abort until it is over: on a busy machine that may take longer than one call waits."""
    give_up = time.monotonic() + PATIENCE
    while waiter.service.abortService("run-1", "token") is not True:
        assert time.monotonic() < give_up


def test_arguments_by_position_give_the_tutorials_answers_from_start_to_end(waiter: Any) -> None:
    answer = waiter.service.startWaiter("run-1", "token", 1)

    assert b"<html" in base64.b64decode(answer.status_base64, validate=True)
    assert answer.result == "UNSET"
    seen = set()
    give_up = time.monotonic() + PATIENCE
    while answer.status_base64 != "COMPLETED":
        assert time.monotonic() < give_up
        seen.add(answer.result)
        answer = waiter.service.getServiceStatus("run-1", "token")
    assert seen == {"UNSET"}
    assert answer.result == "FINISHED"


def test_a_forgotten_number_of_seconds_is_300(waiter: Any) -> None:
    answer = waiter.service.startWaiter("run-1", "token")

    assert answer.result == "UNSET"
    abort(waiter)


def test_a_bad_number_of_seconds_is_a_fault_that_names_it(waiter: Any) -> None:
    with pytest.raises(suds.WebFault, match="secondsToWait: '0' is below the minimum of 1 s"):
        waiter.service.startWaiter("run-1", "token", 0)


def test_an_unknown_run_is_a_fault(waiter: Any) -> None:
    with pytest.raises(suds.WebFault, match="you have no run 'nobody'"):
        waiter.service.getServiceStatus("nobody", "token")


def test_an_aborted_run_says_so(waiter: Any) -> None:
    waiter.service.startWaiter("run-1", "token", 600)

    abort(waiter)
    with pytest.raises(suds.WebFault, match="aborted"):
        waiter.service.getServiceStatus("run-1", "token")
