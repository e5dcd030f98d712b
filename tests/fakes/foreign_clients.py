"""The field's SOAP clients behind one face, so that one suite holds for all of them.

Those in other languages are small programs in `tests/interop`, on what their tools make of our
WSDLs. They take one call per line, `OPERATION NAME=HEX …`, where HEX is the UTF-8 of a text and an
input that is not named is not sent; and give one line: `answer NAME=HEX …`, or `fault code=HEX
message=HEX` if they got the fault that the WSDL declares, or `undeclared message=HEX`. In the text
of a list, a unit separator stands after each item.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.request import urlopen

import pytest
import suds
import suds.client
import zeep

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "tests" / "interop"
ECHO = SOURCES / "echo.toml"
PACKAGES = ("waiter", "calculator", "echo")
"""The services, in the order of their WSDLs and of the namespaces that gSOAP numbers."""
SERVICE_OF = {
    "startWaiter": 0,
    "getServiceStatus": 0,
    "abortService": 0,
    "divide": 1,
    "say": 2,
    "gather": 2,
}
LISTS = frozenset({"sizes", "items", "all"})
"""Ports that are lists, whatever the operation."""
AFTER_ITEM = "\x1f"
NODE_SOAP = Path(os.environ.get("TARRY_TEST_NODE_SOAP", ROOT / ".tools/node-soap/node_modules"))
LONGEST_BUILD = 300


class DeclaredFault(Exception):
    """The client got the fault that the WSDL declares."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ForeignClient(Protocol):
    """Calls the operations of all services of the suite."""

    def call(self, operation: str, **inputs: str) -> dict[str, str]:
        """Give the outputs that came; what is not among the inputs is not sent."""
        ...


class ProgramClient:
    """A client that is a program."""

    def __init__(self, process: "subprocess.Popen[str]", errors: Path) -> None:
        self._process = process
        self._errors = errors

    def call(self, operation: str, **inputs: str) -> dict[str, str]:
        """Give the outputs that came."""
        words = [f"{name}={text.encode().hex()}" for name, text in inputs.items()]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(" ".join([operation, *words]) + "\n")
        self._process.stdin.flush()
        kind, *words = self._process.stdout.readline().split() or [""]
        pairs = dict(word.split("=") for word in words)
        found = {name: bytes.fromhex(text).decode() for name, text in pairs.items()}
        if kind == "fault":
            raise DeclaredFault(found["code"], found["message"])
        assert kind == "answer", f"{kind} {found} {self._errors.read_text()[-2000:]}"
        return found


class SudsClient:
    """What clfpy and the older clients of the field are made on."""

    def __init__(self, wsdls: Sequence[str]) -> None:
        self._services = [suds.client.Client(wsdl, cache=None).service for wsdl in wsdls]

    def call(self, operation: str, **inputs: str) -> dict[str, str]:
        """Give the outputs that came."""
        service = self._services[SERVICE_OF[operation]]
        try:
            answer = getattr(service, operation)(**_with_lists(inputs))
        except suds.WebFault as fault:
            detail = fault.fault.detail.ServiceFault
            raise DeclaredFault(str(detail.code), str(detail.message)) from fault
        return _texts(dict(answer) if isinstance(answer, suds.sudsobject.Object) else answer)


class ZeepClient:
    """The newer clients of the field."""

    def __init__(self, wsdls: Sequence[str]) -> None:
        self._clients = [cast("Any", zeep).Client(wsdl) for wsdl in wsdls]

    def call(self, operation: str, **inputs: str) -> dict[str, str]:
        """Give the outputs that came."""
        client = self._clients[SERVICE_OF[operation]]
        try:
            answer = client.service[operation](**_with_lists(inputs))
        except zeep.exceptions.Fault as fault:
            (declared,) = fault.detail
            element = client.get_element(declared.tag).parse(declared, client.wsdl.types)
            raise DeclaredFault(element.code, element.message) from fault
        values = getattr(answer, "__values__", answer)
        return _texts(values)

    def close(self) -> None:
        """Close its connections."""
        for client in self._clients:
            client.transport.session.close()


def listed(*items: str) -> str:
    """Give a list as one text."""
    return "".join(item + AFTER_ITEM for item in items)


def _with_lists(inputs: Mapping[str, str]) -> dict[str, object]:
    return {
        name: text.split(AFTER_ITEM)[:-1] if name in LISTS else text
        for name, text in inputs.items()
    }


