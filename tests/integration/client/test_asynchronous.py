"""The asynchronous client keeps the promises of the other one, many at a time."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.portal_rooms import PASSWORD, FakeRooms, run_view, step_view, workflow
from tests.fakes.raw_server import raw_server, read_request
from tests.fakes.uvicorn_server import serving
from tests.integration.client.test_runs import COUNT, Losing

from tarry.client import AsyncPlatform, PlatformError, TransferFailed, Unreachable
from tarry.client.errors import Moved, NotThePlatform
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.executions.model.states import ExecutionState
from tarry.platform.portal.api.app import build

RUN = run_view().id


class World:
    def __init__(self) -> None:
        self.fake = FakeRooms()
        self.fake.catalogue.known_workflows["Demo_Mesh"] = workflow(inputs=(COUNT,))
        self.losing = Losing(
            build(
                self.fake.rooms(),
                keys=Keys(b"a secret of at least 32 bytes...."),
                public_url="http://localhost:8080",
                recheck_every=timedelta(seconds=0.5),
                linger=timedelta(seconds=0.1),
            ),
            0,
        )
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def platform(world: World) -> AsyncIterator[AsyncPlatform]:
    with serving(world.losing) as url:
        async with AsyncPlatform(url, "token-of-ada", sleep=world.sleep) as made:
            yield made


async def test_a_log_in_opens_the_platform_and_a_log_out_closes_it(world: World) -> None:
    with serving(world.losing) as url:
        async with AsyncPlatform(url) as platform:
            with pytest.raises(PlatformError, match="log in first"):
                await platform.me()
            await platform.log_in("ada", PASSWORD)
            assert (await platform.me()).user == "ada"
            await platform.log_out()
            with pytest.raises(PlatformError) as caught:
                await platform.me()
    assert (caught.value.code, caught.value.status) == ("not-logged-in", 401)


async def test_many_runs_are_begun_and_waited_for_at_once(
    world: World, platform: AsyncPlatform
) -> None:
    begun = await asyncio.gather(
        *(platform.start_run("Demo_Mesh", {"count": str(n)}) for n in range(20))
    )
    waiting = [asyncio.create_task(platform.wait(run.id)) for run in begun]
    for run in begun:
        view = world.fake.runs.views[run.id]  # type: ignore[index]  # an id is a text
        world.fake.runs.change(run_view(number=int(view.id, 16), state=ExecutionState.SUCCEEDED))
    assert all(run.succeeded for run in await asyncio.gather(*waiting))


async def test_a_run_whose_answer_is_lost_is_begun_once(
    world: World, platform: AsyncPlatform
) -> None:
    world.losing.times = 3
    started = await platform.start_run("Demo_Mesh", {})
    assert list(world.fake.runs.views) == [started.id]
    assert world.slept == [0.25, 0.5, 1.0]


async def test_where_nothing_listens_nothing_is_insisted_upon(world: World) -> None:
    async with AsyncPlatform("http://127.0.0.1:9", "t", sleep=world.sleep) as platform:
        with pytest.raises(Unreachable) as caught:
            await platform.start_run("Demo_Mesh", {})
    assert (caught.value.sent, world.slept) == (False, [])


async def test_lists_catalogue_and_people_are_read(world: World, platform: AsyncPlatform) -> None:
    for number in range(1, 251):
        world.fake.runs.change(run_view(number=number))
    assert [int(run.id, 16) async for run in platform.all_runs()] == list(range(250, 0, -1))
    assert [found.name for found in await platform.workflows()] == ["Demo_Mesh"]
    with pytest.raises(PlatformError, match="ada may not see the users"):
        await anext(platform.people.users())
    await platform.abort(RUN)
    assert (await platform.run(RUN)).state == "aborting"


async def test_events_are_followed_over_a_restart(world: World) -> None:
    world.fake.runs.change(run_view(steps=(step_view(RUN, 1),)))
    lost: list[Unreachable] = []
    with serving(world.losing) as url:
        async with AsyncPlatform(url, "token-of-ada") as platform:
            first = await anext(platform.events(RUN))
    async with AsyncPlatform(url, "token-of-ada", sleep=world.sleep) as down:
        with pytest.raises(Unreachable):
            await anext(down.events(RUN, patience=timedelta(0), on_lost=lost.append))
    world.fake.runs.change(run_view(state=ExecutionState.SUCCEEDED))
    with serving(world.losing) as url:
        async with AsyncPlatform(url, "token-of-ada") as platform:
            later = [event async for event in platform.events(RUN, after=first.id)]
    assert len(lost) <= 1
    assert [event.run and event.run.state for event in (first, *later)] == ["running", "succeeded"]
    assert [first.id, later[0].id] == ["1", "2"]


async def test_files_go_there_and_back_whole(platform: AsyncPlatform, tmp_path: Path) -> None:
    content = b"0123456789" * 100_000
    moved: list[tuple[int, int | None]] = []
    stored = await platform.upload(
        io.BytesIO(content), "a.bin", on_progress=lambda *seen: moved.append(seen)
    )
    assert (stored.name, stored.size, moved[-1]) == ("a.bin", 1_000_000, (1_000_000, 1_000_000))
    target = await platform.download(stored.uri, tmp_path)
    assert (target.name, target.read_bytes()) == ("a.bin", content)
    empty = await platform.upload(io.BytesIO(b""), "empty")
    assert (await platform.download(empty.uri, tmp_path / "e")).read_bytes() == b""


async def test_folders_go_there_and_back(platform: AsyncPlatform, tmp_path: Path) -> None:
    source = tmp_path / "case"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_text("a")
    (source / "sub" / "b.txt").write_text("b")
    uri = await platform.upload_folder(source)
    target = await platform.download_folder(uri, tmp_path / "back")
    assert (target / "sub" / "b.txt").read_text() == "b"
    assert sorted(it.name for it in target.rglob("*.txt")) == ["a.txt", "b.txt"]


async def test_a_download_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()

    async with raw_server(half) as url, AsyncPlatform(url, "t") as platform:
        with pytest.raises(TransferFailed):
            await platform.download("local://p/a", tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", NotThePlatform),
        (b"HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nhello", NotThePlatform),
        (b"HTTP/1.1 302 No\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n", Moved),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", Unreachable),
        (b"", Unreachable),
    ],
)
async def test_what_is_no_platform_is_named(answer: bytes, error: type[Exception]) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await writer.drain()

    async with raw_server(script) as url, AsyncPlatform(url, "t") as platform:
        with pytest.raises(error):
            await platform.me()
