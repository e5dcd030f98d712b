"""Placeholders: a value can never become more than a value."""

import shlex
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.contract.errors import InvalidValue
from tarry.contract.ports import Port, PortType
from tarry.service.model.command import (
    Placeholder,
    fill,
    fill_environment,
    problems,
    read_argument,
)

PLACES = {"here": "/srv/mesher", "work": "/data/runs/r/work", "python": "/usr/bin/python3"}
NAME = Port(name="name")


def arguments(command: list[str], *ports: Port, **values: str) -> list[str]:
    """Fill a command that begins with `prog`, and give what follows it."""
    parsed = [read_argument(text) for text in ("prog", *command)]
    return list(fill(parsed, ports, values, PLACES)[1:])


def refused(command: list[str], port: Port, value: str) -> str:
    """Give the message with which a value is refused."""
    with pytest.raises(InvalidValue) as raised:
        arguments(command, port, **{port.name: value})
    return str(raised.value)


def test_braces_are_written_twice() -> None:
    assert read_argument("{{a}}").pieces == ("{", "a", "}")
    assert read_argument("x{a}y").pieces == ("x", Placeholder("a"), "y")


@pytest.mark.parametrize("text", ["{", "}", "a{b", "a}b", "{}", "{ }"])
def test_a_brace_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|names no input"):
        read_argument(text)


def test_places_are_filled_in() -> None:
    assert arguments(["{here}/a.py", "{work}/b", "{python}"]) == [
        "/srv/mesher/a.py",
        "/data/runs/r/work/b",
        "/usr/bin/python3",
    ]


@pytest.mark.parametrize("program", ["{name}", "{work}/program", "/bin/{name}"])
def test_neither_a_value_nor_a_run_can_choose_the_executable(program: str) -> None:
    assert "the program itself" in str(problems([read_argument(program)], [NAME]))


@pytest.mark.parametrize("argument", ["-{name}", "--{name}", "--{name}=1"])
def test_a_text_cannot_name_an_option_but_a_choice_or_a_number_can(argument: str) -> None:
    command = [read_argument("prog"), read_argument(argument)]
    assert "lets callers choose the option" in str(problems(command, [NAME]))
    for port in (
        Port(name="name", type=PortType.CHOICE, choices=("2", "3")),
        Port(name="name", type=PortType.INTEGER),
        Port(name="name", pattern="[23]"),
    ):
        assert problems(command, [port]) is None
    assert problems([read_argument("prog"), read_argument("--size={name}")], [NAME]) is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_given_there_is_one_argument_for_each_argument_of_the_file(text: str) -> None:
    try:
        filled = arguments(["--name", "{name}", "last"], NAME, name=text)
    except InvalidValue:
        return
    assert filled == ["--name", text, "last"]


@pytest.mark.parametrize(
    "value",
    ["; rm -rf /x", "$(id)", "`id`", "a b", "a\tb", "'", '"', "*", "a|b", "a&b", "a>b", "{work}"],
)
def test_signs_of_a_shell_and_placeholders_in_values_mean_nothing(value: str) -> None:
    if "/" in value:  # not refused for its path, to see the signs pass
        value = value.replace("/", "")
    assert arguments(["{name}"], NAME, name=value) == [value]
    assert shlex.join([value])  # a shell would see one word here, too


@pytest.mark.parametrize("value", ["-", "-x", "--exec=id", "-5"])
def test_a_text_cannot_become_an_option(value: str) -> None:
    assert "must not begin with '-'" in refused(["{name}"], NAME, value)
    assert "must not begin with '-'" in refused(["{name}{work}"], NAME, value)


def test_two_texts_together_cannot_become_an_option() -> None:
    ports = [Port(name="a"), Port(name="b")]
    with pytest.raises(InvalidValue, match="b: '-x' must not begin with '-'"):
        arguments(["{a}{b}"], *ports, a="", b="-x")


def test_what_stands_after_two_dashes_or_after_the_authors_text_is_no_option() -> None:
    assert arguments(["--", "{name}"], NAME, name="-x") == ["--", "-x"]
    assert arguments(["--name={name}"], NAME, name="-x") == ["--name=-x"]


def test_two_dashes_that_a_caller_sends_open_nothing() -> None:
    ports = [Port(name="a", pattern=".*"), Port(name="b")]
    with pytest.raises(InvalidValue):
        arguments(["{a}", "{b}"], *ports, a="--", b="-x")


