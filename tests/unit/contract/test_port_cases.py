"""The rules of ports, held to the cases that the portal's rules are held to as well."""

import json
from pathlib import Path
from typing import Any

import pytest

from tarry.contract.errors import InvalidValue, MissingValue
from tarry.contract.ports import check, from_json

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "port_values.json").read_text(encoding="utf-8")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['port']} {case['value']}")
def test_a_value_is_taken_or_refused_as_the_portal_says(case: dict[str, Any]) -> None:
    port = from_json(case["port"])
    given = {port.name: case["value"]}
    if case["refused"] is False:
        check([port], given)
    elif case["refused"] == "needed":
        with pytest.raises(MissingValue):
            check([port], given)
    else:
        with pytest.raises(InvalidValue) as refused:
            check([port], given)
        assert case["refused"] in refused.value.facts["rule"]
