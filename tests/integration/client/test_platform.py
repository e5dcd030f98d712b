"""The client speaks with the real portal over a real connection."""

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from tests.fakes.portal_rooms import PASSWORD, FakeRooms, run_view, step_view, workflow
from tests.fakes.uvicorn_server import serving

from tarry.client import Platform, PlatformError, TransferFailed, Unreachable
from tarry.client.errors import Moved, NotThePlatform
from tarry.contract.errors import Sort
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.model.execution import Failure
from tarry.platform.executions.model.states import ExecutionState, StepState
from tarry.platform.kernel.model import StepRunId
from tarry.platform.portal.api.app import build
from tarry.platform.storage.model.uris import parse_uri

RUN = run_view().id


@pytest.fixture
def fake() -> FakeRooms:
    """The rooms behind the portal."""
    return FakeRooms()


@contextmanager
def portal(fake: FakeRooms) -> Iterator[str]:
    app = build(
        fake.rooms(),
        keys=Keys(b"a secret of at least 32 bytes...."),
        public_url="http://localhost:8080",
        upload_limit=5_000_000,
        recheck_every=timedelta(seconds=0.5),
        linger=timedelta(seconds=0.3),
    )
    with serving(app) as url:
        yield url


@pytest.fixture
def platform(fake: FakeRooms) -> Iterator[Platform]:
    """Ada's client."""
    with portal(fake) as url, Platform(url + "/", "token-of-ada") as made:
        yield made


def test_a_log_in_opens_the_platform_and_a_log_out_closes_it(fake: FakeRooms) -> None:
    with portal(fake) as url, Platform(url) as platform:
        with pytest.raises(PlatformError, match="log in first"):
            platform.me()
        session = platform.log_in("ada", PASSWORD, "bridges")
        assert (session.user, session.project) == ("ada", "bridges")
        assert session.expires_at is not None
        assert session.token not in repr(session)
        assert platform.me().user == "ada"
        platform.log_out()
        with pytest.raises(PlatformError):
            platform.me()


def test_a_refusal_carries_the_platforms_own_code_and_words(platform: Platform) -> None:
    with pytest.raises(PlatformError) as caught:
        platform.log_in("ada", "wrong")
    assert (caught.value.code, caught.value.sort) == ("log-in-failed", Sort.DENIED)
    assert str(caught.value) == "Log-in failed: user or password is wrong"
    assert caught.value.status == 401


def test_two_refusals_do_not_share_their_codes(platform: Platform) -> None:
    with pytest.raises(PlatformError) as first:
        platform.run("x")
    with pytest.raises(PlatformError) as second:
        platform.start_run("x", {})
    with pytest.raises(PlatformError) as third:
        platform.change_password("wrong", "long enough now")
    codes = [caught.value.code for caught in (first, second, third)]
    assert codes == ["not-found", "not-found", "log-in-failed"]


def test_the_password_is_changed(platform: Platform, fake: FakeRooms) -> None:
    platform.change_password(PASSWORD, "long enough now")
    assert fake.accounts.password == "long enough now"


def test_services_are_registered_and_listed(platform: Platform) -> None:
    made = platform.register_service("http://x/?wsdl", "startX", title="X", repeatable=True)
    assert (made.name, made.operation, made.kind) == ("Service.startX", "startX", "asynchronous")
    assert (made.title, made.repeatable, made.project) == ("X", True, "bridges")
    assert made.inputs == (Port(name="size"),)
    assert made.notices == ("it has no description",)
    assert [service.name for service in platform.services()] == ["Service.startX"]
    assert platform.service("Service.startX").wsdl == "http://x/?wsdl"


def test_workflows_are_imported_published_and_read(platform: Platform) -> None:
    made = platform.import_workflow(b"<workflow/>")
    assert made.name == "Imported"
    assert platform.publish("Imported").published_version == 1
    assert platform.document("Imported") == b"<workflow/>"
    assert [found.name for found in platform.workflows()] == ["Imported"]
    assert platform.workflow("Imported").uri == made.uri


