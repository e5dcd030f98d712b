"""Templates of status pages: what stands in them, and what is found wrong with them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tarry.service.model.page import PageView, Picture, Seen, page_view
from tarry.service.model.program_file import read
from tarry.service.model.run import Outcome, RunState
from tarry.service.model.templates import (
    STATUS_NAMES,
    TemplateBroken,
    fill,
    problem,
    status_values,
)

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PROGRAM = read(
    """
name = "Solver"
title = "Solver <1>"
[operations.solve]
command = ["solve", "{size}", "{word}", "{key}"]
inputs.size = { type = "decimal", unit = "mm" }
inputs.word = { required = false }
inputs.key = { type = "secret", required = false }
outputs.peak = { type = "decimal", unit = "K", title = "Peak", from = { text = "peak" } }
page = { plot = { log = 'residual (?P<residual>[0-9.]+)', title = "Residual" } }
"""
)
(OPERATION,) = PROGRAM.operations


def view_of(seen: Seen, *, outcome: Outcome | None = None) -> PageView:
    return page_view(
        PROGRAM,
        OPERATION,
        state=outcome.state if outcome else RunState.RUNNING,
        seen=seen,
        created_at=START,
        now=START + timedelta(minutes=2),
        outcome=outcome,
    )


def filled(text: str, view: PageView, **values: float) -> str:
    inputs = {"size": "2.5", "key": "***"}
    return fill(text, status_values(view, OPERATION, inputs, values)).decode()


SEEN = Seen(
    percent=50.25,
    message="meshing",
    log=("<one>", "two"),
    pictures=(Picture(media_type="image/png", base64="AAAA", title="Mesh"),),
    plot="<svg></svg>",
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ title }}", "Solver &lt;1&gt;"),
        ("{{ progress }} {{ progress_words }} %", "50.25 50.2 %"),
        (
            "{{ message }} {{ state }} {{ state_words }} {{ is_over }}",
            "meshing running running False",
        ),
        ("{{ elapsed }} {{ elapsed_seconds }}", "2 min 0 s 120.0"),
        ("{{ estimate }}", "about 1 min 58 s left"),
        ("{{ estimate_seconds | round }}", "119.0"),
        ("{% for line in log %}[{{ line }}]{% endfor %}", "[&lt;one&gt;][two]"),
        (
            '{% for p in pictures %}<img src="{{ p.source }}" alt="{{ p.title }}">{% endfor %}',
            '<img src="data:image/png;base64,AAAA" alt="Mesh">',
        ),
        ("{{ plot }} {{ plot_title }}", "<svg></svg> Residual"),
        ("{{ values.residual }}", "0.125"),
        ("{{ inputs.size }} {{ inputs.word or 'no word' }}", "2.5 no word"),
        ("{{ inputs.key is defined }}", "False"),
        ("{{ results.peak is defined }}", "False"),
        ("{{ started_at.isoformat() }}", "2026-11-24T06:00:00+00:00"),
    ],
)
def test_a_template_has_all_that_our_page_shows(text: str, shown: str) -> None:
    assert filled(text, view_of(SEEN), residual=0.125) == shown


def test_in_the_end_it_has_the_results() -> None:
    outcome = Outcome(
        state=RunState.SUCCEEDED, ended_at=START + timedelta(minutes=1), outputs={"peak": "351"}
    )
    text = (
        "{{ is_over }} {{ results.peak.title }}: {{ results.peak.value }} {{ results.peak.unit }}"
    )
    assert filled(text, view_of(SEEN, outcome=outcome)) == "True Peak: 351 K"


def test_every_name_that_is_known_is_filled_in() -> None:
    assert status_values(view_of(Seen()), OPERATION, {}, {}).keys() == STATUS_NAMES


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("<p>\n{{ title }}\n{% if progress %}", 3, "end of"),
        ("<p>{{ title </p>", 1, "expected"),
        ("{{ title }}\n<p>{{ progres }}</p>", 2, "progres is not known; there are: elapsed"),
        ("{{ title | nosuchfilter }}", 1, "nosuchfilter"),
    ],
)
def test_what_is_wrong_is_found_before_anything_is_shown(text: str, line: int, words: str) -> None:
    found = problem(text, STATUS_NAMES)
    assert found is not None
    assert found[0] == line
    assert words in found[1]


def test_what_can_be_filled_in_is_no_problem() -> None:
    text = (
        "{% set part = progress or 0 %}{% for n in range(3) %}{{ loop.index + part }}{% endfor %}"
    )
    assert problem(text, STATUS_NAMES) is None


@pytest.mark.parametrize(
    "text",
    [
        "{{ values.residual }}",
        "{{ 1 / 0 }}",
        "{{ pictures[7].source }}",
        "{{ title.__class__.__mro__ }}",
        "{% include 'other.html' %}",
        "{{ log.append('more') }}",
        "{{ title + 1 }}",
        "{{ title | round }}",
    ],
)
def test_what_cannot_be_filled_in_says_so_and_reaches_nothing(text: str) -> None:
    view = replace(view_of(SEEN), log=("a",))
    with pytest.raises(TemplateBroken):
        filled(text, view)
