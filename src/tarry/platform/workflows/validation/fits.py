"""Whether a value of one port may go into another, and what several ports take in common.

Both answers come from one idea: a port stands for the set of values that it takes. What flows from
a step must not be certain to be refused, and its type must always be readable; what somebody gives
at the start must be taken by every port that it goes to.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tarry.contract.ports import NUMBERS, Port, PortType
from tarry.contract.units import differ

TEXTS = frozenset({PortType.STRING, PortType.TEXT})


class Misfit(Exception):
    """Two ports have no values in common, or too few; it becomes a `Problem` in this room."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


def check_flow(source: Port, target: Port) -> None:
    """Hold what a step gives against what another takes.

    Raises:
        Misfit: values of this type don't fit, or none can.
    """
    if source.many != target.many or not _type_fits(source.type, target.type):
        raise Misfit("types", f"{_article(source)} does not fit {_article(target)}")
    if source.type == target.type == PortType.CHOICE:
        refused = [choice for choice in source.choices if choice not in target.choices]
        if refused:
            raise Misfit("choices", f"it may be {', '.join(refused)}, which is not taken")
    if target.type in NUMBERS:
        _unit(source, target)
        _range(source, target)
    if source.type == target.type == PortType.FILE:
        _accept(source, target)


def _type_fits(source: PortType, target: PortType) -> bool:
    return (
        source == target
        or (target in TEXTS and source != PortType.SECRET)
        or (source == PortType.INTEGER and target == PortType.DECIMAL)
    )


def common(first: Port, second: Port) -> Port:
    """Give the port that takes exactly what both take; the first one's name stays.

    Raises:
        Misfit: nothing fits both.
    """
    if first.many != second.many:
        raise Misfit("types", f"{_article(first)} cannot also be {_article(second)}")
    kind = _common_type(first, second)
    port = replace(first, type=kind, title=_agreed(first, second, lambda port: port.title))
    port = replace(port, description=_agreed(first, second, lambda port: port.description))
    port = replace(port, pattern=_patterns(first.pattern, second.pattern))
    if kind in NUMBERS:
        minimum, maximum = _range(first, second)
        port = replace(port, minimum=minimum, maximum=maximum, unit=_unit(first, second))
        port = replace(port, step=_step(first, second, minimum))
    if kind == PortType.CHOICE:
        port = replace(port, choices=_choices(first, second))
    if kind == PortType.FILE:
        port = replace(port, accept=_accept(first, second))
    port = replace(port, advanced=first.advanced and second.advanced)
    if first.default == second.default:
        return replace(port, required=first.required or second.required)
    # The defaults differ: without a value each port takes its own, unless one has none.
    return replace(port, default=None, required=first.must_be_given or second.must_be_given)


def _common_type(one: Port, other: Port) -> PortType:
    first, second = one.type, other.type
    if first == second:
        return first
    pair = {first, second}
    if PortType.SECRET in pair:  # the other would be shown
        raise Misfit("secret", f"{_article(one)} cannot also be {_article(other)}")
    if pair == NUMBERS:
        return PortType.INTEGER
    if pair == TEXTS:
        return PortType.STRING
    narrower = pair - TEXTS
    if len(narrower) == 1:
        return narrower.pop()
    raise Misfit("types", f"{_article(one)} cannot also be {_article(other)}")


def either(first: Port, second: Port) -> Port:
    """Give the port that stands for what comes from one of two; the first one's name stays.

    Raises:
        Misfit: they have too little in common for anything to take both.
    """
    if first.many != second.many:
        raise Misfit("types", f"{_article(first)} and {_article(second)} cannot meet in one ID")
    kind = _wider(first, second)
    same = first.type == second.type == kind
    numbers = kind in NUMBERS
    lows = [port.minimum for port in (first, second) if port.minimum is not None]
    highs = [port.maximum for port in (first, second) if port.maximum is not None]
    return replace(
        first,
        type=kind,
        title=_agreed(first, second, lambda port: port.title),
        description=_agreed(first, second, lambda port: port.description),
        default=None,
        required=True,
        minimum=min(lows) if numbers and len(lows) == _BOTH else None,
        maximum=max(highs) if numbers and len(highs) == _BOTH else None,
        step=first.step if first.step == second.step else None,
        unit=_unit(first, second) if numbers else "",
        choices=tuple(dict.fromkeys((*first.choices, *second.choices))) if same else (),
        pattern=first.pattern if first.pattern == second.pattern else "",
        accept=(
            tuple(dict.fromkeys((*first.accept, *second.accept)))
            if same and first.accept and second.accept
            else ()
        ),
    )


_BOTH = 2


def _wider(first: Port, second: Port) -> PortType:
    types = {first.type, second.type}
    if len(types) == 1:
        return first.type
    if types <= NUMBERS:
        return PortType.DECIMAL
    if types & TEXTS and PortType.SECRET not in types:
        return PortType.TEXT if PortType.TEXT in types else PortType.STRING
    raise Misfit("types", f"{_article(first)} and {_article(second)} cannot meet in one ID")


def _unit(first: Port, second: Port) -> str:
    if first.unit and second.unit and (reason := differ(first.unit, second.unit)):
        raise Misfit("units", reason)
    return first.unit or second.unit


def _step(first: Port, second: Port, minimum: Decimal | None) -> Decimal | None:
    """Give the step that both have; a form need not know two grids, the services will tell."""
    known = {port.step for port in (first, second) if port.step is not None}
    origins = {port.minimum or Decimal(0) for port in (first, second) if port.step is not None}
    return known.pop() if len(known) == 1 and origins == {minimum or Decimal(0)} else None


def _range(first: Port, second: Port) -> tuple[Decimal | None, Decimal | None]:
    lows = [port.minimum for port in (first, second) if port.minimum is not None]
    highs = [port.maximum for port in (first, second) if port.maximum is not None]
    minimum, maximum = max(lows, default=None), min(highs, default=None)
    if minimum is not None and maximum is not None and minimum > maximum:
        raise Misfit("range", f"no number is both at least {minimum} and at most {maximum}")
    return minimum, maximum


def _choices(first: Port, second: Port) -> tuple[str, ...]:
    given = [port.choices for port in (first, second) if port.type == PortType.CHOICE]
    shared = tuple(choice for choice in given[0] if choice in given[-1])
    if not shared:
        raise Misfit("choices", "the choices have nothing in common")
    return shared


def _accept(first: Port, second: Port) -> tuple[str, ...]:
    if not first.accept or not second.accept:
        return first.accept or second.accept
    ours = [ending.lower() for ending in first.accept]
    theirs = [ending.lower() for ending in second.accept]
    # `.tar.gz` is a `.gz`: of each pair that overlaps, the longer ending is what both take.
    shared = [one for one in ours if one.endswith(tuple(theirs))]
    shared += [one for one in theirs if one.endswith(tuple(ours)) and one not in shared]
    if not shared:
        raise Misfit("file-kinds", f"no file is both {' or '.join(ours)} and {' or '.join(theirs)}")
    return tuple(shared)


def _patterns(first: str, second: str) -> str:
    if not first or not second or first == second:
        return first or second
    return rf"(?=(?:{first})(?![\s\S]))(?:{second})"


def _agreed(first: Port, second: Port, part: Callable[[Port], str]) -> str:
    one, other = part(first), part(second)
    return (one or other) if not one or not other or one == other else ""


def _article(port: Port) -> str:
    kind = port.type.value.replace("-", " ")
    if port.many:
        return f"a list ({kind})"
    return f"{'an' if port.type == PortType.INTEGER else 'a'} {kind}"
