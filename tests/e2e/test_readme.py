"""The README's five minutes, done as they are written."""

import re
from pathlib import Path

from tests.e2e.conftest import READY, ROOT, Home, Running

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def file_in_readme(name: str) -> str:
    """Give the block that begins with a comment naming this file."""
    found = re.search(rf"```\w+\n# {re.escape(name)}\n(.*?)```", TEXT, re.DOTALL)
    assert found, f"the README shows no {name}"
    return found[1]


def test_five_minutes_to_a_service_of_your_own(home: Home, started: list[Running]) -> None:
    folder = home.folder / "mine"
    folder.mkdir()
    for name in ("count.py", "count.toml"):
        (folder / name).write_text(file_in_readme(name), encoding="utf-8")
    running = home.start("up", str(folder / "count.toml"))
    started.append(running)
    running.wait_for_text(READY)
    password = running.wait_for_text(r"password: (\S+)")[1]

    login, run = re.findall(r"^tarry ((?:login|run) .*)$", TEXT, re.MULTILINE)
    home.tarry(*login.split(), more={"TARRY_PASSWORD": password})
    done = home.tarry(*run.split())
    assert f"```\n{done.stdout}```" in TEXT
    # the progress that the file speaks of was seen
    assert re.search(r"\d+ %", done.stderr)


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert "://" in target or (ROOT / Path(target)).exists(), target
