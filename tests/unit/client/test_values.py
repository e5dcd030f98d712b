"""Values of Python, as they go to the platform."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tarry.client.paths import plain


def test_values_of_python_are_written_in_their_lexical_form_with_all_their_digits() -> None:
    given: dict[str, Any] = {
        "text": "4 < 5",
        "whole": 10**30,
        "decimal": Decimal("0.10"),
        "float": 0.1,
        "truth": True,
        "time": datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        "list": (1, False, "a"),
        "none": [],
        "left_out": None,
    }
    assert plain(given) == {
        "text": "4 < 5",
        "whole": "1" + 30 * "0",
        "decimal": "0.10",
        "float": "0.1",
        "truth": "true",
        "time": "2026-11-24T09:30:00+00:00",
        "list": ["1", "false", "a"],
        "none": [],
        "left_out": None,
    }


@pytest.mark.parametrize("value", [{"a": 1}, b"bytes", [["nested"]], [None], object()])
def test_what_is_no_value_is_named(value: object) -> None:
    with pytest.raises(TypeError, match=r"part: a .* is no value"):
        plain({"part": value})  # type: ignore[dict-item]
