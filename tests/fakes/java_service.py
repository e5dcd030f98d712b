"""A service on JAX-WS, compiled and run as somebody in the field would."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.estate import PATIENCE, ROOT, free_tcp_port

SOURCE = ROOT / "tests" / "interop" / "java" / "StretchService.java"
URI = "http://tarry/async/Stretch.owl#startStretch_Service"
_JARS = Path("/usr/share/java")
_NAMES = [
    "jaxws",
    "jaxb",
    "jws",
    "saaj",
    "stax",
    "gmbal",
    "metro",
    "mimepull",
    "streambuffer",
    "javax.activation",
    "FastInfoset",
]


@dataclass(frozen=True)
class JavaService:
    """It runs.

    Attributes:
        ledger: a line for each start call that arrived.
    """

    wsdl: str
    ledger: Path

    @property
    def starts(self) -> list[str]:
        """The ids that it was started with."""
        return self.ledger.read_text().split() if self.ledger.exists() else []


@contextmanager
def java_service(folder: Path) -> Iterator[JavaService]:
    """Compile it, and run it until the context ends.

    Skips:
        The JDK or Debian's JAX-WS is not there.
    """
    if shutil.which("javac") is None or not (_JARS / "jaxws-rt.jar").exists():
        pytest.skip("no JDK or no JAX-WS (Debian: apt install default-jdk-headless jaxws)")
    jars = [jar for name in _NAMES for jar in sorted(_JARS.glob(f"{name}*.jar"))]
    classes = ":".join(map(str, (folder, *jars)))
    compiler = ["javac", "-proc:none", "-cp", classes, "-d", str(folder), str(SOURCE)]
    subprocess.run(compiler, check=True, timeout=10 * PATIENCE)
    address, ledger = f"http://127.0.0.1:{free_tcp_port()}/Stretch", folder / "ledger"
    command = ["java", "-cp", classes, "StretchService", address, str(ledger)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert "listening" in process.stdout.readline(), (folder / "log").read_text()
        yield JavaService(f"{address}?wsdl", ledger)
        process.stdin.close()  # it ends with its input
        process.wait(PATIENCE)
