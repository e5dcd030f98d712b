"""Fixtures that several kinds of test share."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings
from tests.fakes.databases import KINDS, Databases

from tarry.platform.kernel.adapters.database import Database

# Who starts us in the background makes us ignore Ctrl-C, and what we start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No test asserts a speed: a busy machine makes no example fail.
# What CI tries is the same each time, so that a change is judged and not its luck; everybody else's
# machine, and the soak tests, look further.
settings.register_profile("tarry", deadline=None)
settings.register_profile("tarry-ci", deadline=None, derandomize=True)
settings.load_profile("tarry-ci" if os.environ.get("CI") else "tarry")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes databases of either kind; PostgreSQL is started at first use."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.stop()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """An empty database with the newest schema: the test runs on SQLite and on PostgreSQL."""
    opened = databases.open(request.param)
    yield opened
    opened.close()
