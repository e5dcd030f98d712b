"""The life of the platform's process: start, serve, and stop cleanly within seconds."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from tarry.app import logs
from tarry.app.folder import DataFolder
from tarry.app.listening import listen
from tarry.app.platform import Platform, build
from tarry.app.services import ServiceProcess, kept_tcp_port
from tarry.app.settings import Settings
from tarry.platform.executions.adapters.notices import channels
from tarry.platform.kernel.adapters.notices import hear_notices
from tarry.soap.heads import BoundedHttp

log = structlog.get_logger()

PORT_PATIENCE = timedelta(seconds=5)
LAST_ANSWERS_WITHIN = timedelta(seconds=2)
"""How long open requests may go on at a stop; event streams never end by themselves."""

PLATFORM_LOG = "platform.log"
SERVICES_LOG = "services.log"
IMPATIENT = 130

Ready = Callable[[Platform, ServiceProcess | None], Awaitable[None]]
"""What is done once platform and services are up: registering, publishing, announcing."""

Wire = Callable[[Settings, DataFolder], Awaitable[Platform]]
"""Wires a platform on its data folder. Tests put something around one of its parts."""


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: what a signal ends, and in which order, is for us."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run(
    settings: Settings,
    *,
    programs: Sequence[Path] = (),
    ready: Ready | None = None,
    log_to_files: bool = False,
    wire: Wire = build,
) -> int:
    """Run the platform until a signal ends it; gives how many runs go on without us.

    Args:
        settings: of the platform.
        programs: program files to serve beside it, in a process of their own.
        ready: called once everything answers.
        log_to_files: leave the terminal to what `ready` prints; the logs go to the data folder.
        wire: makes the platform.

    Raises:
        InvalidSetting: the data folder or another setting cannot be used.
        PortTaken: somebody else has the TCP port.
    """
    async with AsyncExitStack() as ending:
        folder = DataFolder.open(settings.data, shared=bool(settings.database))
        ending.callback(folder.close)
        log_file = folder.path / PLATFORM_LOG if log_to_files else None
        logs.configure(log_format=settings.log_format, file=log_file)
        sockets = await listen(settings, patience=PORT_PATIENCE)
        for opened in sockets:
            ending.callback(opened.close)
        platform = await wire(settings.calling_own() if programs else settings, folder)
        ending.push_async_callback(platform.close)
        server = _Server(
            uvicorn.Config(
                platform.asgi,
                http=BoundedHttp,
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=int(LAST_ANSWERS_WITHIN.total_seconds()),
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=list(settings.trusted_proxies),
                server_header=False,
            )
        )
        services = _services(settings, folder, programs, log_to_files=log_to_files)
        await _live(server, sockets, platform, services, ready)
        return await platform.count_unfinished()


def _services(
    settings: Settings, folder: DataFolder, programs: Sequence[Path], *, log_to_files: bool
) -> ServiceProcess | None:
    if not programs:
        return None
    process = ServiceProcess(
        programs,
        tcp_port=kept_tcp_port(folder, settings.tcp_port),
        data=folder.path / "services",
        platform_url=settings.loopback_url,
        log_file=logs.begin(folder.path / SERVICES_LOG) if log_to_files else None,
    )
    process.programs()  # a file that cannot be used is named at once, not by a child that dies
    return process


async def _live(
    server: _Server,
    sockets: list[socket.socket],
    platform: Platform,
    services: ServiceProcess | None,
    ready: Ready | None,
) -> None:
    """Run all parts side by side; the first that ends takes the others with it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop_or_leave, stop)
    parts: set[asyncio.Task[Any]] = {
        asyncio.create_task(server.serve(sockets=sockets), name="server"),
        asyncio.create_task(stop.wait(), name="signal"),
        asyncio.create_task(_listen(platform), name="notices"),
    }
    if platform.leading is not None:
        parts.add(asyncio.create_task(platform.leading.run(), name="manager"))
    if services is not None:
        parts.add(asyncio.create_task(services.supervise(), name="services"))
    preparing = asyncio.create_task(_prepare(server, platform, services, ready), name="ready")
    try:
        await _until_one_ends(parts, preparing)
    finally:
        log.info("platform.stopping")
        preparing.cancel()
        # No new runs come in while the manager writes down what it knows; then the services end.
        server.should_exit = True
        if platform.leading is not None:
            await platform.leading.stop(LAST_ANSWERS_WITHIN)
        if services is not None:
            await services.stop()
        for part in parts:
            if part.get_name() in {"signal", "services", "notices"}:
                part.cancel()
        await asyncio.gather(*parts, preparing, return_exceptions=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _stop_or_leave(stop: asyncio.Event) -> None:
    """End cleanly; who asks a second time wants it now (the services end by themselves then)."""
    if stop.is_set():
        os._exit(IMPATIENT)
    stop.set()


async def _until_one_ends(parts: set[asyncio.Task[Any]], preparing: asyncio.Task[None]) -> None:
    waiting: set[asyncio.Task[Any]] = {*parts, preparing}
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # an error in any part is an error of the whole
        if done - {preparing}:
            return


async def _listen(platform: Platform) -> None:
    """Hear what other processes on the same database say; on SQLite there are none."""
    bell = platform.room.bell
    if platform.settings.database:
        await hear_notices(platform.settings.database, channels(bell), bell.ring_all)
    await asyncio.Event().wait()


async def _prepare(
    server: _Server, platform: Platform, services: ServiceProcess | None, ready: Ready | None
) -> None:
    await server.up.wait()
    log.info("platform.started", url=platform.settings.url)
    if ready is not None:
        await ready(platform, services)