def test_a_run_is_started_shown_listed_and_aborted(platform: Platform, fake: FakeRooms) -> None:
    port = Port(name="n", type=PortType.INTEGER, unit="s")
    fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(port,))
    started = platform.start_run("Demo_Mesh", {"n": "3"})
    assert (started.state, started.is_over) == ("waiting", False)
    assert started.input_ports == (port,)
    assert platform.run(started.id).inputs == {"n": "3"}
    assert [run.id for run in platform.runs(limit=5)] == [started.id]
    assert platform.runs("failed") == []
    assert platform.runs(until="2026-11-24T09:00:00Z") == []
    platform.abort(started.id)
    assert platform.run(started.id).state == "aborting"


def test_steps_and_failures_are_typed(platform: Platform, fake: FakeRooms) -> None:
    why = Failure(code="fault", message="it broke", step=StepRunId(f"{RUN}_1"))
    step = step_view(
        RUN, 1, state=StepState.FAILED, failure=why, progress=50.0, note="hm", inputs={"a": "1"}
    )
    fake.runs.change(run_view(state=ExecutionState.FAILED, failure=why, steps=(step,)))
    run = platform.run(RUN)
    assert run.is_over
    assert not run.succeeded
    assert run.failure is not None
    assert (run.failure.code, run.failure.message) == ("fault", "it broke")
    (told,) = run.steps
    assert (told.is_over, told.progress, told.note, told.inputs) == (True, 50.0, "hm", {"a": "1"})
    assert told.started_at is not None
    assert told.started_at.tzinfo is not None
    assert run.raw["steps"][0]["key"] == "s1"


def test_a_decision_and_a_page_reach_their_step(platform: Platform, fake: FakeRooms) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1, state=StepState.UNKNOWN),)))
    fake.runs.show_page(StepRunId(f"{RUN}_1"), b"<p>hm</p>")
    platform.decide(RUN, 1, "give-up")
    assert fake.runs.decisions == [(RUN, 1, Choice.GIVE_UP)]
    assert platform.page(RUN, 1) == b"<p>hm</p>"


