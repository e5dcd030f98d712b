"""The process that serves the platform's program files: started, watched, started again.

Services have a process of their own, so that a crash in one half leaves the other alone. The child
ends when its standard input closes: a platform that was killed leaves nothing behind that would
keep the TCP port. Programs outlive both.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

from tarry.app.folder import DataFolder
from tarry.app.listening import choose_tcp_port, is_free
from tarry.contract.errors import Sort, TarryError
from tarry.service.api.settings import ServedProgram, read_settings

log = structlog.get_logger()

UP_WITHIN = timedelta(seconds=60)
MOST_DEATHS = 4
"""How often the child may die at a start: after a crash the old one may still hold its data."""
FIRST_PAUSE = timedelta(milliseconds=250)
LONGEST_PAUSE = timedelta(seconds=15)
HEALTHY_AFTER = timedelta(seconds=20)
END_WITHIN = timedelta(seconds=4)
PORT_FILE = "services-port"
PORTS_TRIED = 100
HOST = "127.0.0.1"


NOT_FOR_SERVICES = frozenset(
    {"TARRY_PUBLIC_URL", "TARRY_HOSTS", "TARRY_AUTH", "TARRY_PLATFORM", "TARRY_PASSWORD"}
    | {"TARRY_DATABASE", "TARRY_SERVE_DATA", "TARRY_SERVE_PORT", "TARRY_TRUSTED_PROXIES"}
    | {"TARRY_MANAGER"}
)
"""Variables that are meant for the platform, or would turn its services elsewhere."""


class ServicesDown(TarryError):
    """The process of the services does not come up."""

    code = "services-down"
    sort = Sort.UNAVAILABLE
    message = "The services do not start. The last that they said:\n{said}"


class ServiceProcess:
    """One child process that serves program files on a TCP port of its own."""

    def __init__(
        self,
        programs: Sequence[Path],
        *,
        tcp_port: int,
        data: Path,
        platform_url: str,
        log_file: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._files = tuple(programs)
        self.tcp_port = tcp_port
        self._data = data
        self._platform_url = platform_url
        self._log_file = log_file
        said = os.environ if environment is None else environment
        self._environment = {name: said[name] for name in said if name not in NOT_FOR_SERVICES}
        self._environment["PATH"] = search_path(said)
        self._process: Process | None = None
        self._stop = asyncio.Event()
        self._renewing = False
        self._deaths = 0

    @property
    def base_url(self) -> str:
        """The address of the process, without any path."""
        return f"http://{HOST}:{self.tcp_port}"

    def programs(self) -> tuple[ServedProgram, ...]:
        """Read what the child serves, and below which context roots.

        Raises:
            ProgramFileInvalid: a program file cannot be used.
        """
        return read_settings(
            self._files, host=HOST, tcp_port=self.tcp_port, environ=self._environment
        ).programs

    def command(self) -> list[str]:
        """Give the child's command line."""
        return [
            *(sys.executable, "-m", "tarry", "serve"),
            *(str(file) for file in self._files),
            *("--host", HOST, "--port", str(self.tcp_port)),
            *("--data", str(self._data)),
            *("--platform", self._platform_url, "--stop-on-eof"),
        ]

    async def supervise(self) -> None:
        """Keep the child running until `stop`, with growing pauses if it keeps dying."""
        pause = FIRST_PAUSE
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            started = loop.time()
            code = await self._run_once()
            if self._stop.is_set():
                return
            if self._renewing:
                self._renewing, pause = False, FIRST_PAUSE
                continue
            if loop.time() - started > HEALTHY_AFTER.total_seconds():
                pause = FIRST_PAUSE
            self._deaths += 1
            log.warning("services.ended", exit_code=code, again_in_s=pause.total_seconds())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause.total_seconds())
            pause = min(pause * 2, LONGEST_PAUSE)

    async def wait_until_up(self, *, limit: timedelta = UP_WITHIN) -> None:
        """Wait until the child answers.

        Raises:
            ServicesDown: it does not; with the last that it said.
        """
        end = asyncio.get_running_loop().time() + limit.total_seconds()
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, self.tcp_port)
            except OSError as error:
                if asyncio.get_running_loop().time() > end or self._deaths > MOST_DEATHS:
                    raise ServicesDown(said=self._last_words()) from error
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    async def renew(self) -> None:
        """End the child and start it again, with its program files as they are now.

        Raises:
            ServicesDown: it does not come up again.
        """
        self._renewing = True
        await self._end_child()
        self._process = None
        await self.wait_until_up()

    async def stop(self) -> None:
        """End the child; programs go on."""
        self._stop.set()
        await self._end_child()

    async def _end_child(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        for end in (process.terminate, process.kill):
            try:
                await asyncio.wait_for(process.wait(), END_WITHIN.total_seconds())
            except TimeoutError:
                with suppress(ProcessLookupError):
                    end()
            else:
                return
        await process.wait()

    async def _run_once(self) -> int:
        output = self._open_log()
        try:
            # A session of its own: Ctrl-C in the terminal is for the platform, which ends it.
            self._process = await asyncio.create_subprocess_exec(
                *self.command(),
                stdin=PIPE,
                stdout=output if output is not None else sys.stderr,
                stderr=output,
                start_new_session=True,
                env=self._environment,
            )
        finally:
            if output is not None:
                os.close(output)
        return await self._process.wait()

    def _last_words(self) -> str:
        if self._log_file is None or not self._log_file.is_file():
            return "see above"
        return "\n".join(self._log_file.read_text(errors="replace").splitlines()[-12:])

    def _open_log(self) -> int | None:
        if self._log_file is None:
            return None
        return os.open(self._log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def search_path(environment: Mapping[str, str]) -> str:
    """Say where programs are looked for: as usual, and then in the environment of this Python.

    So a program that `pip install` brought is found although nobody has activated anything.
    """
    usual = environment.get("PATH") or os.defpath
    return os.pathsep.join((usual, str(Path(sys.executable).parent)))


def kept_tcp_port(folder: DataFolder, platform_tcp_port: int) -> int:
    """Give the services' TCP port: the same at every start, as registered addresses hold it.

    Only if somebody else has taken it meanwhile, another one is chosen and kept.
    """
    kept = folder.private_text(PORT_FILE)
    if kept.isdigit() and is_free(HOST, int(kept)):
        return int(kept)
    base = platform_tcp_port + 100
    if base + PORTS_TRIED > 65_000:
        base = 20_000 + platform_tcp_port % 10_000
    chosen = choose_tcp_port(HOST, range(base, base + PORTS_TRIED))
    folder.write_private(PORT_FILE, str(chosen))
    return chosen
