"""An endpoint and its handler."""

import pytest
from tests.fakes.soap_endpoint import INTERFACE, Handler

from tarry.soap.server import Endpoint


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def app(handler: Handler) -> Endpoint:
    return Endpoint(INTERFACE, {"echo": handler}, path="/a/Echo", max_body=10_000)
