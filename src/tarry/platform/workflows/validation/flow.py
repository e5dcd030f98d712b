"""Whether every wire has a value where it ends, and one that fits."""

import re
from collections import deque
from collections.abc import Iterator

from tarry.contract.ports import Port
from tarry.platform.workflows.model import Document, Problem
from tarry.platform.workflows.model.walking import ELSE, SEPARATOR, THEN
from tarry.platform.workflows.validation import using
from tarry.platform.workflows.validation.ends import Definition, Ends, Use
from tarry.platform.workflows.validation.fits import Misfit, check_flow
from tarry.platform.workflows.validation.telling import problem
from tarry.platform.workflows.validation.types import Types

MOST_CIRCLES = 20
"""So many wires from later steps are looked at for circles."""
_BRANCH = re.compile(r"b[0-9]+", re.ASCII)
_SIDES = {THEN, ELSE}


def rules(document: Document, ends: Ends, types: Types) -> Iterator[Problem]:
    """Tell what is wrong with the wires, then with the outputs of the workflow."""
    circles = _Circles(ends)
    for use in ends.in_order:
        yield from _wire(use, ends, types, circles)
    for shown in document.outputs:
        place = f"outputs/{shown.name}"
        known = ends.final.get(shown.id)
        source = ends.source(shown.id)
        if not shown.id:
            yield problem(place, "unwired-output", f"the output {shown.name} is wired to nothing")
        elif source is None:
            yield _nobody(place, shown.id, ends)
        elif known is None:
            yield _elsewhere(place, "", source, circles)
        elif known.unsure:
            yield _unsure(place, source, known.unsure)
        if shown.id and types.is_secret(shown.id):
            message = f"the output {shown.name} would show the secret behind {shown.id}"
            yield problem(place, "secret", message)


def _wire(use: Use, ends: Ends, types: Types, circles: "_Circles") -> Iterator[Problem]:
    source = ends.source(use.id)
    if source is None:
        yield _nobody(use.place, use.id, ends)
    elif use.known is None:
        yield _elsewhere(use.place, use.key, source, circles)
    else:
        if use.needed and use.known.unsure:
            yield _unsure(use.place, source, use.known.unsure)
        if (use.into or use.like is not None) and types.is_secret(use.id):
            message = f"{use.id} is a secret: it can go to inputs of services only"
            yield problem(use.place, "secret", message)
        elif use.port is not None:
            yield from _flow(use.place, use.id, use.port, types)


def _flow(place: str, end: str, target: Port, types: Types) -> Iterator[Problem]:
    for leaf in types.leaves(end):
        if leaf.constant is not None:
            yield from using.constant(place, target, leaf.constant)
        elif leaf.given:
            # Its rules follow from its uses; but what a for-each made of it does not.
            if leaf.port is not None and leaf.port.many != target.many:
                made, wanted = ("a list", "no list") if leaf.port.many else ("no list", "a list")
                message = f"what is made of {leaf.place} is {made}, and {wanted} is taken"
                yield problem(place, "types", message)
        elif leaf.port is not None:
            try:
                check_flow(leaf.port, target)
            except Misfit as misfit:
                message = f"{leaf.place} does not fit: {misfit.reason}"
                yield Problem(place=place, code=misfit.code, message=message)


def _unsure(place: str, source: Definition, why: str) -> Problem:
    return problem(place, "not-set", f"{source.place} is not set on every path: {why}")


def _nobody(place: str, end: str, ends: Ends) -> Problem:
    if end in ends.statuses:
        message = f"{end} is the status page of {ends.statuses[end]}, which cannot be wired"
        return problem(place, "status-wired", message)
    return problem(place, "undefined-id", f"nothing defines the ID {end}")


def _elsewhere(place: str, key: str, source: Definition, circles: "_Circles") -> Problem:
    """Say why a place does not see what is defined somewhere else."""
    own, other = key.split(SEPARATOR), source.key.split(SEPARATOR)
    shared = 0
    while shared < min(len(own), len(other)) and own[shared] == other[shared]:
        shared += 1
    here, there = "".join(own[shared : shared + 1]), "".join(other[shared : shared + 1])
    around = SEPARATOR.join(own[:shared])
    if _BRANCH.fullmatch(here) and _BRANCH.fullmatch(there):
        message = f"{source.place} runs beside this: branches of {around} do not see each other"
        return problem(place, "sibling", message)
    if {here, there} == _SIDES:
        message = f"{source.place} is on the other side of {around}: only one of them runs"
        return problem(place, "other-side", message)
    hidden = [number for number in range(shared, len(other)) if _hides(other, number, source)]
    if hidden:
        loop = SEPARATOR.join(other[: hidden[0] + 1])
        message = f"{source.place} is known inside of {loop} only: gather it there"
        return problem(place, "inside-only", message)
    if source.key == key:
        message = f"{source.place} belongs to this step itself"
        return problem(place, "later-step", message)
    if circle := circles.way(key, source.key):
        message = f"{source.place} depends on this itself: {' → '.join(circle)}"
        return problem(place, "cycle", message)
    message = f"{source.place} has no value yet when this runs: it comes later"
    return problem(place, "later-step", message)


def _hides(pieces: list[str], number: int, source: Definition) -> bool:
    """Tell whether a construct around a definition keeps it to itself."""
    last = number == len(pieces) - 1
    return pieces[number].startswith("f") and (not last or source.inside)


class _Circles:
    """Knows which nodes depend on each other."""

    def __init__(self, ends: Ends) -> None:
        self._needs: dict[str, dict[str, None]] = {}
        for use in ends.in_order:
            source = ends.source(use.id)
            if source is not None:
                self._needs.setdefault(use.key, {})[source.key] = None
        self._told = 0

    def way(self, key: str, start: str) -> list[str]:
        """Give the way from a node over what it depends on to another one, and back."""
        if self._told == MOST_CIRCLES:
            return []
        self._told += 1
        before: dict[str, str] = {start: ""}
        ahead = deque([start])
        while ahead and key not in before:
            at = ahead.popleft()
            for needed in self._needs.get(at, ()):
                if needed not in before:
                    before[needed] = at
                    ahead.append(needed)
        if key not in before:
            return []
        found = [key]
        while before[found[-1]]:
            found.append(before[found[-1]])
        return [key, *reversed(found)]
