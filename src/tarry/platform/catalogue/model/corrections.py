"""Ports of foreign services, put right.

Services of the field say of a file only that it is a text, and nothing of units and defaults. Who
registers one may say more; it holds until the service itself no longer fits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from tarry.contract.errors import TarryError
from tarry.contract.ports import NUMBERS, Port, PortType, check
from tarry.contract.units import is_unit
from tarry.soap.schema import XSD_TYPES

INPUTS, OUTPUTS = "inputs", "outputs"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a port really is; what is `None` stays as the WSDL says.

    Attributes:
        accept: endings of file names that are taken; for files only.
    """

    type: PortType | None = None
    title: str | None = None
    description: str | None = None
    unit: str | None = None
    default: str | None = None
    accept: tuple[str, ...] | None = None

    def applied(self, port: Port) -> Port:
        """Give the port as it really is."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        changed = replace(port, **said)
        if self.type is not None and self.default is None and not _takes_default(changed):
            return replace(changed, default=None)  # what the WSDL said was meant for another type
        return changed

    def misfits(self, port: Port, *, output: bool) -> Iterator[str]:
        """Tell why this cannot be said of a port."""
        changed = self.applied(port)
        if self.type is not None and self.type != port.type:
            yield from _type_misfits(port, self.type, output=output)
        if self.unit and changed.type not in NUMBERS:
            yield f"a {changed.type} has no unit"
        elif self.unit and not is_unit(self.unit):
            yield f"{self.unit} is no unit"
        if self.accept and changed.type is not PortType.FILE:
            yield f"a {changed.type} has no endings of file names"
        if self.default is not None and output:
            yield "an output has no default"
        elif self.default is not None and changed.type is PortType.SECRET:
            yield "a secret has no default"
        elif self.default is not None and not _takes_default(changed):
            yield f"the default {self.default!r} is no {changed.type} that it takes"


Corrections = Mapping[str, Correction]
"""By place: `inputs/<port>` or `outputs/<port>`."""


def corrected(
    what: str, ports: tuple[Port, ...], corrections: Corrections
) -> tuple[tuple[Port, ...], tuple[str, ...]]:
    """Give ports as they really are, and in words which corrections do not fit; those are idle.

    Args:
        what: `inputs` or `outputs`.
        ports: as the WSDL has them.
        corrections: of both.
    """
    known = {port.name: port for port in ports}
    idle: list[str] = []
    for place, correction in corrections.items():
        side, _, name = place.partition("/")
        if side != what:
            continue
        port = known.get(name)
        if port is None:
            idle.append(f"{place}: there is no such port")
            continue
        reasons = list(correction.misfits(port, output=what == OUTPUTS))
        idle += [f"{place}: {reason}" for reason in reasons]
        if not reasons:
            known[name] = correction.applied(port)
    return tuple(known.values()), tuple(idle)


def bad_places(corrections: Corrections) -> list[str]:
    """Tell which corrections are for nothing that a port could be at."""
    return [
        f"{place}: write inputs/<port> or outputs/<port>"
        for place in corrections
        if place.partition("/")[0] not in {INPUTS, OUTPUTS} or not place.partition("/")[2]
    ]


def corrections_to_json(corrections: Corrections) -> dict[str, object]:
    """Give corrections as JSON-ready data."""
    return {
        place: {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(correction).items()
            if value is not None
        }
        for place, correction in corrections.items()
    }


def corrections_from_json(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Correction]:
    """Read what `corrections_to_json` gave."""
    return {place: _from_json(said) for place, said in data.items()}


def _from_json(said: Mapping[str, Any]) -> Correction:
    found = dict(said)
    if "type" in found:
        found["type"] = PortType(found["type"])
    if "accept" in found:
        found["accept"] = tuple(found["accept"])
    return Correction(**found)


def _type_misfits(port: Port, wanted: PortType, *, output: bool) -> Iterator[str]:
    # Whatever stands in a text may be said more exactly; a number cannot carry what is none.
    if XSD_TYPES[port.type] != "string" and XSD_TYPES[port.type] != XSD_TYPES[wanted]:
        yield f"the service takes {port.type}, which cannot carry a {wanted}"
    if wanted is PortType.CHOICE and not port.choices:
        yield "the WSDL has no choices"
    if wanted is PortType.SECRET and (output or port.many):
        yield "only a single input can be a secret"


def _takes_default(port: Port) -> bool:
    if port.default is None:
        return True
    try:
        return port.name in check((port,), {port.name: port.default})
    except TarryError:
        return False