def test_names_cannot_leave_their_place_in_the_address(platform: Platform) -> None:
    with pytest.raises(PlatformError) as caught:
        platform.workflow("../runs?x#y")
    assert caught.value.code == "not-found"


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def test_a_file_goes_up_and_comes_down_whole(platform: Platform, tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    source = tmp_path / "bracket.step"
    source.write_bytes(content)
    told: list[tuple[int, int | None]] = []
    kept = platform.upload(source, on_progress=lambda moved, of: told.append((moved, of)))
    assert (kept.name, kept.size) == ("bracket.step", len(content))
    assert told[-1] == (len(content), len(content))
    got = tmp_path / "got"
    got.mkdir()
    target = platform.download(kept.uri, got)
    assert target == got / "bracket.step"
    assert target.read_bytes() == content
    other = platform.download(kept.uri, tmp_path / "other.bin")
    assert other.read_bytes() == content


def test_an_open_file_is_uploaded_from_where_it_stands(platform: Platform) -> None:
    source = io.BytesIO(b"0123456789")
    source.read(4)
    kept = platform.upload(source, "rest.txt")
    assert (kept.name, kept.size) == ("rest.txt", 6)


def test_an_empty_file_can_be_uploaded(platform: Platform, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert platform.upload(empty).size == 0


def test_a_file_that_is_too_large_is_refused_with_the_reason(
    platform: Platform, tmp_path: Path
) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(6_000_000)
    with pytest.raises(PlatformError, match="More than 5000000 bytes") as caught:
        platform.upload(large)
    assert caught.value.code == "too-large"
    assert platform.me().user == "ada"


def test_a_download_of_nothing_leaves_nothing(platform: Platform, tmp_path: Path) -> None:
    with pytest.raises(PlatformError):
        platform.download("local://bridges/uploads/1/none", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_is_cut_off_leaves_nothing(
    platform: Platform, fake: FakeRooms, tmp_path: Path
) -> None:
    kept = platform.upload(io.BytesIO(b"x" * 1000), "x")
    uri = parse_uri(kept.uri)
    content, modified_at = fake.back_end.files[uri]

    class Cut(bytes):
        """Says that it is longer than it is."""

        def __len__(self) -> int:
            return 5000

    fake.back_end.files[uri] = (Cut(content), modified_at)
    with pytest.raises(TransferFailed, match="nothing was kept"):
        platform.download(kept.uri, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


# ── events ──────────────────────────────────────────────────────────────────────────────────────


def test_a_run_is_followed_to_its_end(platform: Platform, fake: FakeRooms) -> None:
    fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    events = platform.events(RUN)
    first = next(events)
    assert first.run is not None
    assert first.run.state == "running"
    fake.runs.show_page(StepRunId(f"{RUN}_1"), b"<p>5 %</p>", 5.0)
    page = next(events)
    assert (page.kind, page.run, page.data["progress"]) == ("page", None, 5.0)
    fake.runs.change(run_view(state=ExecutionState.SUCCEEDED))
    last = [event.run.state for event in events if event.run]
    assert last == ["succeeded"]


def test_following_a_run_survives_a_restart_of_the_platform(fake: FakeRooms) -> None:
    fake.runs.change(run_view())
    with socket.create_server(("127.0.0.1", 0)) as probe:
        tcp_port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{tcp_port}"
    seen: list[str] = []
    ready, down = threading.Event(), threading.Event()

    def follow() -> None:
        with Platform(url, "token-of-ada", sleep=lambda _: down.wait(0.05)) as platform:
            for event in platform.events(RUN, on_lost=lambda _: down.set()):
                assert event.run is not None
                seen.append(f"{event.id} {event.run.state}")
                ready.set()

    with at_port(fake, tcp_port):
        follower = threading.Thread(target=follow)
        follower.start()
        assert ready.wait(30)
    assert down.wait(30)
    fake.runs.change(run_view(state=ExecutionState.ABORTING))
    fake.runs.change(run_view(state=ExecutionState.ABORTED))
    with at_port(fake, tcp_port):
        follower.join(30)
    assert not follower.is_alive()
    assert seen == ["1 running", "3 aborted"]


@contextmanager
def at_port(fake: FakeRooms, tcp_port: int) -> Iterator[None]:
    app = build(
        fake.rooms(),
        keys=Keys(b"a secret of at least 32 bytes...."),
        public_url="http://localhost:8080",
        recheck_every=timedelta(seconds=0.5),
        linger=timedelta(seconds=0.3),
    )
    config = uvicorn.Config(
        app, port=tcp_port, log_level="warning", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def test_patience_has_an_end() -> None:
    clock = iter(range(0, 10_000, 100))
    platform = Platform(
        "http://127.0.0.1:9", "t", sleep=lambda _: None, clock=lambda: float(next(clock))
    )
    lost: list[Unreachable] = []
    with pytest.raises(Unreachable, match="TARRY_URL"), platform:
        list(platform.events(RUN, patience=timedelta(seconds=350), on_lost=lost.append))
    assert 1 <= len(lost) <= 4


def test_a_refusal_ends_the_following_at_once(platform: Platform) -> None:
    with pytest.raises(PlatformError):
        list(platform.events("nothing"))


# ── what is not the platform ────────────────────────────────────────────────────────────────────


def test_nobody_there_says_what_to_do() -> None:
    with Platform("http://127.0.0.1:9") as platform, pytest.raises(Unreachable) as caught:
        platform.me()
    assert "http://127.0.0.1:9 does not answer (connection refused)" in str(caught.value)
    assert "tarry demo" in str(caught.value)


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Answer every request with these bytes."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            connection, _ = listener.accept()
            with connection:
                if over.is_set():
                    return
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    address = listener.getsockname()
    try:
        yield f"http://{address[0]}:{address[1]}"
    finally:
        over.set()
        with socket.create_connection(address):
            pass
        thread.join(10)
        listener.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
        b'HTTP/1.1 502 Bad\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"error":1}',
    ],
)
def test_something_else_at_the_address_is_told(answer: bytes) -> None:
    with answering(answer) as url, Platform(url) as platform, pytest.raises(NotThePlatform):
        platform.me()


def test_a_redirection_is_told_and_never_followed_with_the_token() -> None:
    moved = (
        b"HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\n"
        b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    refused = pytest.raises(Moved, match=r"elsewhere\.example")
    with answering(moved) as url, Platform(url, "secret") as platform, refused:
        platform.me()


def test_the_token_is_in_no_message(platform: Platform) -> None:
    platform_of_eve = Platform(platform.url, "eve-knows-a-secret")
    with platform_of_eve, pytest.raises(PlatformError) as caught:
        platform_of_eve.me()
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(platform_of_eve)
