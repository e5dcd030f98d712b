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

log = structlog.get_logger()

FIRST_PAUSE = timedelta(milliseconds=250)
LONGEST_PAUSE = timedelta(seconds=15)
HEALTHY_AFTER = timedelta(seconds=20)
END_WITHIN = timedelta(seconds=4)
PORT_FILE = "services-port"
PORTS_TRIED = 100
HOST = "127.0.0.1"


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
        self.programs = tuple(programs)
        self.tcp_port = tcp_port
        self._data = data
        self._platform_url = platform_url
        self._log_file = log_file
        self._environment = dict(os.environ if environment is None else environment)
        self._process: Process | None = None
        self._stopping = False

    @property
    def base_url(self) -> str:
        """The address of the process, without any path."""
        return f"http://{HOST}:{self.tcp_port}"

    def command(self) -> list[str]:
        """Give the child's command line."""
        return [
            *(sys.executable, "-m", "tarry", "serve"),
            *(str(program) for program in self.programs),
            *("--host", HOST, "--port", str(self.tcp_port)),
            *("--data", str(self._data)),
            *("--platform", self._platform_url, "--stop-on-eof"),
        ]

    async def supervise(self) -> None:
        """Keep the child running until `stop`, with growing pauses if it keeps dying."""
        pause = FIRST_PAUSE
        loop = asyncio.get_running_loop()
        while not self._stopping:
            started = loop.time()
            code = await self._run_once()
            if self._stopping:
                return
            if loop.time() - started > HEALTHY_AFTER.total_seconds():
                pause = FIRST_PAUSE
            log.warning("services.ended", exit_code=code, again_in_s=pause.total_seconds())
            await asyncio.sleep(pause.total_seconds())
            pause = min(pause * 2, LONGEST_PAUSE)

    async def stop(self) -> None:
        """End the child; programs go on."""
        self._stopping = True
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

    def _open_log(self) -> int | None:
        if self._log_file is None:
            return None
        return os.open(self._log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


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
