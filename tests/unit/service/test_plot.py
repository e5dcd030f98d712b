"""Numbers of a log become a small plot that needs no script and lies about nothing."""

import re

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tarry.service.model.plot import MOST_POINTS, Curves, PlotSource, draw

SVG = "{http://www.w3.org/2000/svg}"


def curves(expression: str, *lines: str) -> Curves:
    read = Curves(PlotSource(re.compile(expression)))
    read.read(lines)
    return read


def drawn(svg: str) -> etree._Element:
    return etree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_lines_that_match_are_counted_and_named_groups_become_lines() -> None:
    found = curves(
        r"residual (?P<p>\S+) (?P<u>\S+)", "residual 1.0 2.0", "else", "residual 0.5 1D-1"
    )
    assert found.points == {"p": [(1.0, 1.0), (2.0, 0.5)], "u": [(1.0, 2.0), (2.0, 0.1)]}


def test_a_group_x_is_the_abscissa() -> None:
    found = curves(r"t=(?P<x>\S+) T=(?P<heat>\S+)", "t=0.5 T=300", "t=1.5 T=280")
    assert found.points == {"heat": [(0.5, 300.0), (1.5, 280.0)]}


def test_what_is_no_number_is_passed_over() -> None:
    found = curves(r"r (?P<r>\S+)", "r 1", "r nan", "r inf", "r abc", "r 2")
    assert found.points == {"r": [(1.0, 1.0), (5.0, 2.0)]}


def test_a_long_log_gives_few_points_and_keeps_the_newest() -> None:
    found = curves(r"r (?P<r>\d+)")
    for number in range(1, 10_001):
        found.read([f"r {number}"])
    points = found.points["r"]
    assert len(points) <= MOST_POINTS + 1
    assert points[0][0] < 200
    assert points[-1][0] > 9_900
    assert points == sorted(points)


def test_one_point_is_no_plot() -> None:
    assert draw({"r": [(1.0, 1.0)]}) == ""
    assert draw({}) == ""


def test_a_wide_range_is_drawn_on_decades() -> None:
    texts = [text.text for text in drawn(draw({"r": [(1, 1.0), (2, 1e-6)]})).iter(f"{SVG}text")]
    assert "1e0" in texts
    assert "1e-6" in texts


def test_where_there_are_several_lines_each_is_named_beside_a_piece_of_it() -> None:
    image = drawn(draw({"p": [(0, 1), (1, 2)], "velocity": [(0, 2), (1, 3)]}))
    dashes = [line.get("stroke-dasharray") for line in image.iter(f"{SVG}polyline")]
    samples = [
        line.get("stroke-dasharray") for line in image.iter(f"{SVG}line") if line.get("stroke")
    ]
    assert samples == dashes
    texts = [text.text for text in image.iter(f"{SVG}text")]
    assert texts[:2] == ["p", "velocity"]
    alone = drawn(draw({"p": [(0, 1), (1, 2)]}))
    assert "p" not in [text.text for text in alone.iter(f"{SVG}text")]


def test_names_cannot_become_markup() -> None:
    svg = draw({"a": [(0, 0), (1, 1)]}, title='"><script>alert(1)</script>')
    assert list(drawn(svg).iter(f"{SVG}script")) == []


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.dictionaries(st.sampled_from("abc"), st.lists(st.tuples(numbers, numbers)), max_size=3))
def test_every_point_stands_within_the_frame(points: dict[str, list[tuple[float, float]]]) -> None:
    svg = draw(points)
    if not svg:
        return
    for line in drawn(svg).iter(f"{SVG}polyline"):
        for pair in line.get("points", "").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 640
            assert 0 <= y <= 240
