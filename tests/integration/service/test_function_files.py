"""Functions whose values are files, folders and secrets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.functions import module
from tests.fakes.platform_server import FakePlatform, platform
from tests.fakes.tarry_service import Caller, serving

STEP_RUN = "0123456789abcdef0123456789abcdef_2"
PLACE = f"local://Demo/runs/{STEP_RUN.replace('_', '/')}"

FUNCTIONS = """
@service.asynchronous
def turn(
    part: Annotated[Path, port(accept=[".step"])],
    password: Secret = Secret("none"),
) -> Path:
    print("opened with", repr(password))
    turned = Path(f"turned {part.name}")
    turned.write_text(part.read_text()[::-1] + password[:2])
    return turned

@service.asynchronous
def slice_it(part: Path) -> list[Path]:
    for number, line in enumerate(part.read_text()):
        Path(f"slice{number}.txt").write_text(line)
    return sorted(Path().glob("slice*"))

@service.asynchronous
def lose(part: Path) -> Path:
    return Path("nowhere.txt")
"""


@pytest.fixture
def fake() -> Iterator[FakePlatform]:
    """A platform with a file."""
    with platform() as running:
        running.files["local://Demo/a/part.step"] = b"abc"
        yield running


async def outputs(
    folder: Path, fake: FakePlatform, operation: str, **inputs: str
) -> dict[str, str]:
    """Run a function to its end."""
    made = module(folder, FUNCTIONS)
    ids = {"serviceID": STEP_RUN, "sessionToken": "anns"}
    with serving(folder / "data", made, platform=fake.url) as url:
        async with Caller(f"{url}/made/{operation}?wsdl") as caller:
            await caller.call(operation, **ids, part="local://Demo/a/part.step", **inputs)
            return await caller.completed(STEP_RUN, "anns")


async def test_a_function_gets_and_gives_files(tmp_path: Path, fake: FakePlatform) -> None:
    answer = await outputs(tmp_path, fake, "turn", password="sesame")

    assert answer["result"] == f"{PLACE}/result/turned_part.step"
    assert fake.files[answer["result"]] == b"cbase"


async def test_a_secret_stays_one(tmp_path: Path, fake: FakePlatform) -> None:
    await outputs(tmp_path, fake, "turn", password="sesame")

    kept = [file for file in (tmp_path / "data").rglob("*") if file.is_file()]
    assert [file.name for file in kept if b"sesame" in file.read_bytes()] == []


async def test_a_function_gives_a_list_of_files(tmp_path: Path, fake: FakePlatform) -> None:
    await outputs(tmp_path, fake, "slice_it")

    stored = {uri: content for uri, content in fake.files.items() if uri.startswith(PLACE)}
    assert sorted(stored.values()) == [b"a", b"b", b"c"]
    assert all(uri.endswith(".txt") for uri in stored)


async def test_a_file_that_is_not_there_is_named(tmp_path: Path, fake: FakePlatform) -> None:
    made = module(tmp_path, FUNCTIONS)
    ids = {"serviceID": STEP_RUN, "sessionToken": "anns"}
    with serving(tmp_path / "data", made, platform=fake.url) as url:
        async with Caller(f"{url}/made/lose?wsdl") as caller:
            await caller.call("lose", **ids, part="local://Demo/a/part.step")
            fault = await caller.failed(STEP_RUN, "anns")
    assert "lose returned nowhere.txt as result, and there is no such file" in fault.fault_string
