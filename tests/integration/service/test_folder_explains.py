"""A run's folder explains itself to whoever opens it, while it goes on and when it is over."""

import json
from pathlib import Path

from tests.fakes.tarry_service import Caller, serving, shell_service, until

REST = """
inputs.size = { type = "decimal", unit = "mm" }
inputs.password = { type = "secret" }
outputs.result = { from = { text = "result" } }
limits = { wall_time = "2 h", memory = "1.5 GB" }
"""
SCRIPT = "until [ -e go ]; do sleep 0.02; done; echo fine >result; exit $2"


async def run_of(data: Path, code: str) -> tuple[Path, str, dict[str, object]]:
    """Run a program to its end; gives its folder, and what it said while it ran."""
    program = shell_service(SCRIPT, REST).replace(
        '"program"]', f'"program", "--size={{size}}", "{code}", "{{password}}"]'
    )
    with serving(data, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="my run", size="1.50", password="sesame")
            (folder,) = (data / "runs").iterdir()
            await until((folder / "README.txt").exists)
            text, account = read(folder)
            (folder / "work" / "go").touch()
            await until((folder / "outcome.json").exists)
            await until(lambda: "ended" in (folder / "README.txt").read_text())
    return folder, text, account


def read(folder: Path) -> tuple[str, dict[str, object]]:
    """What a folder says to people and to programs."""
    return (folder / "README.txt").read_text(), json.loads((folder / "run.json").read_text())


async def test_while_it_runs_it_says_who_asked_for_what_and_what_was_run(tmp_path: Path) -> None:
    _, text, account = await run_of(tmp_path, "0")

    assert account["state"] == "running"
    assert account["service_id"] == "my run"
    assert account["inputs"] == {"size": "1.50", "password": "•••"}
    assert "--size=1.50" in account["command"]  # type: ignore[operator]
    assert account["limits"] == {"wall time": "2 h 0 min", "memory": "1.5 GB"}
    assert set(account["versions"]) == {"tarry", "python", "program file"}  # type: ignore[call-overload]
    assert account["started_at"]
    assert not account["ended_at"]
    for said in ("my run", "size", "1.50", "--size=1.50", "What lies here", "1.5 GB"):
        assert said in text


async def test_in_the_end_it_says_how_it_ended(tmp_path: Path) -> None:
    folder, _, _ = await run_of(tmp_path, "0")
    text, account = read(folder)

    assert account["state"] == "succeeded"
    assert account["exit_code"] == 0
    assert account["outputs"] == {"result": "fine"}
    assert account["ended_at"]
    assert "succeeded" in text
    assert "fine" in text


async def test_a_failure_is_told_with_its_reason(tmp_path: Path) -> None:
    folder, _, _ = await run_of(tmp_path, "3")
    text, account = read(folder)

    assert (account["code"], account["exit_code"]) == ("program-failed", 3)
    assert "It ended with exit code 3 (program-failed)" in text


async def test_no_secret_stands_in_any_file_of_the_folder(tmp_path: Path) -> None:
    folder, _, _ = await run_of(tmp_path, "0")

    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if "sesame" in file.read_text()]
