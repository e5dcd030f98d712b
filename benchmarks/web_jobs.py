"""Two other ways to start a program by an HTTP call, as contenders of Tarry's.

- Flask-Shell2HTTP under gunicorn: a library that runs commands as web jobs. It keeps what it knows
  in the memory of its one process: nothing of it outlives a restart.
- The least that could do what a start does: a bare endpoint under uvicorn that makes two records
  durable, spawns the program with its output in a file, and answers.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import free_tcp_port, running

SHELL2HTTP = """
from flask import Flask
from flask_executor import Executor
from flask_executor.futures import Future
from flask_shell2http import Shell2HTTP
import logging
logging.disable(logging.CRITICAL)
application = Flask(__name__)
application.config.update(EXECUTOR_TYPE="thread", EXECUTOR_MAX_WORKERS={workers},
                          EXECUTOR_FUTURES_MAX_LENGTH=1_000_000)  # it would forget beyond 50
shells = Shell2HTTP(app=application, executor=Executor(application), base_url_prefix="/run/")
shells.register_command(endpoint="date", command_name="/bin/date")
shells.register_command(endpoint="sleep", command_name="/bin/sleep")
"""

LEAST = """
import asyncio, itertools, os, subprocess, sys, uvicorn
folder, numbers, programs = sys.argv[2], itertools.count(), []
def durable(name, data):
    with open(name, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    place = os.open(folder, os.O_RDONLY)
    os.fsync(place)
    os.close(place)
def start(data):
    number = next(numbers)
    durable(f"{folder}/{number}.id", data)
    durable(f"{folder}/{number}.job", data)
    with open(f"{folder}/{number}.log", "wb") as log:
        programs.append(subprocess.Popen(["/bin/date", "+stamp %s.%N"], stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log, start_new_session=True))
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    data, more = b"", True
    while more:
        message = await receive()
        data, more = data + message.get("body", b""), message.get("more_body")
    await asyncio.to_thread(start, data)
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off")
"""


def shell2http_python() -> Path:
    """Where the interpreter of its environment is, if it was installed."""
    return Path(os.environ.get("TARRY_BENCH_SHELL2HTTP", ".tools/shell2http/bin/python"))


@contextmanager
def shell2http(workers: int) -> Iterator[tuple[int, int]]:
    """Run Flask-Shell2HTTP; gives its TCP port and the process id of gunicorn.

    Args:
        workers: how many programs may run at once; each has a thread.
    """
    with TemporaryDirectory(prefix="tarry-peer-") as name:
        (Path(name) / "app.py").write_text(SHELL2HTTP.replace("{workers}", str(workers)))
        tcp_port = free_tcp_port()
        command = [
            str(shell2http_python().parent / "gunicorn"),
            *("--chdir", name, "--bind", f"127.0.0.1:{tcp_port}"),
            *("--workers", "1", "--worker-class", "gthread", "--threads", "8"),
            *("--log-level", "error", "app:application"),
        ]
        log = Path(name) / "peer.log"
        with running(command, tcp_port=tcp_port, log=log) as process:
            yield tcp_port, process.pid


@contextmanager
def least() -> Iterator[tuple[int, Path]]:
    """Run the least that could do it; gives its TCP port and the folder of its logs."""
    with TemporaryDirectory(prefix="tarry-least-") as name:
        tcp_port = free_tcp_port()
        command = [sys.executable, "-c", LEAST, str(tcp_port), name]
        with running(command, tcp_port=tcp_port, log=Path(name) / "least.txt"):
            yield tcp_port, Path(name)
