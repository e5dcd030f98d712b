"""Reading one use of a service."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from tarry.contract.kinds import EXTRA_PARAMETERS, SERVICE_ID, SESSION_TOKEN, STATUS
from tarry.platform.workflows.model import Constant, Source, Step, Unknown, Wire, name_of
from tarry.platform.workflows.model.walking import key_within
from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.findings import Findings


@dataclass
class _Ports:
    inputs: dict[str, Source] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)
    status_id: str = ""
    seen: set[tuple[str, str]] = field(default_factory=set)


def read_step(
    element: etree._Element, key: str, found: Findings, workflow_ids: Mapping[str, str]
) -> Step:
    """Read a `<service>`.

    Args:
        element: the element.
        key: what the step is called in the document.
        found: takes what is wrong or unknown.
        workflow_ids: ids of the workflow inputs that the manager fills in, by name.
    """
    own = found.attributes(element, key, {names.URI, names.NAME})
    uri = own.get(names.URI, "").strip()
    if not uri:
        found.fault(key, "missing-uri", "the service has no URI")
    elif construct := names.construct_of(uri):
        found.refuse(key, construct)
    ports = _Ports()
    for child in found.children(element, key):
        match found.plain(child):
            case names.INPUT:
                _input(child, key, ports, found, workflow_ids)
            case names.OUTPUT:
                _output(child, key, ports, found)
            case _:
                found.unknown_element(child, key)
    found.text(element, key)
    return Step(
        key=key,
        service=uri,
        inputs=ports.inputs,
        outputs=ports.outputs,
        filled=ports.filled,
        status_id=ports.status_id,
        name=own.get(names.NAME, ""),
    )


def _name(element: etree._Element, key: str, ports: _Ports, found: Findings) -> str:
    """Give a port's name, or "" with a fault if there is none or it is there already."""
    direction = names.local(element)
    name = name_of(found.attribute(element, names.URI))
    if not name:
        found.fault(key, "missing-uri", f"an {direction} has no name in its URI")
    elif (direction, name) in ports.seen:
        place = key_within(key, name)
        found.fault(place, "port-twice", f"the {direction} {name} stands there twice")
        return ""
    ports.seen.add((direction, name))
    return name


def _input(
    element: etree._Element,
    key: str,
    ports: _Ports,
    found: Findings,
    workflow_ids: Mapping[str, str],
) -> None:
    name = _name(element, key, ports, found)
    if not name:
        return
    place = key_within(key, name)
    wired = found.attribute(element, names.ID)
    constant = _constant(element, place, found, wired=bool(wired))
    usual = {"", name, workflow_ids.get(name, name)}
    if name in {SERVICE_ID, SESSION_TOKEN}:
        # Whatever is said of them: the id and the token are those of the run.
        ports.filled[name] = wired
        if constant is not None:
            found.unknown.append(Unknown(place=place, name=f"@{names.VALUE}", text=constant))
    elif name == EXTRA_PARAMETERS and constant is None and wired in usual:
        ports.filled[name] = wired
    elif constant is not None:
        ports.inputs[name] = Constant(constant)
    elif wired:
        ports.inputs[name] = Wire(wired)


def _constant(element: etree._Element, place: str, found: Findings, *, wired: bool) -> str | None:
    """Find a constant: ours, or one of the forms that others are seen to write.

    Without an id, the value may also stand in a plain attribute or child `value`, or be the text
    of the element.
    """
    taken = {names.URI, names.ID, names.VALUE}
    foreign = {"value"} if not wired and names.VALUE not in element.attrib else set()
    given = found.attributes(element, place, taken | foreign)
    constant = given.get(names.VALUE, given.get("value"))
    if wired and constant is not None:
        found.fault(place, "two-sources", "the input has both an ID and a value")
    for child in found.children(element, place):
        if foreign and constant is None and found.plain(child) == "value" and not len(child):
            constant = child.text or ""
        else:
            found.unknown_element(child, place)
    if foreign and constant is None and not len(element) and (element.text or "").strip():
        return (element.text or "").strip()
    found.text(element, place)
    return constant


def _output(element: etree._Element, key: str, ports: _Ports, found: Findings) -> None:
    name = _name(element, key, ports, found)
    if not name:
        return
    place = key_within(key, name)
    found.attributes(element, place, {names.URI, names.ID})
    for child in found.children(element, place):
        found.unknown_element(child, place)
    found.text(element, place)
    defined = found.attribute(element, names.ID)
    if name == STATUS:
        ports.status_id = defined
    elif defined:
        ports.outputs[name] = defined
