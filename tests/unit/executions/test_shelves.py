"""Mappings that never change behave as dictionaries that are copied."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarry.platform.executions.model.shelves import Row, Shelf
from tarry.platform.kernel.model import StepRunId

changes = st.lists(st.tuples(st.booleans(), st.integers(0, 400), st.integers()), max_size=300)


@given(changes, changes)
def test_a_shelf_is_what_a_dictionary_is_and_what_it_was_before_stays(
    first: list[tuple[bool, int, int]], then: list[tuple[bool, int, int]]
) -> None:
    def changed(
        shelf: Shelf[int, int], table: dict[int, int], changes: list[tuple[bool, int, int]]
    ) -> tuple[Shelf[int, int], dict[int, int]]:
        for keeps, key, value in changes:
            shelf = shelf.put(key, value) if keeps else shelf.drop(key)
            if keeps:
                table = {**table, key: value}
            else:
                table.pop(key, None)
        return shelf, table

    before, known = changed(Shelf(), {}, first)
    after, table = changed(before, dict(known), then)

    assert before == known
    assert after == table
    assert len(after) == len(list(after)) == len(table)
    assert all(key in after for key in table)
    assert 500 not in after


def test_a_shelf_holds_many_and_says_what_is_on_it() -> None:
    shelf: Shelf[str, int] = Shelf()
    for number in range(5_000):
        shelf = shelf.put(str(number), number)

    assert shelf == {str(number): number for number in range(5_000)}
    assert repr(Shelf[str, int]().put("a", 1)) == "Shelf({'a': 1})"
    with pytest.raises(KeyError):
        shelf["x"]


@dataclass(frozen=True)
class Run:
    number: int
    state: str = ""

    @property
    def id(self) -> StepRunId:
        return StepRunId(f"run_{self.number}")


def test_a_row_keeps_the_order_of_numbers_and_what_it_was_before() -> None:
    row: Row[Run] = Row()
    for number in range(1, 201):
        row = row.put(Run(number))
    changed = row.put(Run(100, "over"))

    assert list(changed) == [StepRunId(f"run_{number}") for number in range(1, 201)]
    assert changed[StepRunId("run_100")].state == "over"
    assert row[StepRunId("run_100")].state == ""
    assert len(changed) == 200
    assert dict(changed) != dict(row)


@pytest.mark.parametrize("name", ["run_0", "run_4", "other_1", "run_x", "x"])
def test_a_row_knows_only_what_is_in_it(name: str) -> None:
    row: Row[Run] = Row()
    for number in range(1, 4):
        row = row.put(Run(number))

    assert StepRunId(name) not in row
    with pytest.raises(KeyError):
        row[StepRunId(name)]


def test_a_row_has_no_gaps() -> None:
    with pytest.raises(KeyError):
        Row[Run]().put(Run(2))
