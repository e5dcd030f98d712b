"""A platform that runs, and people in front of the app."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser
from tests.e2e.browser import PATIENCE_MS, Person
from tests.e2e.conftest import READY, WAITER, Home, Running, free_tcp_port


@dataclass
class Place:
    """A platform that is up, with the waiter."""

    home: Home
    running: Running
    password: str
    _token: str = ""

    @property
    def url(self) -> str:
        return self.home.url

    def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """Do something by the API, as the administrator, that is not what a test is about."""
        if not self._token:
            order = {"user": "me", "password": self.password}
            self._token = str(self._send("POST", "/api/v1/tokens", order, "")["token"])
        return self._send(method, path, body, self._token)

    def _send(self, method: str, path: str, body: object, token: str) -> dict[str, object]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else raw,
            method=method,
            headers={"Content-Type": "application/json"}
            | ({"X-Auth-Token": token} if token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{method} {path}: {refused.read().decode()}") from refused
        return dict(json.loads(text)) if text else {}


@contextmanager
def place(folder: Path, *programs: str) -> Iterator[Place]:
    """Bring a platform up; without programs, with the waiter."""
    home = Home(folder=folder, tcp_port=free_tcp_port())
    running = home.start("up", *(programs or (WAITER,)))
    try:
        running.wait_for_text(READY)
        yield Place(home, running, running.wait_for_text(r"password: (\S+)")[1])
    finally:
        running.close()


@contextmanager
def visitor(
    browser: Browser,
    where: Place,
    *,
    user: str = "me",
    password: str = "",
    theme: str = "light",
    width: int = 1280,
    bypass_csp: bool = False,
    expects: str = "",
) -> Iterator[Person]:
    """Give somebody who is logged in, by the door that the app's own log-in uses.

    Nothing that the browser complains of is let pass, unless a test takes it off the list; or it
    holds what the test `expects` the browser to say, whenever it comes.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB",
        bypass_csp=bypass_csp,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    if user:
        order = {"user": user, "password": password or where.password}
        done = context.request.post(f"{where.url}/api/v1/session", data=order)
        assert done.ok, done.text()
    page = context.new_page()
    somebody = Person(context, page, where.url)

    def note(said: str) -> None:
        if not (expects and expects in said):
            somebody.complaints.append(said)

    page.on("pageerror", lambda error: note(str(error)))
    page.on("console", lambda said: note(said.text) if said.type == "error" else None)
    yield somebody
    context.close()
    assert somebody.complaints == [], somebody.complaints  # pytest tells no more of it here
