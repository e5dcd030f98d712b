"""The story that everything is for, told in a browser, from the upload to the downloaded mesh."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.browser import Person, chromium, needs_chromium, person
from tests.e2e.conftest import READY, ROOT, Home, Running, wait_for

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(shutil.which("gmsh") is None, reason="gmsh is not installed"),
    pytest.mark.timeout(400),
]
BRACKET = ROOT / "examples" / "mesher" / "bracket.step"
PICTURES = os.environ.get("TARRY_SCREENSHOTS", "")
"""A folder to put pictures for the documentation into. The tests themselves change nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_she_uploads_leaves_everything_is_killed_and_she_comes_back_for_her_mesh(
    browser: Browser, home: Home, started: list[Running]
) -> None:
    running, password = open_demo(home, started)
    with person(browser, home.url) as she:
        she.log_in("demo", password)
        she.page.get_by_role("link", name="Start Mesh a part and rate the mesh").click()
        she.page.get_by_role("button", name="Geometry").set_input_files(BRACKET)
        she.page.get_by_label("Element size").fill("2")
        she.page.get_by_role("button", name="Start run").click()
        steps = she.page.locator("#step-list")
        expect(steps).to_contain_text(re.compile(r"[4-9]\d %"))
        picture(she, "portal.png")
        run = she.page.url.rpartition("/")[2]
        # and closes her laptop

    work = folder_of_step(home, run, 1) / "work"
    running.process.send_signal(signal.SIGKILL)
    kill_services(home)
    running.process.wait()
    assert not (work / "mesh.msh").exists(), "the kill came too late to show anything"

    _, password = open_demo(home, started)
    with person(browser, home.url) as she:
        she.log_in("demo", password)
        she.page.locator("#run-list").get_by_role("link", name="Mesh a part").click()
        expect(she.page).to_have_url(re.compile(f"{run}$"))
        expect(she.page.locator("#step-list .step")).to_have_count(2, timeout=240_000)
        she.page.get_by_role("button", name="Show its page").first.click()
        expect(she.page.frame_locator("#frame-place iframe").locator("img")).to_be_visible()
        if she.page.get_by_role("button", name="Abort…").is_visible():
            picture(she, "portal.png")  # the same run, with more to be seen
        expect(she.page.get_by_role("heading", name="Results")).to_be_visible(timeout=240_000)
        expect(she.page.locator("#step-list")).not_to_contain_text("attempt")
        picture(she, "results.png")
        mesh = she.download("mesh.msh")
        assert she.complaints == []

    assert mesh == (work / "mesh.msh").read_bytes()
    assert mesh.startswith(b"$MeshFormat")
    log = (work.parent / "log").read_text(encoding="utf-8", errors="replace")
    assert len(re.findall("^Info    : Started on", log, re.MULTILINE)) == 1
    assert len(list((home.folder / "data" / "services" / "runs").iterdir())) == 2


def open_demo(home: Home, started: list[Running]) -> tuple[Running, str]:
    running = home.start("demo")
    started.append(running)
    running.wait_for_text(READY)
    return running, running.wait_for_text(r"password: (\S+)")[1]


def folder_of_step(home: Home, run: str, number: int) -> Path:
    """Find the folder in which the program of a step runs."""
    (found,) = (home.folder / "data" / "services" / "runs").glob(f"{run}_{number}-*")
    return found


def kill_services(home: Home) -> None:
    """Kill the process that serves this home's programs, as a power cut would, and no other."""

    def services() -> list[int]:
        own = f"{home.folder}/data/services".encode()
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and {b"serve", own} <= set(words_of(entry))
        ]

    for number in services():
        os.kill(number, signal.SIGKILL)
    wait_for(lambda: not services(), "the services to be gone")


def words_of(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def picture(who: Person, name: str) -> None:
    """Take a picture for the documentation, if somebody asked for pictures."""
    if PICTURES:
        who.page.set_viewport_size({"width": 1120, "height": 1100})
        who.page.screenshot(path=Path(PICTURES) / name, animations="disabled")
