"""A TLS front before a server of this machine, for any name: own CA, own certificate."""

import asyncio
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

LIMIT = 60.0


@dataclass(frozen=True)
class Front:
    """Where it listens, and the file with the CA that vouches for it."""

    tcp_port: int
    authority: Path


@contextmanager
def tls_front(name: str, target: int, folder: Path) -> Iterator[Front]:
    """Listen on a free TCP port of loopback as `name`, and pass all on to the port `target`."""
    authority, certificate, key = _certificates(name, folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there = await asyncio.open_connection("127.0.0.1", target)
            await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))

        return await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)

    async def end() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(LIMIT)
    try:
        yield Front(int(server.sockets[0].getsockname()[1]), authority)
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(LIMIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(LIMIT)
        loop.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.close()


def _certificates(name: str, folder: Path) -> tuple[Path, Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed (Debian: apt install openssl)")
    folder.mkdir(exist_ok=True)
    authority, certificate, key = (folder / f"{it}.pem" for it in ("authority", "server", "key"))

    def make(*arguments: str) -> None:
        subprocess.run([openssl, "req", "-x509", *arguments], check=True, capture_output=True)

    fresh = ("-newkey", "rsa:2048", "-nodes", "-days", "2")
    of_authority = folder / "authority-key.pem"
    make(
        *fresh,
        *("-subj", "/CN=Authority of a test", "-keyout", str(of_authority), "-out", str(authority)),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )
    make(
        *fresh,
        *("-subj", f"/CN={name}", "-keyout", str(key), "-out", str(certificate)),
        *("-CA", str(authority), "-CAkey", str(of_authority)),
        *("-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=critical,CA:FALSE"),
    )
    return authority, certificate, key
