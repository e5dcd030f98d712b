"""Serving program files: the wiring of this room, and uvicorn around it."""

import os
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import aiohttp
import structlog
import uvicorn

from tarry.jobs.adapters.local import LocalExecutor
from tarry.jobs.adapters.processes import boot_id
from tarry.service.adapters.authentication import (
    NoAuthentication,
    RememberedAuthentication,
    SoapAuthentication,
    UnknownAuthentication,
)
from tarry.service.adapters.bubblewrap import Bubblewrap, check_boxes
from tarry.service.adapters.dialogs import fill_page
from tarry.service.adapters.disk import DiskRuns
from tarry.service.adapters.manager import SoapManager
from tarry.service.adapters.measuring import Disk
from tarry.service.adapters.pages import render
from tarry.service.adapters.platform import HttpPush, HttpStorage, NoPush
from tarry.service.adapters.watching import FileWatcher
from tarry.service.api.application import Application, HostCheck
from tarry.service.api.calls import App, Watched, noting
from tarry.service.api.handlers import handlers
from tarry.service.api.health import Readiness, measured, readiness
from tarry.service.api.metrics import Tally, metrics
from tarry.service.api.overview import check_paths, door_page, pages, rest_doors
from tarry.service.api.settings import ServedProgram, ServeSettings, is_loopback
from tarry.service.interfaces import Authentication, Clock, Manager, SinceBoot
from tarry.service.model.interface import doors
from tarry.service.operations.bounds import keep_bounds
from tarry.service.operations.take_up import take_up_all
from tarry.service.operations.upkeep import clean_up, tell_changes
from tarry.service.operations.workshop import Workshop
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.heads import BoundedHttp
from tarry.soap.server import Endpoint

log = structlog.get_logger(__name__)

_KEEP_FOR = timedelta(days=30)
_LAST_WORDS = 2
"""Seconds that calls get to end when the service is stopped."""
_BACKLOG = 2048
_KEEP_ALIVE = 2.0
_MOST_FILES = 16_384


def _now() -> datetime:
    return datetime.now(UTC)


def _since_boot() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)  # goes on while the machine sleeps


@dataclass(frozen=True, kw_only=True)
class Served:
    """A WSDL that is served: its path from the host's root, and the operations one can call."""

    path: str
    operations: tuple[str, ...]


class Service:
    """All services of one process, as an ASGI application.

    Attributes:
        app: the application; its lifespan takes up the runs that go on.
        served: what it serves.
        runs: the records of the runs.
        workshop: where its verbs work.
    """

    def __init__(
        self,
        settings: ServeSettings,
        *,
        authentication: Authentication | None = None,
        clock: Clock = _now,
        since_boot: SinceBoot = _since_boot,
    ) -> None:
        """Wire everything; takes the data folder, so that it is refused at once if in use.

        Raises:
            DataFolderInUse: another process has it.
            PathTaken: two of them have the same address.
            BadInterface: a program file cannot be described to SOAP clients.
            BoxUnavailable: a program file asks for a box, and this machine has none.
        """
        check_paths(settings.programs)
        check_boxes(served.program for served in settings.programs)
        self._settings = settings
        self._http: aiohttp.ClientSession | None = None
        self._soap_clients: list[SoapClient] = []
        self.runs = DiskRuns(settings.data)
        self.workshop = Workshop(
            runs=self.runs,
            executor=LocalExecutor(),
            authentication=authentication or self._authentication(),
            storage=None,
            push=NoPush(),
            watcher=FileWatcher(),
            render=render,
            fill_page=fill_page,
            room=Disk(self.runs.data),
            boxes=Bubblewrap(self.runs.data),
            clock=clock,
            since_boot=since_boot,
            boot=boot_id(),
            python=sys.executable,
            tells_folder=settings.platform is not None,
            manager=self._manager(),
            functions={
                (served.program.here, served.program.name, name): function
                for served in settings.programs
                for name, function in served.functions.items()
            },
        )
        self.served: tuple[Served, ...] = ()
        endpoints: dict[str, App] = {}
        for served in settings.programs:
            for operation in served.program.operations:
                key = (served.program.name, operation.name)
                self.workshop.turns.set_limit(key, operation.limits.runs_at_once)
            endpoints.update(self._endpoints(served))
        self.app = self._watched(endpoints)

    async def start(self) -> None:
        """Open connections, and take up the runs that go on."""
        settings, workshop = self._settings, self.workshop
        if settings.files_url and settings.push_url:
            self._http = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                # below that of the platform's server (5 s), so as not to meet a closed connection
                connector=aiohttp.TCPConnector(keepalive_timeout=_KEEP_ALIVE),
            )
            workshop.storage = HttpStorage(settings.files_url, self._http)
            workshop.push = HttpPush(settings.push_url, self._http)
        taken = await take_up_all(workshop)
        workshop.spawn(clean_up(workshop, _KEEP_FOR), name="clean up")
        workshop.spawn(tell_changes(workshop), name="tell changes")
        workshop.spawn(keep_bounds(workshop), name="keep bounds")
        log.info("service.started", data=str(self.runs.data), runs_taken_up=taken)
        if settings.no_auth:
            log.warning(
                "service.unprotected",
                meaning="--no-auth: session tokens are not checked; everybody who reaches this "
                "machine's loopback can run these programs. For local trials only.",
            )

    async def stop(self) -> None:
        """Let go of everything. Programs go on and are found again."""
        going = len(self.workshop.going)
        await self.workshop.close()
        if self._http is not None:
            await self._http.close()
        for client in self._soap_clients:
            await client.close()
        self.runs.close()
        log.info("service.stopped", programs_going_on=going)

    def _watched(self, endpoints: dict[str, App]) -> Watched:
        settings, tally = self._settings, Tally()
        described, below = rest_doors(self.workshop, settings)
        app = Application(
            {**pages(settings), **described, **endpoints, **self._watching(tally)},
            hosts=host_check(settings),
            start=self.start,
            stop=self.stop,
            below=below,
        )
        return Watched(app, tally, access_log=settings.access_log)

    def _watching(self, tally: Tally) -> dict[str, App]:
        ready = Readiness(self.runs.data, self.workshop.authentication)
        return {
            "/readyz": readiness(ready),
            "/metrics": measured(lambda: metrics(tally, self.workshop)),
        }

    def _authentication(self) -> Authentication:
        settings = self._settings
        if settings.no_auth:
            return NoAuthentication()
        if settings.auth_url is None:
            return UnknownAuthentication()
        client = self._soap_client(settings.auth_url)
        return RememberedAuthentication(SoapAuthentication(settings.auth_url, client))

    def _manager(self) -> Manager | None:
        url = self._settings.manager_url
        return SoapManager(url, self._soap_client(url)) if url else None

    def _soap_client(self, wsdl: str) -> SoapClient:
        client = SoapClient(allowed_addresses(wsdl, self._settings.allowed))
        self._soap_clients.append(client)
        return client

    def _endpoints(self, served: ServedProgram) -> dict[str, App]:
        found: dict[str, App] = {}
        for door in doors(served.program):
            path = f"{served.context_root}/{door.path}"
            page = door_page(served, door, self._settings)
            found[path] = Endpoint(
                door.interface,
                noting(handlers(self.workshop, served.program, door), service=served.program.name),
                path=path,
                base_url=self._settings.base_url,
                page=partial(bytes, page),
                trusted_proxies=self._settings.trusted_proxies,
            )
            names = tuple(operation.name for operation in door.operations)
            self.served = (*self.served, Served(path=path, operations=names))
        return found


