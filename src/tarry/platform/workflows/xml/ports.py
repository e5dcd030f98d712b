"""Reading the ports of one use of a service."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from tarry.contract.kinds import EXTRA_PARAMETERS, SERVICE_ID, SESSION_TOKEN, STATUS
from tarry.platform.workflows.model import Constant, Source, Unknown, Wire, name_of
from tarry.platform.workflows.model.walking import key_within
from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.findings import Findings


@dataclass
class Ports:
    """The ports of a service, as they are found.

    Attributes:
        workflow_ids: ids of the workflow inputs that the manager fills in, by name.
        unwired: outputs without an id.
    """

    key: str
    found: Findings
    workflow_ids: Mapping[str, str]
    inputs: dict[str, Source] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)
    unwired: list[str] = field(default_factory=list)
    status_id: str = ""
    seen: set[tuple[str, str]] = field(default_factory=set)

    def input(self, element: etree._Element) -> None:
        """Read an `<input>`."""
        name = self._name(element)
        if not name:
            return
        place = key_within(self.key, name)
        wired = self.found.attribute(element, names.ID)
        constant = _constant(element, place, self.found, wired=bool(wired))
        usual = {"", name, self.workflow_ids.get(name, name)}
        if name in {SERVICE_ID, SESSION_TOKEN}:
            # Whatever is said of them: the id and the token are those of the run.
            self.filled[name] = wired
            if constant is not None:
                piece = Unknown(place=place, name=f"@{names.VALUE}", text=constant)
                self.found.unknown.append(piece)
        elif name == EXTRA_PARAMETERS and constant is None and wired in usual:
            self.filled[name] = wired
        elif constant is not None:
            self.inputs[name] = Constant(constant)
        elif wired:
            self.inputs[name] = Wire(wired)

    def output(self, element: etree._Element) -> None:
        """Read an `<output>`."""
        name = self._name(element)
        if not name:
            return
        place = key_within(self.key, name)
        self.found.attributes(element, place, {names.URI, names.ID})
        self.found.leaf(element, place)
        defined = self.found.attribute(element, names.ID)
        if name == STATUS:
            self.status_id = defined
        elif defined:
            self.outputs[name] = defined
        else:
            self.unwired.append(name)

    def _name(self, element: etree._Element) -> str:
        """Give a port's name, or "" with a fault if there is none or it is there already."""
        direction = names.local(element)
        name = name_of(self.found.attribute(element, names.URI))
        if not name:
            self.found.fault(self.key, "missing-uri", f"an {direction} has no name in its URI")
        elif (direction, name) in self.seen:
            place = key_within(self.key, name)
            self.found.fault(place, "port-twice", f"the {direction} {name} stands there twice")
            return ""
        self.seen.add((direction, name))
        return name


def read_source(
    element: etree._Element, place: str, found: Findings, *, constants: bool = True
) -> Source | None:
    """Read where a value comes from: an `ID`, or a constant of ours."""
    given = found.attributes(element, place, {names.ID, *({names.VALUE} if constants else ())})
    found.leaf(element, place)
    wired, constant = found.attribute(element, names.ID), given.get(names.VALUE)
    if wired and constant is not None:
        found.fault(place, "two-sources", "there is both an ID and a value")
    if constant is not None:
        return Constant(constant)
    return Wire(wired) if wired else None


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
        if foreign and constant is None and found.name(child) == "value" and not len(child):
            constant = child.text or ""
        else:
            found.unknown_element(child, place)
    if foreign and constant is None and not len(element) and (element.text or "").strip():
        return (element.text or "").strip()
    found.text(element, place)
    return constant
