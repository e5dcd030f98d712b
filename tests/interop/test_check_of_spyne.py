"""`tarry check` of somebody else's synchronous service: one that looks, and one that does not."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.e2e.conftest import free_tcp_port

from tarry.cli.main import tarry

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("TARRY_TEST_SPYNE", ROOT / ".tools" / "spyne" / "bin" / "python"))
APP = ROOT / "tests" / "fakes" / "spyne_waiter" / "calculator.py"

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason=f"spyne is not installed at {PYTHON}: make spyne installs it"
)


@contextmanager
def calculator(manner: str) -> Iterator[str]:
    """The service on spyne; gives the address of its WSDL."""
    tcp_port = free_tcp_port()
    with subprocess.Popen(
        [str(PYTHON), str(APP), str(tcp_port), manner],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "listening" in process.stdout.readline()
        yield f"http://127.0.0.1:{tcp_port}/?wsdl"
        process.kill()


def check(wsdl: str) -> tuple[int, dict[str, str]]:
    """Check it as a user does; gives the exit code and the verdict on each rule."""
    arguments = ["check", wsdl, "--operation", "calculate", "a=1", "b=2", "kind=add", "--json"]
    done = CliRunner().invoke(tarry, arguments)
    found = json.loads(done.stdout)
    return done.exit_code, {one["rule"]: one["verdict"] for one in found}


def test_one_that_looks_at_its_requests_keeps_every_rule() -> None:
    with calculator("strict") as wsdl:
        code, found = check(wsdl)
    assert code == 0
    assert set(found.values()) == {"kept"}
    assert "kind = none-of-these is refused, and the fault names it" in found


def test_one_that_takes_what_it_does_not_know_is_told_so() -> None:
    with calculator("careless") as wsdl:
        code, found = check(wsdl)
    assert code == 1
    assert found["a = abc is refused, and the fault names it"] == "kept"
    assert found["An element that the WSDL does not know is a fault"] == "broken"
    assert found["An element that comes twice is a fault"] == "broken"
