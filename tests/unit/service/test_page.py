"""The status page: what it shows, self-contained and without scripts."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import html
from tests.fakes.tarry_service import WAITER

from tarry.contract.ports import Port, PortType
from tarry.contract.progress import progress_of
from tarry.service.adapters.pages import render
from tarry.service.model.page import (
    PageView,
    Picture,
    Seen,
    duration_words,
    media_type_of,
    page_view,
)
from tarry.service.model.plot import draw
from tarry.service.model.program import Output, StoredFile
from tarry.service.model.program_file import read
from tarry.service.model.run import Outcome, RunState

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PROGRAM = read(WAITER.read_text())
OPERATION = PROGRAM.operations[0]
HOSTILE = "<script>alert('1')</script>&\"'"


def tree_of(page: bytes | str) -> Any:
    """Give the page's elements."""
    return html.fromstring(page)


def view(state: RunState = RunState.RUNNING, **seen: object) -> PageView:
    """What is shown three minutes after the start."""
    return page_view(
        PROGRAM,
        OPERATION,
        state=state,
        seen=replace(Seen(), **seen),  # type: ignore[arg-type]
        created_at=START,
        now=START + timedelta(minutes=3),
    )


def test_a_running_program_shows_progress_time_and_log() -> None:
    page = render(view(percent=42.0, log=("Waiting for 5 s",))).decode()

    text = tree_of(page).text_content()
    assert progress_of(page.encode()) == 42
    assert "42 %" in text
    assert "3 min 0 s" in text
    assert "Waiting for 5 s" in text
    assert tree_of(page).findtext(".//title") == "Waiter: running"


def test_the_time_that_is_left_is_estimated_only_where_that_means_something() -> None:
    assert "about 3 min 0 s left" in render(view(percent=50.0)).decode()
    assert " left" not in render(view(percent=1.0)).decode()
    assert " left" not in render(view(percent=None)).decode()
    assert " left" not in render(view(RunState.SUCCEEDED, percent=50.0)).decode()


def test_several_pictures_and_a_plot_are_shown() -> None:
    pictures = tuple(Picture(media_type="image/png", base64=text) for text in ("AAAA", "BBBB"))
    plot = draw({"residual": [(1.0, 1.0), (2.0, 0.5)]}, title=HOSTILE)

    tree = tree_of(render(view(pictures=pictures, plot=plot)))

    assert [image.get("src")[-4:] for image in tree.iter("img")] == ["AAAA", "BBBB"]
    assert len(tree.xpath("//*[local-name()='polyline']")) == 1
    assert not tree.xpath("//script")


def test_a_picture_with_a_title_says_it_to_those_who_do_not_see_it() -> None:
    titles = ("Speed in <m/s>", "")
    pictures = tuple(Picture(media_type="image/png", base64="AAAA", title=one) for one in titles)
    tree = tree_of(render(view(pictures=pictures)))
    alternatives = [image.get("alt") for image in tree.iter("img")]
    assert alternatives == [titles[0], "Picture 2 written by Waiter"]
    assert [caption.text for caption in tree.iter("figcaption")] == [titles[0]]


def test_fractions_of_a_percent_are_shown_and_100_only_when_it_is() -> None:
    for percent, words in [(0.25, "0.2 %"), (12.5, "12.5 %"), (99.99, "99.9 %"), (40.0, "40 %")]:
        page = render(view(percent=percent, message="Adding <up>")).decode()
        text = tree_of(page).text_content()
        assert words in text
        assert "Adding <up>" in text
        assert progress_of(page.encode()) == percent
    assert "Adding" not in render(view(RunState.SUCCEEDED)).decode()


def test_the_page_is_self_contained_and_has_no_script() -> None:
    picture = Picture(media_type="image/png", base64="AAAA")
    page = render(view(percent=1.0, log=("x",), pictures=(picture,))).decode()

    tree = tree_of(page)
    assert not tree.xpath("//script | //link | //iframe | //object | //@onload | //a")
    assert tree.xpath("//@src") == ["data:image/png;base64,AAAA"]
    assert not re.search(r"url\(|@import|https?://", page)


def test_the_page_is_for_everybody() -> None:
    page = render(view(percent=1.0, log=("x",))).decode()

    tree = tree_of(page)
    assert tree.xpath("/html/@lang") == ["en"]
    assert tree.xpath("//progress/@aria-label") == ["Progress"]
    assert len(tree.xpath("//h1")) == 1
    assert all(image.get("alt") for image in tree.xpath("//img"))
    assert "prefers-color-scheme: dark" in page


def test_nothing_that_a_program_or_caller_wrote_becomes_markup() -> None:
    outcome = Outcome(state=RunState.FAILED, ended_at=START, code="program-failed", reason=HOSTILE)
    shown = page_view(
        replace(PROGRAM, title=HOSTILE),
        OPERATION,
        state=RunState.FAILED,
        seen=Seen(log=(HOSTILE,), note=HOSTILE),
        created_at=START,
        now=START,
        outcome=outcome,
    )

    page = render(shown).decode()
    assert "<script" not in page
    assert tree_of(page).xpath("string(//pre)") == HOSTILE


def test_a_page_without_progress_says_that_it_is_not_known() -> None:
    page = render(view())
    assert progress_of(page) is None
    assert tree_of(page).xpath("//progress/@aria-label") == ["Progress is not known"]


def test_the_last_page_shows_the_results() -> None:
    mesh = Port(name="mesh", type=PortType.FILE, title="The mesh")
    size = Port(name="size", type=PortType.DECIMAL, unit="mm")
    sources = [Output(port=port, source=StoredFile("m"), unset="") for port in (mesh, size)]
    outcome = Outcome(
        state=RunState.SUCCEEDED,
        ended_at=START + timedelta(hours=2),
        outputs={"mesh": "local://demo/runs/1/mesh.msh", "size": "2.5"},
    )

    page = page_view(
        PROGRAM,
        replace(OPERATION, outputs=tuple(sources)),
        state=RunState.SUCCEEDED,
        seen=Seen(percent=97),
        created_at=START,
        now=START + timedelta(days=9),
        outcome=outcome,
    )

    tree = tree_of(render(page))
    assert [node.text for node in tree.xpath("//dt")] == ["The mesh", "size"]
    assert [node.text for node in tree.xpath("//dd")] == ["mesh.msh", "2.5 mm"]
    assert page.percent == 100
    assert "took 2 h 0 min" in tree.text_content()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (125, "2 min 5 s"), (7_800, "2 h 10 min"), (190_000, "2 d 4 h")],
)
def test_time_is_told_as_people_tell_it(seconds: float, words: str) -> None:
    assert duration_words(timedelta(seconds=seconds)) == words


PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50 + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (PNG[:-9], None),
        (b"\xff\xd8\xff\xe0 x \xff\xd9", "image/jpeg"),
        (b"\xff\xd8\xff\xe0 x", None),
        (b"GIF89a x;", "image/gif"),
        (b"<svg xmlns='x'></svg>\n", "image/svg+xml"),
        (b"<html></html>", None),
        (b"", None),
    ],
)
def test_only_whole_pictures_are_shown(content: bytes, media_type: str | None) -> None:
    assert media_type_of(content[:1024], content[-64:]) == media_type
