"""Units of numbers: whether one is known, and whether two mean the same.

pint is loaded by the first question, as it takes a while; who names no unit never waits for it.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pint import UnitRegistry

_LONGEST = 60
# Exponents are small; and nothing may be computed that never ends, such as 9**9**9**9.
_HARMLESS = re.compile(
    r"(?!.*\d{3})(?!.*(?:\*\*|\^)[\s(+-]*\d+[\s)]*(?:\*\*|\^))[\w\s°%µμΩÅ*/^·.()+\-\u00b2\u00b3\u00b9\u2070-\u207b]+"
)


def is_unit(text: str) -> bool:
    """Whether a text is the symbol or name of a unit, such as `mm`, `N/mm^2` or `°C`."""
    return _unit(text) is not None


def differ(first: str, second: str) -> str:
    """Say why numbers in one unit cannot be taken for numbers in another; empty if they can.

    Units that nobody knows are compared as they are written.
    """
    if first == second:
        return ""
    one, other = _unit(first), _unit(second)
    if one is None or other is None:
        return f"the units {first} and {second} differ"
    if one.dimensionality != other.dimensionality:
        return f"{first} and {second} do not measure the same"
    if not _same_scale(one, other):
        return f"the units {first} and {second} differ, and nothing is converted"
    return ""


def _same_scale(one: Any, other: Any) -> bool:
    registry = _registry()
    try:
        # at two points, as scales of temperature have different zeros
        return all(
            abs(registry.Quantity(point, one).to(other).magnitude - point) < 1e-9
            for point in (0.0, 1.0)
        )
    except Exception:  # noqa: BLE001 - what pint converts no way: a temperature to a difference of two
        return False


@cache
def _registry() -> "UnitRegistry[Any]":
    from pint import UnitRegistry  # noqa: PLC0415 - see above

    return UnitRegistry(autoconvert_offset_to_baseunit=True)


@lru_cache(maxsize=1_000)
def _unit(text: str) -> Any:
    """Give pint's unit, or `None`."""
    if len(text) > _LONGEST or not text.strip() or not _HARMLESS.fullmatch(text):
        return None
    try:
        return _registry().parse_units(text)
    except Exception:  # noqa: BLE001 - pint answers nonsense with whatever breaks first
        return None
