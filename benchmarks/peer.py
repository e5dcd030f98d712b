"""The peer: the tutorial's service, written by hand on spyne, under gunicorn, as it was deployed.

It is the same file that the interop tests run. It lives in an environment of its own, because
spyne imports only up to Python 3.11; `make bench` installs it, TARRY_TEST_SPYNE names its python.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import free_tcp_port, running

HERE = Path(__file__).parent
APP = HERE.parent / "tests" / "fakes" / "spyne_waiter"
PROGRAM = HERE.parent / "examples" / "waiter" / "waiter.py"
NAMESPACE = "http://sintef.no/waiter"
PATH = "/sintef/docker_services/waiter/Waiter"


def python() -> Path:
    """Where the interpreter of its environment is, if it was installed."""
    return Path(os.environ.get("TARRY_TEST_SPYNE", ".tools/spyne/bin/python"))


@contextmanager
def peer(
    auth_wsdl: str, *, caches_tokens: bool, program: Path = PROGRAM
) -> Iterator[tuple[int, int]]:
    """Run the peer with one worker process; gives its TCP port and the process id of gunicorn.

    Args:
        auth_wsdl: authentication manager that it asks about tokens.
        caches_tokens: whether it remembers the answers, or asks on every call as the field does.
        program: what it runs, in Python.
    """
    with TemporaryDirectory(prefix="tarry-peer-") as name:
        tcp_port = free_tcp_port()
        command = [
            str(python().parent / "gunicorn"),
            *("--chdir", str(APP), "--bind", f"127.0.0.1:{tcp_port}"),
            *("--workers", "1", "--worker-class", "gthread", "--threads", "8"),
            *("--log-level", "error", "app:application"),
        ]
        environment = {
            "AUTH_WSDL": auth_wsdl,
            "CACHE_TOKENS": "1" if caches_tokens else "0",
            "WAITER_LOG_FOLDER": str(Path(name) / "runs"),
            "WAITER_PROGRAM": str(program),
        }
        log = Path(name) / "peer.log"
        with running(command, tcp_port=tcp_port, environment=environment, log=log) as process:
            yield tcp_port, process.pid