def build(
    settings: ServeSettings,
    *,
    authentication: Authentication | None = None,
    clock: Clock = _now,
    since_boot: SinceBoot = _since_boot,
) -> Service:
    """Make the services of a process; `.app` is the ASGI application."""
    return Service(settings, authentication=authentication, clock=clock, since_boot=since_boot)


def host_check(settings: ServeSettings) -> HostCheck:
    """Say under which host names requests are taken."""
    loopback = is_loopback(settings.host)
    names = {name.lower() for name in settings.hosts}
    if settings.base_url and (own := urlsplit(settings.base_url).hostname):
        names.add(own)
    if not loopback:
        names |= {settings.host.lower(), socket.gethostname().lower(), socket.getfqdn().lower()}
    return HostCheck(names, loopback_only=loopback)


def allowed_addresses(wsdl: str, more: Sequence[str]) -> AllowedAddresses:
    """Say where another service may be: where the operator says it is."""
    host = urlsplit(wsdl).hostname or ""
    return AllowedAddresses.parse(("loopback" if is_loopback(host) else host, *more))


def serve(
    settings: ServeSettings, *, announce: Callable[[Sequence[str]], None] | None = None
) -> None:
    """Serve until the process is told to end (or its standard input closes, if so set).

    Args:
        settings: what to serve and where.
        announce: is told the addresses of the WSDLs as soon as they answer.

    Raises:
        DataFolderInUse: another process keeps its runs there.
        OSError: the address cannot be listened on.
    """
    _allow_many_files()
    listener = _listen(settings.host, settings.tcp_port)
    try:
        service = build(settings)
        server = _Server(
            uvicorn.Config(
                service.app,
                http=BoundedHttp,
                log_config=None,
                access_log=False,
                lifespan="on",
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=_LAST_WORDS,
                backlog=_BACKLOG,
            )
        )
        base = settings.base_url or f"http://{_shown_host(settings.host)}:{_port_of(listener)}"
        addresses = [f"{base.rstrip('/')}{served.path}?wsdl" for served in service.served]

        def tell() -> None:
            log.info("service.listening", wsdl=addresses)
            if announce is not None:
                announce(addresses)

        server.on_started = tell
        if settings.stop_on_eof:
            threading.Thread(target=_stop_on_eof, args=(server,), daemon=True).start()
        with suppress(KeyboardInterrupt):  # raised once more when all has ended well
            server.run(sockets=[listener])
    finally:
        listener.close()


class _Server(uvicorn.Server):
    """Tells when it answers."""

    on_started: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.on_started is not None:
            self.on_started()


def _allow_many_files() -> None:
    """Let this process hold a few descriptors for each of thousands of runs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen(host: str, tcp_port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, tcp_port))
    except BaseException:
        listener.close()
        raise
    return listener


def _port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _shown_host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - shown, not listened on
        return socket.gethostname()
    if host == "127.0.0.1":
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _stop_on_eof(server: uvicorn.Server) -> None:
    # not through sys.stdin: a thread that waits there breaks the end of the interpreter
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    server.should_exit = True
