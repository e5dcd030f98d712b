"""Times and sizes read well."""

from datetime import UTC, datetime, timedelta

import pytest

from tarry.platform.portal.model import words

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(seconds=60), "1 min 00 s"),
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
    ],
)
def test_a_duration_has_two_units(length: timedelta, said: str) -> None:
    assert words.duration(length) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=30), "25 Oct 2026"),
    ],
)
def test_an_instant_is_told_roughly(length: timedelta, said: str) -> None:
    assert words.ago(NOW - length, NOW) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (3_400_000, "3.4 MB"),
        (999_999, "1000 kB"),
        (10**15, "1000 TB"),
    ],
)
def test_a_size_has_three_digits(count: int, said: str) -> None:
    assert words.size(count) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("48213", "48\u202f213"),
        ("-1234567", "-1\u202f234\u202f567"),
        ("1234", "1234"),
        ("0.31270", "0.31270"),
        ("1e9", "1e9"),
        ("٣٤٥٦٧", "٣٤٥٦٧"),
    ],
)
def test_only_long_whole_numbers_are_grouped(text: str, said: str) -> None:
    assert words.number(text) == said
