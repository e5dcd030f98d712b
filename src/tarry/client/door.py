"""HTTP to the platform: the token, time-outs, and errors that say what to do."""

import ipaddress
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import NewConnectionError
from urllib3.util import Retry

from tarry.client.errors import Moved, NotThePlatform, PlatformError, Unreachable, refusal
from tarry.client.insistence import KEY_HEADER, Insistence

TOKEN_HEADER = "X-Auth-Token"  # noqa: S105 - the name of a header


class Door:
    """The REST door of one platform."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        timeout: timedelta,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._sleep = sleep
        self.url = url.rstrip("/")
        self.token = token
        self._timeout = timeout.total_seconds()
        self._session = requests.Session()
        # A keep-alive connection may have been closed at the other end: reading again is safe.
        retries = Retry(total=1, redirect=0, status=0, allowed_methods={"GET"}, backoff_factor=0)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retries))
        # No proxy stands between us and this machine.
        self._session.trust_env = not is_loopback(self.url)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def items(self, path: str, params: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Give the items of a list, all its pages."""
        asked = dict(params or {})
        page = self.json("GET", path, params=asked)
        found = list(page["items"])
        while page.get("next"):
            page = self.json("GET", path, params=asked | {"after": page["next"]})
            found += page["items"]
        return found

    def content(self, method: str, path: str, **asked: Any) -> bytes:
        """Call and give the answer's body."""
        with closing(self.call(method, path, **asked)) as answer:
            return answer.content

    def done(self, method: str, path: str, **asked: Any) -> None:
        """Call for what has no answer but that it is done."""
        self.call(method, path, **asked).close()

    def once(
        self, method: str, path: str, *, key: str | None = None, **asked: Any
    ) -> dict[str, Any]:
        """Call for something that must happen once, again and again until there is an answer.

        Args:
            method: of HTTP.
            path: what is called.
            key: names the request, so that the platform does not do it twice; made if left out.
            asked: as `call`.
        """
        insistence = Insistence()
        headers = {**asked.pop("headers", {}), KEY_HEADER: key or str(uuid4())}
        while True:
            try:
                return self.json(method, path, headers=headers, **asked)
            except (PlatformError, Unreachable, NotThePlatform) as error:
                self._sleep(insistence.pause_after(error))

    def json(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        """Call and give the answer's JSON."""
        answer = self.call(method, path, **asked)
        try:
            data = answer.json()
        except requests.exceptions.JSONDecodeError:
            data = None
        if not isinstance(data, dict):
            raise NotThePlatform(url=self.url, status=answer.status_code)
        return data

    def call(
        self, method: str, path: str, *, stream: bool = False, **asked: Any
    ) -> requests.Response:
        """Call the API.

        Raises:
            PlatformError: the platform refused.
            Unreachable: nothing answered.
        """
        try:
            answer = self._session.request(
                method,
                f"{self.url}/api/v1{path}",
                auth=_Token(self.token),
                timeout=self._timeout,
                stream=stream,
                allow_redirects=False,  # a redirection could take the token elsewhere
                **asked,
            )
        except requests.exceptions.Timeout as error:
            reason = f"no answer within {self._timeout:g} s"
            connected = not isinstance(error, requests.exceptions.ConnectTimeout)
            raise Unreachable.after(self.url, reason, sent=connected) from error
        except requests.exceptions.RequestException as error:
            reason = _reason(error)
            raise Unreachable.after(self.url, reason, sent=_was_sent(error)) from error
        if answer.is_redirect:
            raise Moved(url=self.url, target=answer.headers.get("Location", "another address"))
        if answer.status_code >= 400:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: requests.Response) -> PlatformError | NotThePlatform:
        try:
            problem = answer.json()
        except (requests.exceptions.RequestException, ValueError):
            problem = None
        finally:
            answer.close()
        return refusal(self.url, answer.status_code, problem)


class _Token(AuthBase):
    """Sends the token, and keeps requests from looking for credentials elsewhere (.netrc)."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers[TOKEN_HEADER] = self._token
        return request


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _was_sent(error: BaseException) -> bool:
    """Tell whether a request may have arrived although there was no answer."""
    cause: object = error.args[0] if error.args else None
    return not isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _reason(error: BaseException) -> str:
    """Dig the system's words out of what three libraries wrapped around them."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        inner = getattr(cause, "reason", None)
        cause = (
            inner if isinstance(inner, BaseException) else (cause.__cause__ or cause.__context__)
        )
    return type(error).__name__
