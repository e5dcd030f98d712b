"""What is different between two versions of a service description."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from tarry.contract.kinds import COMPANIONS
from tarry.contract.ports import Port
from tarry.platform.catalogue.model.services import ServiceEntry

_FACTS = {
    "name": "name",
    "wsdl_url": "address",
    "operation": "operation",
    "kind": "kind",
    "repeatable": "repeatable",
    "at_most_once": "at-most-once",
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that users of a service may notice.

    Attributes:
        place: `inputs/size`, `outputs/mesh`, or empty: the service as a whole.
        code: says what sort of change it is, and never changes itself.
        message: one sentence for people.
    """

    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def same(before: ServiceEntry, after: ServiceEntry) -> bool:
    """Whether two versions say the same; when and by whom does not count."""
    return before == replace(
        after,
        version=before.version,
        registered_by=before.registered_by,
        registered_at=before.registered_at,
    )


def changes(before: ServiceEntry, after: ServiceEntry) -> tuple[Change, ...]:
    """Tell what users of the service may notice, in words."""
    return (
        *_facts(before, after),
        *_companions(before, after),
        *_ports("input", before.inputs, after.inputs),
        *_ports("output", before.outputs, after.outputs),
        *_calls(before, after),
        *_words(before, after),
    )


def _facts(before: ServiceEntry, after: ServiceEntry) -> Iterator[Change]:
    for what, code in _FACTS.items():
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            message = f"{what.replace('_', ' ')}: {old} became {new}"
            yield Change(place="", code=code, message=message)


def _words(before: ServiceEntry, after: ServiceEntry) -> Iterator[Change]:
    for what in ("title", "description", "category", "company", "polling"):
        if getattr(before, what) != getattr(after, what):
            yield Change(place="", code=what, message=f"another {what}")
    old, new = ("any number" if it is None else it for it in (before.most_runs, after.most_runs))
    if old != new:
        message = f"runs that it takes at once: {old} became {new}"
        yield Change(place="", code="most-runs", message=message)


def _companions(before: ServiceEntry, after: ServiceEntry) -> Iterator[Change]:
    old, new = (COMPANIONS & _operations(entry).keys() for entry in (before, after))
    for name in sorted(old - new):
        yield Change(place="", code="companion-removed", message=f"{name} is gone")
    for name in sorted(new - old):
        yield Change(place="", code="companion-added", message=f"{name} is new")


def _calls(before: ServiceEntry, after: ServiceEntry) -> Iterator[Change]:
    """Tell that it is called elsewhere: the WSDL may stay while the service itself moves."""
    old, new = (_operations(entry).get(entry.operation, {}) for entry in (before, after))
    if before.wsdl_url == after.wsdl_url and old.get("address") != new.get("address"):
        message = f"it is called at {new.get('address')}, no longer at {old.get('address')}"
        yield Change(place="", code="endpoint", message=message)


def _operations(entry: ServiceEntry) -> dict[str, Mapping[str, object]]:
    listed = entry.remote.get("operations")
    found = listed if isinstance(listed, list) else []
    return {str(one["name"]): one for one in found}


def _ports(what: str, before: tuple[Port, ...], after: tuple[Port, ...]) -> Iterator[Change]:
    old, new = ({port.name: port for port in ports} for ports in (before, after))
    for name, port in old.items():
        place = f"{what}s/{name}"
        if name not in new:
            yield Change(place=place, code="port-removed", message=f"the {what} {name} is gone")
        elif new[name] != port:
            yield _port(place, f"the {what} {name}", port, new[name])
    for name, port in new.items():
        if name not in old:
            needed = " and has to be given" if what == "input" and port.must_be_given else ""
            message = f"the {what} {name} is new{needed}"
            yield Change(place=f"{what}s/{name}", code="port-added", message=message)


def _port(place: str, what: str, old: Port, new: Port) -> Change:
    if (old.type, old.many) != (new.type, new.many):
        message = f"{what} is {_kind(new)}, no longer {_kind(old)}"
        return Change(place=place, code="port-retyped", message=message)
    rules = [
        f"{field.name} {_shown(getattr(old, field.name))} became {_shown(getattr(new, field.name))}"
        for field in fields(Port)
        if getattr(old, field.name) != getattr(new, field.name)
    ]
    message = f"{what} has other rules: {', '.join(rules)}"
    return Change(place=place, code="port-rules", message=message)


def _kind(port: Port) -> str:
    return f"a list of {port.type}" if port.many else port.type.value


def _shown(value: object) -> str:
    if value is None or value in ("", ()):
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