@pytest.mark.parametrize("kind", [PortType.INTEGER, PortType.DECIMAL])
def test_a_negative_number_needs_a_port_that_allows_it_or_two_dashes(kind: PortType) -> None:
    assert "'-'" in refused(["{n}"], Port(name="n", type=kind), "-5")
    below = Port(name="n", type=kind, minimum=Decimal(-10))
    assert arguments(["{n}"], below, n="-5") == ["-5"]
    assert arguments(["--", "{n}"], Port(name="n", type=kind), n="-5") == ["--", "-5"]


def test_a_choice_that_the_author_wrote_may_be_an_option() -> None:
    port = Port(name="d", type=PortType.CHOICE, choices=("-2", "-3"))
    assert arguments(["{d}"], port, d="-3") == ["-3"]


@pytest.mark.parametrize("value", ["@/etc/passwd", "@file"])
def test_a_text_cannot_become_a_list_of_arguments_in_a_file(value: str) -> None:
    assert "name" in refused(["{name}"], NAME, value)
    assert "name" in refused(["--", "{name}"], NAME, value)


@pytest.mark.parametrize(
    "value",
    [
        "/etc/passwd",
        " /etc/passwd",
        "~/.ssh/id",
        "~root/x",
        "of=/etc/passwd",
        "a:/b",
        "a,~/b",
        "file:///etc/passwd",
        "first\n/etc/passwd",
        "x=\n \r\t/etc/passwd",
        "\\\\server\\share",
    ],
)
def test_a_text_cannot_become_a_path_elsewhere(value: str) -> None:
    port = Port(name="name", type=PortType.TEXT)
    assert "must not be a path" in refused(["--out={name}"], port, value)


@pytest.mark.parametrize("value", ["..", "../x", "a/../../x", "a/..", "x=../y", "..\\x"])
def test_a_text_cannot_lead_upwards(value: str) -> None:
    assert "'..'" in refused(["{work}/{name}"], NAME, value)


@pytest.mark.parametrize("value", ["a/b", "v1..v2", "1.5", "a...b", "10 m / s", "and/or"])
def test_texts_that_only_look_a_little_like_paths_pass(value: str) -> None:
    assert arguments(["{name}"], NAME, name=value) == [value]


def test_a_pattern_of_the_author_decides_about_paths() -> None:
    port = Port(name="name", pattern="/data/[a-z]+")
    assert arguments(["{name}"], port, name="/data/x") == ["/data/x"]


@pytest.mark.parametrize("pattern", ["", "(?s).*"])
def test_a_zero_byte_is_refused_always(pattern: str) -> None:
    assert "zero byte" in refused(["{name}"], Port(name="name", pattern=pattern), "a\0b")


def test_empty_lines_take_no_longer_to_look_through_than_others() -> None:
    """Some regular expressions would take hours for so many."""
    port = Port(name="name", type=PortType.TEXT)
    assert "too long" in refused(["{name}"], port, " \n" * 1_000_000)


def test_an_argument_that_the_system_cannot_pass_is_refused() -> None:
    assert "too long" in refused(["{name}"], NAME, "x" * 200_000)


@pytest.mark.parametrize(
    ("kind", "text", "argument"),
    [
        (PortType.INTEGER, " +007 ", "7"),
        (PortType.DECIMAL, "+1.50", "1.50"),
        (PortType.DECIMAL, " 3 ", "3"),
        (PortType.BOOLEAN, "1", "true"),
        (PortType.BOOLEAN, " false ", "false"),
        (PortType.DATE_TIME, " 2026-11-24T06:00:00Z ", "2026-11-24T06:00:00Z"),
    ],
)
def test_values_reach_the_program_in_one_spelling(kind: PortType, text: str, argument: str) -> None:
    assert arguments(["{v}"], Port(name="v", type=kind), v=text) == [argument]


def test_an_optional_value_that_is_absent_is_an_empty_argument() -> None:
    assert arguments(["{name}", "x"], Port(name="name", required=False)) == ["", "x"]


def test_the_environment_knows_places_only() -> None:
    environment = {"A": read_argument("{here}/lib:{work}"), "B": read_argument("2")}
    assert fill_environment(environment, PLACES) == {
        "A": "/srv/mesher/lib:/data/runs/r/work",
        "B": "2",
    }
