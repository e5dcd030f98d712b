"""Values pass between Python and the wire, and back, as what they were."""

import enum
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.service.functions.hints import Secret, read_hint


class Colour(enum.Enum):
    """Some."""

    RED = "red"
    BLUE = 7


VALUES = [
    (str, "töne"),
    (int, -3),
    (Decimal, Decimal("1.50")),
    (bool, False),
    (datetime, datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),
    (Literal["a", "b"], "b"),
    (Literal[2, 3], 3),
    (Colour, Colour.BLUE),
    (Path, Path("/data/part.step")),
]


@pytest.mark.parametrize(("hint", "value"), VALUES)
def test_a_value_comes_back_as_it_was(hint: object, value: object) -> None:
    read = read_hint(hint)
    written = read.write(value)
    assert isinstance(written, str)
    assert read.read(written) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back_and_is_written_without_an_exponent(value: float) -> None:
    read = read_hint(float)
    written = str(read.write(value))
    assert "e" not in written.lower()
    assert read.read(written) == value


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, "3"),
        (int, 2.5),
        (str, 3),
        (float, float("nan")),
        (float, float("inf")),
        (Decimal, Decimal("NaN")),
        (Literal["a"], "b"),
        (Colour, "red"),
        (list[int], "12"),
        (list[int], 3),
        (datetime, "2026"),
    ],
)
def test_what_is_no_such_value_is_not_written(hint: object, value: object) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        read_hint(hint).write(value)


def test_a_secret_is_read_from_its_file_and_does_not_show(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("open sesame")
    secret = read_hint(Secret).read(str(tmp_path / "password"))

    assert secret == "open sesame"
    assert "sesame" not in repr(secret)
    assert "sesame" not in repr({"password": secret})
