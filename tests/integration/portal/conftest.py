"""The portal on fakes, behind a real uvicorn, and visitors of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
from tests.fakes.portal_rooms import MORNING, FakeRooms
from tests.fakes.uvicorn_server import serving

from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.portal.api.app import build

PUBLIC_URL = "http://tarry.example.org:8080"
COOKIE = "tarry_8080"
KEYS = Keys(b"a secret of at least 32 bytes....")


@dataclass
class Visitor:
    """Calls the portal as a program (with a token) or as a browser (with a cookie)."""

    url: str
    session: requests.Session

    def call(self, method: str, path: str, **asked: Any) -> requests.Response:
        return self.session.request(
            method, self.url + path, allow_redirects=False, timeout=30, **asked
        )

    def get(self, path: str, **asked: Any) -> requests.Response:
        return self.call("GET", path, **asked)

    def post(self, path: str, **asked: Any) -> requests.Response:
        return self.call("POST", path, **asked)


@pytest.fixture
def fake() -> FakeRooms:
    """The rooms below, in the test's hands."""
    return FakeRooms()


@pytest.fixture
def url(fake: FakeRooms) -> Iterator[str]:
    """The address of the running portal."""
    app = build(
        fake.rooms(),
        keys=KEYS,
        public_url=PUBLIC_URL,
        upload_limit=2_000_000,
        clock=lambda: MORNING + timedelta(hours=1),
        recheck_every=timedelta(seconds=0.5),
        linger=timedelta(seconds=0.3),
        give_up_after=timedelta(seconds=2),
    )
    with serving(app) as address:
        yield address


def visitor(url: str) -> Visitor:
    """Make a visitor who is nobody yet."""
    session = requests.Session()
    session.trust_env = False
    return Visitor(url, session)


@pytest.fixture
def nobody(url: str) -> Visitor:
    """Somebody without a token."""
    return visitor(url)


@pytest.fixture
def ada(url: str) -> Visitor:
    """Ada's program."""
    made = visitor(url)
    made.session.headers["X-Auth-Token"] = "token-of-ada"
    return made


@pytest.fixture
def bob(url: str) -> Visitor:
    """The program of Bob, who works in another project."""
    made = visitor(url)
    made.session.headers["Authorization"] = "Bearer token-of-bob"
    return made


@pytest.fixture
def browser(url: str) -> Visitor:
    """Ada's browser, on a page of the portal."""
    made = visitor(url)
    made.session.headers["Cookie"] = f"{COOKIE}=token-of-ada"
    made.session.headers["Accept"] = "text/html,*/*"
    made.session.headers["Sec-Fetch-Site"] = "same-origin"
    return made
