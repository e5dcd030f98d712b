"""Values and progress out of what programs write."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.errors import InvalidValue
from tarry.contract.ports import Port, PortType
from tarry.service.model.values import (
    json_field,
    last_match,
    percent_of_file,
    percent_of_lines,
    readable,
    sendable,
    settled_percent,
    value_of,
)

TEXT = Port(name="t", type=PortType.TEXT)


def test_a_line_end_after_a_value_does_not_belong_to_it() -> None:
    assert value_of(Port(name="v"), "FINISHED\n") == "FINISHED"
    assert value_of(Port(name="v", type=PortType.INTEGER), " 42\r\n") == "42"
    assert value_of(Port(name="v", type=PortType.BOOLEAN), "True\n") == "true"


def test_a_text_keeps_its_lines_and_blanks() -> None:
    assert value_of(TEXT, "a\n b \n") == "a\n b \n"


@pytest.mark.parametrize(
    ("kind", "text"),
    [(PortType.INTEGER, "4.5"), (PortType.INTEGER, ""), (PortType.STRING, "a\nb")],
)
def test_what_does_not_fit_its_port_is_refused_by_name(kind: PortType, text: str) -> None:
    with pytest.raises(InvalidValue, match="nodes"):
        value_of(Port(name="nodes", type=kind), text)


@given(st.text(st.characters()))
def test_what_xml_cannot_carry_is_replaced(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", sendable(text))


def test_colours_of_a_terminal_do_not_reach_a_page() -> None:
    assert readable("\x1b[1;31mError\x1b[0m: x\x1b]0;title\x07y\n") == "Error: xy"


def test_the_last_line_that_matches_counts() -> None:
    assert last_match(re.compile(r"(\d+) nodes"), ["3 nodes", "x", "12 nodes", "y"]) == "12"
    assert last_match(re.compile(r"(\d+) nodes"), ["x"]) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", "0.10000000000000000001"),
        ("list.1", "x"),
        ("yes", "true"),
        ("large", "123456789012345678901234567890"),
        ("nothing", None),
        ("missing", None),
        ("list.9", None),
        ("a.b.c", None),
    ],
)
def test_a_field_of_json_keeps_every_digit(path: str, value: str | None) -> None:
    text = (
        '{"a": {"b": 0.10000000000000000001}, "list": [1, "x"], "yes": true, "nothing": null,'
        ' "large": 123456789012345678901234567890}'
    )
    assert json_field(TEXT, text, path.split(".")) == value


@pytest.mark.parametrize("text", ["", "{", '{"a": [1]}', '{"a": {}}', "[" * 100_000])
def test_json_that_holds_no_single_value_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        json_field(TEXT, text, ["a"])


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("0", 0),
        ("42\n", 42),
        (" 100 ", 100),
        *((bad, None) for bad in ("", "101", "-1", "4 2", "4.5", "٤", "1e1")),
    ],
)
def test_a_progress_file_holds_a_whole_number_from_0_to_100(
    text: str, percent: float | None
) -> None:
    assert percent_of_file(text) == percent


@pytest.mark.parametrize(
    ("expression", "lines", "percent"),
    [
        (r"(?P<percent>[\d.]+) *%", ["10 %", "12.5%", "done"], 12.5),
        (r"(?P<step>\d+)/(?P<total>\d+)", ["1/4", "3/4"], 75),
        (r"(?P<step>\d+)/(?P<total>\d+)", ["1/0"], None),
        (r"(?P<percent>\d+) %", ["300 %"], None),
        (r"(?P<percent>\S+) %", ["much %"], None),
    ],
)
def test_progress_is_read_off_the_log(
    expression: str, lines: list[str], percent: float | None
) -> None:
    assert percent_of_lines(re.compile(expression), lines) == percent


def test_a_file_that_is_caught_half_written_says_what_it_said_before() -> None:
    assert settled_percent(42, None, age=0) == 42
    assert settled_percent(99, 10, age=0.01) == 99, "the 10 of 100"
    assert settled_percent(None, 10, age=0) == 10


def test_a_smaller_number_counts_once_the_file_is_left_alone() -> None:
    assert settled_percent(99, 10, age=2) == 10