def _texts(answer: Any) -> dict[str, str]:
    """Give texts of Python values; these clients give a single output without its name."""
    values = answer if isinstance(answer, dict) else {"result": answer}
    return {name: _text(value) for name, value in values.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, list):
        return listed(*map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


@contextmanager
def client_of(kind: str, wsdls: Sequence[str], folder: Path) -> Iterator[ForeignClient]:
    """Build a client, or skip with what is missing, and give it ready to call."""
    if kind == "suds":
        yield SudsClient(wsdls)
    elif kind == "zeep":
        client = ZeepClient(wsdls)
        yield client
        client.close()
    else:
        command, environment = {"java": _java, "gsoap": _gsoap, "node": _node}[kind](wsdls, folder)
        with _running([*command, *wsdls], folder, environment) as process:
            yield process


@contextmanager
def _running(
    command: Sequence[str], folder: Path, environment: dict[str, str]
) -> Iterator[ProgramClient]:
    errors = folder / "errors"
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stack.enter_context(errors.open("w")),
                text=True,
                env={**os.environ, **environment},
            )
        )
        stack.callback(process.kill)
        yield ProgramClient(process, errors)


def _java(wsdls: Sequence[str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """What wsimport makes is compiled with a class that uses it."""
    wsimport = _needed("wsimport", "jaxws")
    compiler, java = (
        _needed("javac", "default-jdk-headless"),
        _needed("java", "default-jdk-headless"),
    )
    generated, classes = folder / "generated", folder / "classes"
    generated.mkdir()
    classes.mkdir()
    options = ("-quiet", "-Xnocompile", "-encoding", "UTF-8", "-s", str(generated))
    imports = [
        subprocess.Popen(
            [wsimport, *options, "-p", package, wsdl],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for package, wsdl in zip(PACKAGES, wsdls, strict=True)
    ]
    for process in imports:
        said, _ = process.communicate(timeout=LONGEST_BUILD)
        assert process.returncode == 0, said
        assert "warning" not in said.lower(), said
    class_path = f"{Path(wsimport).resolve().parents[1] / 'lib'}/*"
    sources = [str(SOURCES / "java" / "Client.java"), *map(str, generated.rglob("*.java"))]
    _run(
        [compiler, "-nowarn", "-encoding", "UTF-8", "-cp", class_path, "-d", str(classes), *sources]
    )
    return [java, "-Xshare:auto", "-cp", f"{classes}:{class_path}", "Client"], {}


def _gsoap(wsdls: Sequence[str], folder: Path) -> tuple[list[str], dict[str, str]]:
    """What wsdl2h and soapcpp2 make is compiled with a program that uses it."""
    wsdl2h, soapcpp2 = _needed("wsdl2h", "gsoap"), _needed("soapcpp2", "gsoap")
    compiler = _needed("g++", "g++")
    if not Path("/usr/include/stdsoap2.h").exists():
        pytest.skip("gSOAP's library is missing: apt install libgsoap-dev")
    files = []
    for package, wsdl in zip(PACKAGES, wsdls, strict=True):
        file = folder / f"{package}.wsdl"
        with urlopen(wsdl, timeout=LONGEST_BUILD) as answer:
            file.write_bytes(answer.read())
        files.append(str(file))
    header = str(folder / "services.h")
    _run([wsdl2h, "-o", header, *files])
    imports = "-I/usr/share/gsoap/import"
    _run([soapcpp2, "-j", "-C", "-1", "-L", "-w", "-x", imports, "-d", str(folder), header])
    sources = [str(SOURCES / "gsoap" / "client.cpp"), *map(str, folder.glob("soap*.cpp"))]
    program = str(folder / "client")
    _run([compiler, "-O0", "-o", program, f"-I{folder}", *sources, "-lgsoap++"])
    return [program], {}


def _node(_wsdls: Sequence[str], _folder: Path) -> tuple[list[str], dict[str, str]]:
    node = _needed("node", "nodejs")
    if not (NODE_SOAP / "soap").is_dir():
        pytest.skip("npm's soap is missing: make node-soap")
    return [node, str(SOURCES / "node" / "client.js")], {"NODE_PATH": str(NODE_SOAP)}


def _needed(program: str, package: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is missing: apt install {package}")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_BUILD,
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-4000:]}"
