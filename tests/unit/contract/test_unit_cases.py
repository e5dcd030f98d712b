"""Units are compared by the cases that the browser's rules are held to, too."""

import json
from itertools import combinations, product
from pathlib import Path

import pytest

from tarry.contract.units import differ

GROUPS: list[list[str]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "units.json").read_text(encoding="utf-8")
)["groups"]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group[0])
def test_numbers_in_one_unit_of_a_group_are_numbers_in_another(group: list[str]) -> None:
    assert [pair for pair in product(group, group) if differ(*pair)] == []


def test_units_of_different_groups_are_never_taken_for_each_other() -> None:
    same = [
        pair
        for one, other in combinations(GROUPS, 2)
        for pair in product(one, other)
        if not differ(*pair)
    ]
    assert same == []


def test_a_temperature_and_a_difference_of_two_differ() -> None:
    assert (
        differ("degC", "delta_degC")
        == "the units degC and delta_degC differ, and nothing is converted"
    )
