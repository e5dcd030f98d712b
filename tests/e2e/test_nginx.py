"""nginx with the example's file, before a platform and before a service, over TLS."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree
from tests.e2e.conftest import ROOT, WAITER, Home, Running, free_tcp_port
from tests.fakes.tarry_service import serving
from zeep import Client
from zeep.transports import Transport

EXAMPLE = ROOT / "examples" / "deploy" / "nginx.conf"
PATH = "/sintef/docker_services/waiter/Waiter"
PATIENCE = 30.0
SOAP_ADDRESS = ".//{http://schemas.xmlsoap.org/wsdl/soap/}address"

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    NGINX is None or shutil.which("openssl") is None, reason="nginx or openssl is not installed"
)

AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/tarry.conf;
}}
"""
"""What a distribution's nginx.conf says around the file, with everything in a folder of ours."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of our own for `localhost` (the platform) and 127.0.0.1 (the services)."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(tmp_path / "tarry.key"), "-out", str(tmp_path / "tarry.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return tmp_path / "tarry.pem"


@contextmanager
def nginx(
    certificate: Path, *, tcp_port: int, platform: int = 9, services: int = 9
) -> Iterator[None]:
    """Run nginx with the example's file, other names and TCP ports put in."""
    folder = certificate.parent / "nginx"
    folder.mkdir()
    text = EXAMPLE.read_text(encoding="utf-8")
    for shown, ours in (
        ("listen 443 ssl", f"listen 127.0.0.1:{tcp_port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{free_tcp_port()}"),
        ("/etc/ssl", str(certificate.parent)),
        ("127.0.0.1:8080", f"127.0.0.1:{platform}"),
        ("127.0.0.1:8081", f"127.0.0.1:{services}"),
        ("tarry.example.org", "localhost"),
        ("services.example.org", "127.0.0.1"),
    ):
        assert shown in text
        text = text.replace(shown, ours)
    (folder / "tarry.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), encoding="utf-8")
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    command += ["-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_for_listener(tcp_port, process, folder / "error.log")
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for_listener(tcp_port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", tcp_port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nginx does not listen: {log.read_text()}")


@contextmanager
def waiter_behind_nginx(certificate: Path, **settings: Any) -> Iterator[tuple[str, str]]:
    """Give the address of a waiter as the public knows it, and its own."""
    tcp_port = free_tcp_port()
    public = f"https://127.0.0.1:{tcp_port}"
    settings = {name: str(value).format(public=public) for name, value in settings.items()}
    trusted = settings.pop("trusted_proxies", "")
    data = certificate.parent / "data"
    more = {"trusted_proxies": (trusted,)} if trusted else {}
    context_root = PATH.removesuffix("/waiter/Waiter")
    with (
        serving(data, Path(WAITER), context_root=context_root, **settings, **more) as own,
        nginx(certificate, tcp_port=tcp_port, services=int(own.rpartition(":")[2])),
    ):
        yield public, own


@contextmanager
def session_trusting(certificate: Path) -> Iterator[requests.Session]:
    """Whoever knows our certificate, whatever the environment says of others."""
    with requests.Session() as session:
        session.verify, session.trust_env = str(certificate), False
        yield session


def soap_address(wsdl: bytes) -> str:
    found = etree.fromstring(wsdl).find(SOAP_ADDRESS)
    assert found is not None
    return str(found.get("location"))


def test_a_soap_client_starts_and_polls_a_service_behind_nginx(certificate: Path) -> None:
    with (
        waiter_behind_nginx(certificate, base_url="{public}") as (public, _),
        session_trusting(certificate) as session,
    ):
        answer = session.get(f"{public}{PATH}?wsdl", timeout=PATIENCE)
        assert soap_address(answer.content) == f"{public}{PATH}"
        transport = Transport(session=session, timeout=PATIENCE)  # type: ignore[no-untyped-call]
        client = Client(f"{public}{PATH}?wsdl", transport=transport)  # type: ignore[no-untyped-call]
        waiter = client.service
        first = waiter.startWaiter(serviceID="a", sessionToken="t", secondsToWait=1)
        assert first.result == "UNSET"
        end = time.monotonic() + PATIENCE
        status = first
        while status.status_base64 != "COMPLETED" and time.monotonic() < end:
            time.sleep(0.1)
            status = waiter.getServiceStatus(serviceID="a", sessionToken="t")
        assert (status.status_base64, status.result) == ("COMPLETED", "FINISHED")
        assert session.get(f"{public}/metrics", timeout=PATIENCE).status_code == 404


def test_a_body_that_is_too_large_is_refused_by_the_service_in_its_own_words(
    certificate: Path,
) -> None:
    with (
        waiter_behind_nginx(certificate, base_url="{public}") as (public, _),
        session_trusting(certificate) as session,
    ):
        answer = session.post(
            f"{public}{PATH}",
            data=b"<x>" + b" " * 5_000_000 + b"</x>",
            headers={"Content-Type": "text/xml"},
            timeout=PATIENCE,
        )
        assert b"Fault" in answer.content
        assert b"nginx" not in answer.content


def test_forwarded_headers_count_from_the_trusted_proxy_only(certificate: Path) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    with (
        waiter_behind_nginx(certificate, trusted_proxies="127.0.0.1") as (public, own),
        session_trusting(certificate) as session,
    ):
        behind = session.get(f"{public}{PATH}?wsdl", headers=forged, timeout=PATIENCE)
        assert soap_address(behind.content) == f"{public}{PATH}", "nginx replaces what callers say"
        assert soap_address(asked_from("127.0.0.2", own, forged)) == f"{own}{PATH}"


def asked_from(address: str, url: str, headers: dict[str, str]) -> bytes:
    """Ask for the WSDL from another loopback address, which is not the proxy's."""
    host = url.removeprefix("http://")
    connection = HTTPConnection(host, timeout=PATIENCE, source_address=(address, 0))
    connection.request("GET", f"{PATH}?wsdl", headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, body
    return body


def test_a_run_is_watched_through_nginx_while_it_goes_on(
    home: Home, started: list[Running], certificate: Path
) -> None:
    tcp_port = free_tcp_port()
    public = f"https://localhost:{tcp_port}"
    home.more = {"TARRY_PUBLIC_URL": public, "TARRY_TRUSTED_PROXIES": "127.0.0.1"}
    with (
        nginx(certificate, tcp_port=tcp_port, platform=home.tcp_port),
        session_trusting(certificate) as session,
    ):
        started.append(home.start("up", WAITER))
        password = started[-1].wait_for_text(r"password: +(\S+)")[1]
        api = f"{public}/api/v1"
        who = {"user": "me", "password": password}
        token = session.post(f"{api}/tokens", json=who, timeout=PATIENCE).json()["token"]
        session.headers["X-Auth-Token"] = token
        wanted: dict[str, Any] = {"workflow": "Waiter", "inputs": {"secondsToWait": "600"}}
        run = session.post(f"{api}/runs", json=wanted, timeout=PATIENCE).json()["id"]
        with session.get(f"{api}/runs/{run}/events", stream=True, timeout=PATIENCE) as stream:
            lines = stream.iter_lines()
            assert any(b"running" in line for line in lines), "told while the run goes on"
            session.post(f"{api}/runs/{run}/abort", timeout=PATIENCE)
            assert any(b"aborted" in line for line in lines)
