"""Which platform, as whom: log-ins are kept with mode 0600 in the user's configuration folder."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tarry.cli.failures import Failure

if TYPE_CHECKING:
    from tarry.client import Platform, Session

DEFAULT_URL = "http://localhost:8080"


@dataclass(frozen=True, kw_only=True)
class Login:
    """A log-in that is kept. Its token is a secret."""

    url: str
    user: str
    project: str
    token: str = field(repr=False)
    expires_at: str = ""

    def is_good(self, now: datetime) -> bool:
        """Whether the token can still be valid."""
        return not self.expires_at or datetime.fromisoformat(self.expires_at) > now


class Logins:
    """The file of log-ins: one per platform, and which platform was used last."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Logins":
        """Find the user's file."""
        base = environment.get("XDG_CONFIG_HOME")
        config = Path(base) if base else Path.home() / ".config"
        return cls(config / "tarry" / "logins.json")

    def last_url(self) -> str | None:
        """Tell the platform that was logged in to last."""
        url = self._read().get("last")
        return url if isinstance(url, str) else None

    def find(self, url: str) -> Login | None:
        """Find the log-in at a platform."""
        kept = self._read().get("logins", {}).get(url)
        try:
            return Login(**kept) if kept else None
        except TypeError:
            return None

    def keep(self, login: Login) -> None:
        """Keep a log-in; nobody else can read it."""
        data = self._read()
        data["last"] = login.url
        data.setdefault("logins", {})[login.url] = asdict(login)
        self._write(data)

    def forget(self, url: str) -> None:
        """Drop the log-in at a platform."""
        data = self._read()
        data.get("logins", {}).pop(url, None)
        self._write(data)

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) else {}

    def _write(self, data: Mapping[str, object]) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(data, stream, indent=2)
        draft.replace(self._file)


def platform_url(environment: Mapping[str, str], logins: Logins) -> str:
    """Tell which platform is meant: `TARRY_URL`, else the last one, else the one here."""
    named = environment.get("TARRY_URL", "").strip()
    if named and "://" not in named:
        named = f"http://{named}"
    port = environment.get("TARRY_PORT", "").strip()
    here = f"http://localhost:{port}" if port else DEFAULT_URL
    return (named or logins.last_url() or here).rstrip("/")


def kept(url: str, session: "Session") -> Login:
    """Make of a session what is kept of it."""
    expires_at = session.expires_at.isoformat() if session.expires_at else ""
    return Login(
        url=url,
        user=session.user,
        project=session.project,
        token=session.token,
        expires_at=expires_at,
    )


@contextmanager
def connected() -> Iterator["Platform"]:
    """Give the platform with the user's token, logging in from the environment if need be.

    A token in `TARRY_TOKEN` goes before everything else, and nothing is kept of it.

    Raises:
        Failure: nobody is logged in, and the environment does not say who and with what password.
    """
    from tarry.client import Platform

    environment = os.environ
    logins = Logins.of(environment)
    url = platform_url(environment, logins)
    if token := environment.get("TARRY_TOKEN", "").strip():
        with Platform(url, token) as platform:
            yield platform
        return
    login = logins.find(url)
    user, project = environment.get("TARRY_USER"), environment.get("TARRY_PROJECT")
    fits = (
        login is not None
        and login.is_good(datetime.now(UTC))
        and user in (None, "", login.user)
        and project in (None, "", login.project)
    )
    with Platform(url, login.token if login and fits else None) as platform:
        if not fits:
            password = environment.get("TARRY_PASSWORD")
            if not user or not password:
                raise Failure(
                    f"You are not logged in at {url}",
                    hint="Log in with 'tarry login', or set TARRY_USER and TARRY_PASSWORD.",
                )
            logins.keep(kept(url, platform.log_in(user, password, project or None)))
        yield platform
