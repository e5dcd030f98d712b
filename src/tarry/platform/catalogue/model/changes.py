"""What is different between two versions of a service description."""

from collections.abc import Iterator
from dataclasses import replace

from tarry.contract.ports import Port
from tarry.platform.catalogue.model.services import ServiceEntry


def same(before: ServiceEntry, after: ServiceEntry) -> bool:
    """Whether two versions say the same; when and by whom does not count."""
    return before == replace(
        after,
        version=before.version,
        registered_by=before.registered_by,
        registered_at=before.registered_at,
    )


def changes(before: ServiceEntry, after: ServiceEntry) -> tuple[str, ...]:
    """Tell what users of the service may notice, in words."""
    return (
        *_facts(before, after),
        *_ports("input", before.inputs, after.inputs),
        *_ports("output", before.outputs, after.outputs),
    )


def _facts(before: ServiceEntry, after: ServiceEntry) -> Iterator[str]:
    for what in ("name", "wsdl_url", "operation", "kind", "repeatable", "at_most_once"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            yield f"{what.replace('_', ' ')}: {old} became {new}"


def _ports(what: str, before: tuple[Port, ...], after: tuple[Port, ...]) -> Iterator[str]:
    old, new = ({port.name: port for port in ports} for ports in (before, after))
    for name, port in old.items():
        if name not in new:
            yield f"the {what} {name} is gone"
        elif new[name] != port:
            yield f"the {what} {name} has other rules"
    for name in new:
        if name not in old:
            yield f"the {what} {name} is new"
