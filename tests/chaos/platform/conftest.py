"""Whole platforms to be killed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fakes.estate import Estate, Nursery


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Forks the processes of a module's tests."""
    with Nursery() as made:
        yield made


@pytest.fixture
def estates(nursery: Nursery, tmp_path: Path) -> Iterator[Callable[[str], Estate]]:
    """Makes platforms that are set up; they end with the test."""
    made: list[Estate] = []

    def make(name: str) -> Estate:
        (tmp_path / name).mkdir()
        estate = Estate(nursery, tmp_path / name)
        made.append(estate)
        estate.set_up()
        return estate

    yield make
    for estate in made:
        estate.close()
