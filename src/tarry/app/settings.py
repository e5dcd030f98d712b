"""The platform's settings: option before environment before settings file before default."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from tarry.platform.kernel.errors import InvalidSetting

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
DEFAULT_TCP_PORT = 8080
GIBIBYTE = 1024**3


class Role(StrEnum):
    """What a process of the platform does."""

    ALL = "all"  # it answers requests, and manages runs whenever it leads
    DOORS = "doors"  # it answers requests


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator can choose. Every field is a key of the settings file too.

    Attributes:
        data: folder of the database, the files and the services' runs. `TARRY_DATA`; by default
            `tarry` in the user's data folder (`XDG_DATA_HOME`). On a local disk.
        host: address to listen on. `TARRY_HOST`; by default only this machine is served.
        tcp_port: TCP port to listen on. `TARRY_PORT`.
        database: SQLAlchemy URL of a PostgreSQL database. `TARRY_DATABASE`; empty means SQLite in
            `data`.
        public_url: address at which browsers and services reach the platform, if a proxy stands
            before it. `TARRY_PUBLIC_URL`.
        host_names: further names and addresses under which requests are taken (`Host` header).
            `TARRY_HOST_NAMES`, separated by commas.
        allowed_addresses: where WSDLs and services may be called: `loopback`, host names, networks
            such as `10.0.0.0/8`, or `any`. `TARRY_ALLOWED_ADDRESSES`, separated by commas. By
            default `loopback` if only this machine is served, else nowhere: others are not to
            probe it. What `tarry up` and the demo serve themselves is always called.
        trusted_proxies: addresses of proxies whose `X-Forwarded-*` headers count.
            `TARRY_TRUSTED_PROXIES`, separated by commas.
        extra_parameters: further pairs `key=value` for services that take `extraParameters`, such
            as `gss=https://…?wsdl`. `TARRY_EXTRA_PARAMETERS`, separated by commas.
        page_frames: sites that status pages of services may show in frames of theirs, such as
            `https://viewer.example.org`. `TARRY_PAGE_FRAMES`, separated by commas; by default none.
        upload_limit: largest file that is taken, in bytes. `TARRY_UPLOAD_LIMIT`; 4 GiB by default.
        mail_server: where mail to users is handed over: `smtp://host:25`, or
            `smtps://user:password@host`. `TARRY_MAIL_SERVER`; empty: no mail is sent.
        mail_from: who that mail is from. `TARRY_MAIL_FROM`.
        keep_runs: how many days a run is kept after its end, with its files. `TARRY_KEEP_RUNS`; 0,
            the default, means for ever.
        keep_pages: how many days its status pages are kept. `TARRY_KEEP_PAGES`; 0 means as long as
            the run.
        keep_trail: how many days a line of the audit trail is kept. `TARRY_KEEP_TRAIL`; 400 by
            default, so that a whole year and the month after it can be looked at; 0 means for ever.
        role: `all`, or `doors` for a process that only answers requests and never manages runs,
            beside others on the same PostgreSQL database and data folder. `TARRY_ROLE`.
        log_format: `pretty` or `json`. `TARRY_LOG_FORMAT`.
    """

    data: Path
    host: str = "127.0.0.1"
    tcp_port: int = DEFAULT_TCP_PORT
    database: str = ""
    public_url: str = ""
    host_names: tuple[str, ...] = ()
    allowed_addresses: tuple[str, ...] = ("loopback",)
    trusted_proxies: tuple[str, ...] = ()
    extra_parameters: tuple[str, ...] = ()
    page_frames: tuple[str, ...] = ()
    upload_limit: int = 4 * GIBIBYTE
    mail_server: str = field(default="", repr=False)
    mail_from: str = ""
    keep_runs: int = 0
    keep_pages: int = 0
    keep_trail: int = 400
    role: Role = Role.ALL
    log_format: str = "pretty"

    @property
    def serves_others(self) -> bool:
        """Whether requests come from other machines than this one."""
        here = self.host in LOOPBACK_HOSTS or self.host.startswith("127.")
        return bool(self.public_url) or not here

    def calling_own(self) -> "Settings":
        """Give the settings of a platform that calls services which it serves itself."""
        allowed = dict.fromkeys((*self.allowed_addresses, "loopback"))
        return replace(self, allowed_addresses=tuple(allowed))

    @property
    def url(self) -> str:
        """The address that people and services use."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "localhost" if self.host in (*LOOPBACK_HOSTS, "0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.tcp_port}"

    @property
    def loopback_url(self) -> str:
        """The address at which programs of this machine reach the platform."""
        host = self.host if self.host not in {"0.0.0.0", "localhost"} else "127.0.0.1"  # noqa: S104
        host = "::1" if host == "::" else host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.tcp_port}"


ENVIRONMENT = {
    "data": "TARRY_DATA",
    "host": "TARRY_HOST",
    "tcp_port": "TARRY_PORT",
    "database": "TARRY_DATABASE",
    "public_url": "TARRY_PUBLIC_URL",
    "host_names": "TARRY_HOST_NAMES",
    "allowed_addresses": "TARRY_ALLOWED_ADDRESSES",
    "trusted_proxies": "TARRY_TRUSTED_PROXIES",
    "extra_parameters": "TARRY_EXTRA_PARAMETERS",
    "page_frames": "TARRY_PAGE_FRAMES",
    "upload_limit": "TARRY_UPLOAD_LIMIT",
    "mail_server": "TARRY_MAIL_SERVER",
    "mail_from": "TARRY_MAIL_FROM",
    "keep_runs": "TARRY_KEEP_RUNS",
    "keep_pages": "TARRY_KEEP_PAGES",
    "keep_trail": "TARRY_KEEP_TRAIL",
    "role": "TARRY_ROLE",
    "log_format": "TARRY_LOG_FORMAT",
}
"""The environment variable of each setting."""

_NO_SETTINGS = frozenset(
    f"TARRY_{name}"
    for name in (
        *("SETTINGS", "URL", "USER", "PROJECT", "TOKEN", "PASSWORD", "NEW_PASSWORD"),
        *("SERVE_PORT", "SERVE_DATA", "HOSTS", "AUTH", "PLATFORM", "MANAGER", "ACCESS_LOG"),
        *("JOB", "MESSAGES", "PROGRESS_FD", "SKIP_FRONTEND"),
    )
)
"""Variables that others read: commands, services, programs and the installation."""

_WHOLE_NUMBERS = {"tcp_port": (1, 65_535), "upload_limit": (1, 1 << 50)}
_WHOLE_NUMBERS |= dict.fromkeys(("keep_runs", "keep_pages", "keep_trail"), (0, 36_500))
_OWN_PARAMETERS = frozenset({"WFM", "auth"})
_LISTS = frozenset(
    ("host_names", "allowed_addresses", "trusted_proxies", "extra_parameters", "page_frames")
)
# It becomes part of a policy that browsers keep to: nothing else may stand in it.
_SITE = re.compile(r"https?://(\*\.)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)


def load(
    environment: Mapping[str, str], *, file: Path | None = None, **options: object
) -> Settings:
    """Gather the settings.

    Args:
        environment: the process's environment variables.
        file: a TOML file; `TARRY_SETTINGS` names it otherwise.
        options: what the command line said; `None` means that it said nothing.

    Raises:
        InvalidSetting: it names the setting, where it was set, and what is wrong.
    """
    named = environment.get("TARRY_SETTINGS")
    if file is None and named:
        file = Path(named)
    found: dict[str, object] = {"data": _default_data(environment)}
    if file is not None:
        found |= _read_file(file)
    for name, variable in ENVIRONMENT.items():
        if text := environment.get(variable, "").strip():
            found[name] = _read(name, text, f"{variable}")
    found |= {name: value for name, value in options.items() if value is not None}
    settings = Settings(**found)  # type: ignore[arg-type]
    if "allowed_addresses" not in found and settings.serves_others:
        settings = replace(settings, allowed_addresses=())
    if settings.role is Role.DOORS and not settings.database:
        reason = "'doors' needs TARRY_DATABASE: on SQLite there is one process, which does all"
        raise InvalidSetting(setting="role", reason=reason)
    if settings.mail_server and not settings.mail_from:
        raise InvalidSetting(setting="mail_from", reason="mail_server needs it: who is mail from?")
    if settings.log_format not in {"pretty", "json"}:
        raise InvalidSetting(setting="log_format", reason="it is 'pretty' or 'json'")
    return settings


def mistyped(environment: Mapping[str, str]) -> dict[str, str]:
    """Find variables that are probably meant for a setting and are not read; give that setting's.

    A mistyped limit must not look as if it held. Whatever else begins so is somebody else's.
    """
    known = set(ENVIRONMENT.values())
    strange = {name for name in environment if name.startswith("TARRY_")} - known - _NO_SETTINGS
    near = {name: get_close_matches(name, known, n=1, cutoff=0.85) for name in sorted(strange)}
    return {name: found[0] for name, found in near.items() if found}


def _default_data(environment: Mapping[str, str]) -> Path:
    base = environment.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "tarry"


def _read_file(file: Path) -> dict[str, object]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidSetting(setting=str(file), reason=f"cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidSetting(setting=str(file), reason=f"is not TOML: {error}") from error
    known = [field.name for field in fields(Settings)]
    found: dict[str, object] = {}
    for name, value in data.items():
        if name not in known:
            raise InvalidSetting(
                setting=f"{file}: {name}", reason=f"unknown; there are: {', '.join(known)}"
            )
        found[name] = _read(name, _as_text(name, value, f"{file}: {name}"), f"{file}: {name}")
    return found


def _as_text(name: str, value: object, where: str) -> str:
    """Give a value of the file as it would stand in the environment."""
    items = value if isinstance(value, list) and name in _LISTS else [value]
    if any(isinstance(item, bool) or not isinstance(item, str | int | float) for item in items):
        wanted = "a list of texts" if name in _LISTS else "a text or a number"
        raise InvalidSetting(setting=where, reason=f"it has to be {wanted}")
    return ",".join(map(str, items))


def _read(name: str, text: str, where: str) -> object:
    if name in _WHOLE_NUMBERS:
        least, most = _WHOLE_NUMBERS[name]
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise InvalidSetting(
                setting=where, reason=f"{text!r} is not a whole number from {least} to {most}"
            )
        return int(text)
    if name in _LISTS:
        items = tuple(item.strip() for item in text.split(",") if item.strip())
        _hold_list(name, items, where)
        return items
    if name == "role":
        if text not in set(Role):
            raise InvalidSetting(setting=where, reason=f"{text!r} is neither 'all' nor 'doors'")
        return Role(text)
    if name == "data":
        return Path(text).expanduser()
    if name == "public_url" and text:
        _hold_url(text, where)
    return text


def _hold_sites(sites: tuple[str, ...], where: str) -> None:
    for site in sites:
        if not _SITE.fullmatch(site):
            reason = f"{site!r} is no site, such as https://viewer.example.org, without a path"
            raise InvalidSetting(setting=where, reason=reason)


def _hold_url(text: str, where: str) -> None:
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        good = good and not parts.query and not parts.fragment and parts.username is None
    except ValueError:
        good = False
    if not good:
        reason = f"{text!r} is no address such as https://tarry.example.org"
        raise InvalidSetting(setting=where, reason=reason)


def _hold_list(name: str, items: tuple[str, ...], where: str) -> None:
    if name == "extra_parameters":
        _hold_pairs(items, where)
    if name == "page_frames":
        _hold_sites(items, where)
    for item in items if name == "trusted_proxies" else ():
        try:
            ip_network(item)
        except ValueError:
            if item != "*":
                reason = f"{item!r} is no IP address such as 127.0.0.1, nor a network of such"
                raise InvalidSetting(setting=where, reason=reason) from None


def _hold_pairs(pairs: tuple[str, ...], where: str) -> None:
    for pair in pairs:
        key, _, value = pair.partition("=")
        if not key.strip() or not value.strip():
            raise InvalidSetting(setting=where, reason=f"{pair!r} is not of the form key=value")
        if "=" in value:
            reason = f"{pair!r} holds '=' in its value, which services in use would cut off there"
            raise InvalidSetting(setting=where, reason=reason)
        if key.strip() in _OWN_PARAMETERS:
            raise InvalidSetting(setting=where, reason=f"{key} is given by the platform itself")
