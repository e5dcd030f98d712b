"""Files are streamed, limited, and whole or not there; nothing of them runs in our origin."""

import http.client
import socket
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

import pytest
from tests.fakes.portal_rooms import ADA, MORNING, FakeRooms
from tests.fakes.storage import MemoryFiles
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor, visitor

from tarry.platform.kernel.model import ExecutionId
from tarry.platform.portal.api.app import build
from tarry.platform.portal.api.rest_files import disposition
from tarry.platform.storage.interfaces import FileInfo
from tarry.platform.storage.model.uris import StorageUri

LIMIT = 2_000_000


def test_a_file_comes_back_as_it_went(ada: Visitor) -> None:
    content = bytes(range(256)) * 500
    kept = ada.post("/api/v1/files?name=part.step", data=content)
    assert kept.status_code == 201
    assert (kept.json()["name"], kept.json()["size"]) == ("part.step", 128_000)
    back = ada.get("/api/v1/files", params={"uri": kept.json()["uri"]})
    assert back.content == content
    assert back.headers["Content-Length"] == "128000"
    assert back.headers["Content-Type"] == "application/octet-stream"
    assert back.headers["Content-Disposition"].startswith('attachment; filename="part.step"')
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Content-Security-Policy"].startswith("sandbox")


def test_an_empty_file_is_a_file(ada: Visitor) -> None:
    kept = ada.post("/api/v1/files?name=empty", data=b"")
    assert ada.get("/api/v1/files", params={"uri": kept.json()["uri"]}).content == b""


def test_a_service_stores_a_file_at_its_uri(ada: Visitor, fake: FakeRooms) -> None:
    fake.accounts.tokens["token-of-run"] = replace(ADA, execution=ExecutionId("0" * 32))
    uri = f"local://bridges/runs/{'0' * 32}/1/mesh/part.msh"
    token = {"X-Auth-Token": "token-of-run"}
    answer = ada.call("PUT", f"/api/v1/files?uri={quote(uri)}", data=b"mesh", headers=token)
    assert (answer.status_code, answer.json()["uri"]) == (201, uri)
    assert ada.get("/api/v1/files", params={"uri": uri}).content == b"mesh"


def test_files_of_another_project_are_refused(ada: Visitor, bob: Visitor) -> None:
    uri = ada.post("/api/v1/files?name=secret", data=b"x").json()["uri"]
    answer = bob.get("/api/v1/files", params={"uri": uri})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


@pytest.mark.parametrize("uri", ["local://bridges/../tunnels/x", "/etc/passwd", "x", ""])
def test_a_uri_that_is_none_is_refused(ada: Visitor, uri: str) -> None:
    answer = ada.get("/api/v1/files", params={"uri": uri})
    assert answer.status_code in {403, 404, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_name_is_needed(ada: Visitor) -> None:
    assert ada.post("/api/v1/files", data=b"x").json()["code"] == "invalid-request"


def test_a_file_that_announces_too_much_is_refused_at_once(ada: Visitor, fake: FakeRooms) -> None:
    answer = ada.post("/api/v1/files?name=x", data=b"x" * (LIMIT + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert fake.back_end.files == {}


def test_a_file_that_grows_too_large_is_refused_and_not_kept(ada: Visitor, fake: FakeRooms) -> None:
    answer = ada.post("/api/v1/files?name=x", data=(b"x" * 100_000 for _ in range(25)))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert fake.back_end.files == {}


def test_an_upload_that_is_cut_off_leaves_nothing(url: str, ada: Visitor, fake: FakeRooms) -> None:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as raw:
        raw.sendall(
            b"POST /api/v1/files?name=half HTTP/1.1\r\nHost: localhost\r\n"
            b"X-Auth-Token: token-of-ada\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500
        )
    # The server has noticed once it answers somebody else who came later.
    assert ada.get("/healthz").status_code == 200
    assert fake.back_end.files == {}


@dataclass
class Sink:
    """A back end that keeps only how the bytes came."""

    largest: int = 0
    came: int = 0

    async def write(
        self,
        uri: StorageUri,
        chunks: AsyncIterable[bytes],
        *,
        limit: int,
        announced: int | None = None,
    ) -> FileInfo:
        async for chunk in chunks:
            self.largest = max(self.largest, len(chunk))
            self.came += len(chunk)
        return FileInfo(uri=uri, size=self.came, modified_at=MORNING)


def test_a_large_file_passes_through_in_small_pieces() -> None:
    sink = Sink()
    fake = FakeRooms(back_end=sink, file_limit=1 << 40)  # type: ignore[arg-type]
    app = build(fake.rooms(), keys=KEYS, public_url=PUBLIC_URL, upload_limit=1 << 40)

    def hundred_megabytes() -> Iterator[bytes]:
        for _ in range(100):
            yield b"\0" * 1_000_000

    with serving(app) as url:
        ada = visitor(url)
        headers = {"X-Auth-Token": "token-of-ada", "Content-Length": "100000000"}
        connection = http.client.HTTPConnection(urlsplit(ada.url).netloc, timeout=60)
        connection.request("POST", "/api/v1/files?name=x", hundred_megabytes(), headers)
        assert connection.getresponse().status == 201
        connection.close()
    assert sink.came == 100_000_000
    assert sink.largest <= 1 << 20


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.txt", "attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt"),
        ('a"; x="', "attachment; filename=\"a__ x=_\"; filename*=UTF-8''a%22%3B%20x%3D%22"),
        (
            "a\r\nSet-Cookie: b",
            "attachment; filename=\"a__Set-Cookie: b\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b",
        ),
        ("bücke.stp", "attachment; filename=\"b_cke.stp\"; filename*=UTF-8''b%C3%BCcke.stp"),
    ],
)
def test_no_name_of_a_file_can_break_the_header(name: str, header: str) -> None:
    assert disposition(name) == header


def test_a_hostile_name_is_made_safe(ada: Visitor, fake: FakeRooms) -> None:
    kept = ada.post("/api/v1/files", params={"name": "../../etc/<script>.step"}, data=b"x")
    assert kept.status_code == 201
    assert isinstance(fake.back_end, MemoryFiles)
    (uri,) = fake.back_end.files
    assert str(uri).startswith("local://bridges/uploads/")
    assert "<" not in str(uri)
    assert ".." not in str(uri)
