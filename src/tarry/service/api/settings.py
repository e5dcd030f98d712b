"""What `tarry serve` is told: by option, before the environment, before the `env` file."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from tarry.service.api.own_pages import check_templates
from tarry.service.errors import InvalidServeSetting
from tarry.service.functions.served import load_functions
from tarry.service.interfaces import Function
from tarry.service.model import program_file
from tarry.service.model.program import ProgramFile

DEFAULT_HOST = "127.0.0.1"
DEFAULT_TCP_PORT = 8081
DEFAULT_LOG_FORMAT = "pretty"
LOG_FORMATS = ("pretty", "json")
_AUTH_PATH = "/authManager/AuthManager?wsdl"
_MANAGER_PATH = "/dfki/WorkflowManager2Service/services/SOAP?wsdl"
_FILES_PATH = "/api/v1/files"
_PUSH_PATH = "/push"
_ENV_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")
_ROOT = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True, kw_only=True)
class ServedProgram:
    """A program file and where its services stand.

    Attributes:
        context_root: first part of their paths: empty, or with a slash before and none after.
        functions: those of its operations that run in this process.
    """

    program: ProgramFile
    context_root: str
    functions: Mapping[str, Function] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ServeSettings:
    """All that a serving process is told.

    Attributes:
        data: folder of the runs; one process at a time.
        auth: address of the authentication manager's WSDL.
        no_auth: take everybody for the same person; loopback only.
        platform: base URL of a Tarry platform: its storage and its manager's bell.
        manager: WSDL of the workflow manager, if not the platform's.
        base_url: public URL before the context root, which the WSDLs name.
        hosts: further host names under which requests are taken.
        allowed: further addresses that the authentication manager's WSDL may lead to.
        stop_on_eof: end when the standard input closes.
        log_format: `pretty` for people, `json` for machines.
        access_log: whether every call is logged.
    """

    programs: tuple[ServedProgram, ...]
    host: str = DEFAULT_HOST
    tcp_port: int = DEFAULT_TCP_PORT
    data: Path = field(default_factory=Path)
    auth: str | None = None
    no_auth: bool = False
    platform: str | None = None
    manager: str | None = None
    base_url: str | None = None
    hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    stop_on_eof: bool = False
    log_format: str = DEFAULT_LOG_FORMAT
    access_log: bool = False

    def __post_init__(self) -> None:
        if not self.programs:
            raise InvalidServeSetting(setting="FILE", reason="give at least one program file")
        if self.no_auth and (self.auth or self.platform):
            raise InvalidServeSetting(
                setting="--no-auth", reason="cannot be combined with --auth or --platform"
            )
        if self.no_auth and not is_loopback(self.host):
            raise InvalidServeSetting(
                setting="--no-auth",
                reason=f"is for this machine only, and --host {self.host} is not: "
                "anybody there could run programs here",
            )
        if self.log_format not in LOG_FORMATS:
            raise InvalidServeSetting(
                setting="TARRY_LOG_FORMAT", reason=f"must be pretty or json: {self.log_format!r}"
            )
        for name, url in (
            ("--auth", self.auth),
            ("--platform", self.platform),
            ("--manager", self.manager),
            ("--public-url", self.base_url),
        ):
            if url is not None:
                _check_url(name, url)

    @property
    def files_url(self) -> str | None:
        """The platform's door for files."""
        return f"{self.platform.rstrip('/')}{_FILES_PATH}" if self.platform else None

    @property
    def push_url(self) -> str | None:
        """The manager's bell."""
        return f"{self.platform.rstrip('/')}{_PUSH_PATH}" if self.platform else None

    @property
    def manager_url(self) -> str | None:
        """The WSDL of the workflow manager."""
        if self.manager:
            return self.manager
        return f"{self.platform.rstrip('/')}{_MANAGER_PATH}" if self.platform else None

    @property
    def auth_url(self) -> str | None:
        """The WSDL of the authentication manager."""
        if self.auth:
            return self.auth
        return f"{self.platform.rstrip('/')}{_AUTH_PATH}" if self.platform else None


