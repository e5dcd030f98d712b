"""What commands print."""

import json
from datetime import UTC, datetime, timedelta

import click
import pytest
from click.testing import CliRunner

from tarry.cli.output import duration, print_json, print_table, print_values

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def printed(command: object) -> str:
    @click.command()
    def run() -> None:
        command()  # type: ignore[operator]

    return CliRunner().invoke(run).stdout


def test_values_are_printed_as_the_tutorials_test_client_does() -> None:
    shown = printed(lambda: print_values({"status_base64": "COMPLETED", "result": "FINISHED"}))
    assert shown == 'status_base64 = "COMPLETED"\nresult = "FINISHED"\n'


def test_values_can_be_read_back_as_json_whatever_they_hold() -> None:
    values = {
        "text": 'He said "Brücke"\n\\',
        "numbers": '["1", "2.5"]',
        "none": "[]",
        "looks_like_one": '["a"]',
        "records": [{"a": "1"}],
    }

    shown = printed(lambda: print_values(values, {"numbers", "none"}))

    read = dict(line.split(" = ", 1) for line in shown.splitlines())
    assert {name: json.loads(text) for name, text in read.items()} == values | {
        "numbers": ["1", "2.5"],
        "none": [],
    }
    assert "Brücke" in shown


def test_json_keeps_letters_of_all_languages_and_times_as_text() -> None:
    shown = printed(lambda: print_json({"name": "Brücke", "at": START}))
    assert "Brücke" in shown
    assert json.loads(shown)["at"] == "2026-01-02T03:04:05+00:00"


def test_a_table_lines_up_its_columns() -> None:
    shown = printed(lambda: print_table(("A", "LONGER"), [("1", "2"), ("333", "4")], empty=""))
    assert shown.splitlines() == ["A    LONGER", "1    2", "333  4"]


def test_an_empty_table_says_so_and_prints_no_result() -> None:
    assert printed(lambda: print_table(("A",), [], empty="There is nothing.")) == ""


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3600, "1:00:00"), (-5, "0:00")],
)
def test_durations_are_shown_in_minutes_and_hours(seconds: float, text: str) -> None:
    assert duration(START, START + timedelta(seconds=seconds)) == text


def test_what_has_not_begun_has_no_duration() -> None:
    assert duration(None, None) == ""
