"""Lists, secrets, files and folders at the REST door: as JSON, and to the program as by SOAP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.fakes.platform_server import FakePlatform, platform
from tests.fakes.tarry_service import serving, shell_service

SECRET = "sesame-open"
SERVICE = shell_service(
    'cat "$1" | tr a-z A-Z >secret; shift; cat "$1" "$2" >both; shift 2;'
    ' for word; do echo "$word"; done >words',
    """
[operations.run.inputs]
password = { type = "secret" }
parts = { type = "file", many = true }
sizes = { type = "decimal", many = true, minimum = 0 }
tags = { many = true, required = false }
[operations.run.outputs]
words = { many = true, from = { text = "words" } }
secret = { from = { text = "secret" } }
both = { type = "file", from = { file = "both" } }
""",
).replace('"program"]', '"program", "{password}", "{parts}", "{sizes}", "{tags}"]')
FOLDER = shell_service("true", 'inputs.case = { type = "folder" }')
SOLVED = shell_service(
    'mkdir -p solved/deep; cat "$1/mesh" "$1/0/field" >solved/deep/field; echo ü >solved/ü',
    """
inputs.case = { type = "folder" }
outputs.solved = { type = "folder", from = { folder = "solved" } }
""",
).replace('"program"]', '"program", "{case}"]')
STEP_RUN = "0123456789abcdef0123456789abcdef_2"
GOOD = {
    "password": SECRET,
    "parts": ["local://Demo/a", "local://Demo/b"],
    "sizes": [0.5, 3],
    "tags": ["a b", "ü;'"],
}


@pytest.fixture
def fake() -> Iterator[FakePlatform]:
    """A platform with two files."""
    with platform() as running:
        running.files |= {"local://Demo/a": b"A", "local://Demo/b": b"B"}
        yield running


async def send(method: str, url: str, body: object = None) -> tuple[int, Any]:
    """Make a request as Ann."""
    headers = {"Authorization": "Bearer anns"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, url, json=body) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


async def test_lists_secrets_and_files_go_in_and_come_out(
    tmp_path: Path, fake: FakePlatform
) -> None:
    with serving(tmp_path, SERVICE, platform=fake.url) as url:
        rest = f"{url}/shell/Shell/rest"
        status, run = await send("POST", f"{rest}/run?serviceID={STEP_RUN}", GOOD)
        assert status == 202, run
        while "ended" not in run:
            _, run = await send("GET", f"{rest}/runs/{STEP_RUN}?wait=10")
    assert run["outputs"]["words"] == ["0.5", "3", "a b", "ü;'"]
    assert run["outputs"]["secret"] == SECRET.upper()
    assert fake.files[run["outputs"]["both"]] == b"AB"
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert not [file for file in kept if SECRET.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sizes": [1, -2]}, "sizes: '-2' is below"),
        ({"sizes": 3}, "sizes"),
        ({"tags": ["a", 1]}, "tags"),
        ({"tags": [["a"]]}, "tags"),
        ({"parts": ["/etc/passwd"]}, "parts"),
        ({"password": ["a", "b"]}, "password"),
        ({"password": None}, "password"),
    ],
    ids=str,
)
async def test_what_is_wrong_in_them_is_told_by_its_port_and_starts_nothing(
    tmp_path: Path, fake: FakePlatform, wrong: dict[str, object], words: str
) -> None:
    with serving(tmp_path, SERVICE, platform=fake.url) as url:
        status, problem = await send("POST", f"{url}/shell/Shell/rest/run", {**GOOD, **wrong})
    assert (status, words in problem["detail"]) == (422, True), problem
    assert SECRET not in str(problem)
    assert not list((tmp_path / "runs").iterdir())


@pytest.mark.parametrize("case", ["not a uri", "../x", 7, ["local://Demo/a/"]], ids=str)
async def test_a_folder_is_a_storage_uri(tmp_path: Path, fake: FakePlatform, case: object) -> None:
    with serving(tmp_path, FOLDER, platform=fake.url) as url:
        status, problem = await send("POST", f"{url}/shell/Shell/rest/run", {"case": case})
    assert (status, "case" in problem["detail"]) == (422, True), problem


async def test_a_folder_goes_in_whole_and_comes_out_whole(
    tmp_path: Path, fake: FakePlatform
) -> None:
    fake.files |= {"local://Demo/case/mesh": b"M", "local://Demo/case/0/field": b"F"}
    with serving(tmp_path, SOLVED, platform=fake.url) as url:
        rest = f"{url}/shell/Shell/rest"
        inputs = {"case": "local://Demo/case/"}
        status, _ = await send("POST", f"{rest}/run?serviceID={STEP_RUN}", inputs)
        assert status == 202
        _, run = await send("GET", f"{rest}/runs/{STEP_RUN}?wait=30")
        assert run["state"] == "succeeded", run
        solved = run["outputs"]["solved"]
        assert solved.startswith("local://Demo/")
        assert solved.endswith("/")
        assert fake.files[f"{solved}deep/field"] == b"MF"
        assert fake.files[f"{solved}ü"] == "ü\n".encode()
        gone = {"case": "local://Demo/nothing/"}
        _, begun = await send("POST", f"{rest}/run", gone)
        _, run = await send("GET", f"{rest}/runs/{begun['serviceID']}?wait=30")
    assert (run["state"], run["problem"]["code"]) == ("failed", "input-unavailable")
    assert "local://Demo/nothing/" in run["problem"]["detail"]