def read_settings(
    files: Sequence[Path],
    *,
    host: str | None = None,
    tcp_port: int | None = None,
    context_root: str | None = None,
    data: Path | None = None,
    auth: str | None = None,
    no_auth: bool = False,
    platform: str | None = None,
    manager: str | None = None,
    base_url: str | None = None,
    stop_on_eof: bool = False,
    log_format: str | None = None,
    access_log: bool = False,
    environ: Mapping[str, str] | None = None,
) -> ServeSettings:
    """Read program files and settings: option before environment before `env` file.

    Raises:
        ProgramFileInvalid: a program file cannot be used.
        InvalidServeSetting: a setting cannot be used.
    """
    environ = os.environ if environ is None else environ
    beside = [read_env_file(file.parent / "env") for file in files]
    # each program file has the context root of its own folder; the rest is said by the first
    first: dict[str, str] = {}
    for found in reversed(beside):
        first.update(found)
    said = {**first, **environ}
    # who says on the command line whom to trust is not overruled by what lies around
    told = no_auth or auth is not None or platform is not None
    programs = tuple(
        read_served(
            file,
            context_root=_root(
                _first(context_root, environ.get("CONTEXT_ROOT"), own.get("CONTEXT_ROOT"), "")
            ),
        )
        for file, own in zip(files, beside, strict=True)
    )
    return ServeSettings(
        programs=programs,
        host=_first(host, said.get("TARRY_HOST"), DEFAULT_HOST),
        tcp_port=_tcp_port(tcp_port, said.get("TARRY_SERVE_PORT")),
        data=data or _data(said, programs),
        auth=auth if told else said.get("TARRY_AUTH") or None,
        no_auth=no_auth,
        platform=platform if told else said.get("TARRY_PLATFORM") or None,
        manager=manager or said.get("TARRY_MANAGER") or None,
        base_url=base_url or said.get("TARRY_PUBLIC_URL") or None,
        hosts=_list(said.get("TARRY_HOSTS")),
        trusted_proxies=_list(said.get("TARRY_TRUSTED_PROXIES")),
        allowed=_list(said.get("TARRY_ALLOWED")),
        stop_on_eof=stop_on_eof,
        log_format=_first(log_format, said.get("TARRY_LOG_FORMAT"), DEFAULT_LOG_FORMAT),
        access_log=access_log or said.get("TARRY_ACCESS_LOG", "") in {"1", "true"},
    )


def read_served(file: Path, *, context_root: str = "") -> ServedProgram:
    """Read a program file, or load a module of functions (`.py`).

    Raises:
        ProgramFileInvalid: it cannot be used; the message names file, line and key.
        InvalidServeSetting: it cannot be read.
    """
    if file.suffix == ".py":
        program, functions = load_functions(file)
        check_templates(program, file)
        return ServedProgram(program=program, context_root=context_root, functions=functions)
    program = _read_program_file(file)
    check_templates(program, file)
    return ServedProgram(program=program, context_root=context_root)


def read_program(file: Path) -> ProgramFile:
    """Read a program file, or the program file that a module of functions amounts to.

    Raises:
        ProgramFileInvalid: it cannot be used; the message names file, line and key.
        InvalidServeSetting: it cannot be read.
    """
    return read_served(file).program


def _read_program_file(file: Path) -> ProgramFile:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidServeSetting(setting=str(file), reason=f"cannot be read: {error}") from error
    return program_file.read(text, file=str(file), here=str(file.parent.resolve()))


def read_env_file(file: Path) -> dict[str, str]:
    """Read a file of `NAME=value` lines, as Docker does; nothing if it is not there."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    found: dict[str, str] = {}
    for line in lines:
        if not line.lstrip().startswith("#") and (match := _ENV_LINE.fullmatch(line)):
            value = match[2]
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[match[1]] = value[1:-1] if quoted else value
    return found


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _first(*values: str | None) -> str:
    return next(value for value in values if value is not None)


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(item.strip() for item in (text or "").split(",") if item.strip())


def _root(text: str) -> str:
    root = "/" + text.strip().strip("/") if text.strip().strip("/") else ""
    if not _ROOT.fullmatch(root) or {".", ".."} & set(root.split("/")):
        raise InvalidServeSetting(
            setting="CONTEXT_ROOT", reason=f"must be a path such as /company/machine, not {text!r}"
        )
    return root


def _tcp_port(option: int | None, said: str | None) -> int:
    if option is not None:
        return option
    if said is None or not said.strip():
        return DEFAULT_TCP_PORT
    if not said.strip().isdecimal() or int(said) > 65_535:
        raise InvalidServeSetting(setting="TARRY_SERVE_PORT", reason=f"is no TCP port: {said!r}")
    return int(said)


def _data(said: Mapping[str, str], programs: Sequence[ServedProgram]) -> Path:
    if folder := said.get("TARRY_SERVE_DATA"):
        return Path(folder)
    home = said.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "tarry" / "services" / programs[0].program.name


def _check_url(setting: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        valid = False
    if not valid:
        raise InvalidServeSetting(
            setting=setting, reason="must be an http or https URL without a user name"
        )
