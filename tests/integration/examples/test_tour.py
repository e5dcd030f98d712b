"""The round trip: it is steered by messages, and its page is its own."""

import json
from ast import literal_eval
from pathlib import Path

import pytest
from lxml import html
from tests.fakes.examples import EXAMPLES, run_script
from tests.fakes.tarry_service import Caller, serving

from tarry.contract.progress import progress_of

TOUR = EXAMPLES / "tour" / "tour.toml"
FOREVER = "1000000000"


def solve(folder: Path, points: int, rounds: int, messages: str = "") -> dict[str, object]:
    (folder / "messages").write_text(messages)
    arguments = (str(points), str(rounds), "1", "messages", "result.json", "tour.svg")
    done = run_script("tour/tour.py", *arguments, folder=folder)
    assert done.returncode == 0, done.stdout
    found: dict[str, object] = json.loads((folder / "result.json").read_text())
    return {**found, "log": done.stdout}


def test_the_trip_visits_every_place_once_and_looking_longer_makes_it_shorter(
    tmp_path: Path,
) -> None:
    short, long = solve(tmp_path, 30, 100), solve(tmp_path, 30, 60_000)
    assert sorted(long["order"]) == list(range(30))  # type: ignore[call-overload]
    assert float(str(long["length"])) < 0.6 * float(str(short["length"]))


def test_it_does_what_it_is_told_and_says_what_it_did_not_understand(tmp_path: Path) -> None:
    found = solve(tmp_path, 10, 1_000_000, "what?\nrounds 4000\nrounds -1\n")
    assert found["rounds"] == 4000
    assert "Not understood: 'what?'" in str(found["log"])
    assert "Not understood: 'rounds -1'" in str(found["log"])
    assert solve(tmp_path, 10, 1_000_000, "finish\nhalf a li")["rounds"] == 500


async def shown(caller: Caller, words: str) -> str:
    """Poll until the page shows something, and give it."""
    while words not in (page := await caller.page("1")):
        pass
    return page


@pytest.mark.timeout(120)
async def test_whoever_watches_its_page_decides_when_it_is_enough(tmp_path: Path) -> None:
    with serving(tmp_path, TOUR) as url:
        async with Caller(f"{url}/tour/Tour?wsdl") as caller:
            await caller.call("startTour", serviceID="1", points="12", rounds=FOREVER)
            tree = html.fromstring(await shown(caller, "The shortest trip so far"))
            assert tree.findtext(".//h1") == "Round trip through 12 places"
            assert str(tree.xpath("string(//img/@src)")).startswith("data:image/svg+xml;base64,")
            assert not tree.xpath("//script")
            page = await shown(caller, " km after ")
            assert progress_of(page.encode()) is not None

            await caller.call("notifyService", serviceID="1", message="finish")
            outputs = await caller.completed("1")

    assert sorted(map(int, literal_eval(outputs["order"]))) == list(range(12))
    assert 0 < float(outputs["length"]) < 12 * 2**0.5
    assert 500 <= int(outputs["rounds_tried"]) < int(FOREVER)
