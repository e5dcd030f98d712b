"""Platforms and services to be killed: real processes, forked from one that has done the imports.

python -m tests.fakes.nursery

An order is one line of JSON on standard input, its answer one line with the number of the process.
A start takes a third of a second this way and not four, so many more deaths fit into a test. When
standard input closes, whatever was forked and still lives is killed.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.fakes.crashes import KillingTransactions

from tarry.app import logs, running
from tarry.app.first_user import ensure_first_user
from tarry.app.platform import Platform, build
from tarry.app.services import ServiceProcess
from tarry.app.settings import Settings
from tarry.platform.executions.model.terms import Patience
from tarry.service.api.server import serve
from tarry.service.api.settings import read_settings

Order = Mapping[str, Any]
USER = "me"
PROJECT = "mine"


def platform(order: Order) -> None:
    """Run a platform until it is killed, by others or at a write of its journal."""
    data, tcp_port = Path(order["data"]), order["tcp_port"]
    settings = Settings(data=data, tcp_port=tcp_port, log_format="json")
    given = order.get("patience")
    patience = given and Patience(**{key: timedelta(seconds=it) for key, it in given.items()})
    journal = partial(KillingTransactions, plan=Path(order["death"]))
    wire = partial(build, around_journal=journal, patience=patience)
    asyncio.run(running.run(settings, ready=_with_user if order["first"] else None, wire=wire))


async def _with_user(made: Platform, _services: ServiceProcess | None) -> None:
    await ensure_first_user(made.accounts, made.passwords, made.folder, user=USER, project=PROJECT)
    (made.folder.path / "has-user").touch()


def services(order: Order) -> None:
    """Serve a program file, as `tarry serve` does."""
    logs.configure(log_format="json")
    serve(
        read_settings(
            [Path(order["program"])],
            host="127.0.0.1",
            tcp_port=order["tcp_port"],
            data=Path(order["data"]),
            platform=order["platform"],
        )
    )


WORK = {"platform": platform, "services": services}


def _fork(order: Order) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for descriptor, standard in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, standard)
        WORK[order["what"]](order)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing of the nursery may run in a child
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Take orders until there are no more."""
    children: set[int] = set()
    for line in sys.stdin:
        children = {child for child in children if os.waitpid(child, os.WNOHANG)[0] == 0}
        child = _fork(json.loads(line))
        children.add(child)
        print(child, flush=True)
    for child in children:
        if os.waitpid(child, os.WNOHANG)[0] == 0:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
