"""Reading a workflow document: tolerant in form, strict in meaning.

What cannot be understood is either harmless (kept and reported) or would change what runs
(refused, all of it at once). Nothing is dropped silently.
"""

from dataclasses import dataclass, field

from lxml import etree

from tarry.contract.kinds import FILLED_IN
from tarry.platform.workflows.errors import DocumentUnreadable, UnsupportedConstruct
from tarry.platform.workflows.model import (
    Document,
    DocumentInput,
    DocumentOutput,
    Sequence,
    name_of,
)
from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.body import BodyReader
from tarry.platform.workflows.xml.findings import Findings
from tarry.platform.workflows.xml.parsing import parse, unreadable
from tarry.platform.workflows.xml.variables import Variables


def read(data: bytes) -> Document:
    """Read a workflow document.

    Raises:
        DocumentUnreadable: it is not XML, not a workflow, or does not say one thing only.
        UnsupportedConstruct: it uses control constructs that this version does not run.
    """
    root = parse(data)
    if names.local(root) != names.WORKFLOW:
        raise unreadable(
            "not-a-workflow", f"the outermost element is {names.local(root)}, not workflow"
        )
    return _Reader(root).read()


@dataclass
class _Ends:
    """Inputs and outputs of the workflow, as they are found."""

    inputs: list[DocumentInput] = field(default_factory=list)
    filled: list[DocumentInput] = field(default_factory=list)
    outputs: list[DocumentOutput] = field(default_factory=list)


class _Reader:
    """Walks one document."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._findings = Findings(namespace=names.namespace(root))
        self._ends = _Ends()
        self._variables = Variables(root)

    def read(self) -> Document:
        """Walk the whole document, then say everything that is wrong with it."""
        found = self._findings
        head = found.attributes(self._root, "", {names.URI, names.TITLE, names.DESCRIPTION})
        uri = head.get(names.URI, "").strip()
        if not uri:
            found.fault("", "missing-uri", "the workflow has no URI")
        places: list[etree._Element] = []
        for child in found.children(self._root, ""):
            match found.name(child):
                case names.INPUT | names.OUTPUT:
                    self._end(child)
                case names.SERVICES:
                    places.append(child)
                case _:
                    found.unknown_element(child, "")
        found.text(self._root, "")
        body = self._body(places)
        name = name_of(uri) or "the document"
        if found.faults:
            raise DocumentUnreadable(workflow=name, problems=found.faults)
        if found.unsupported:
            raise UnsupportedConstruct(workflow=name, problems=found.unsupported)
        document = Document(
            uri=uri,
            inputs=tuple(self._ends.inputs),
            outputs=tuple(self._ends.outputs),
            filled=tuple(self._ends.filled),
            body=body,
            title=head.get(names.TITLE, ""),
            description=head.get(names.DESCRIPTION, ""),
            unknown=found.in_order(),
            canvas=found.canvas,
        )
        return self._variables.with_made(document)

    def _end(self, element: etree._Element) -> None:
        found = self._findings
        kind = names.local(element)
        uri = found.attribute(element, names.URI)
        name, end = name_of(uri), found.attribute(element, names.ID)
        place = f"{kind}s/{name}"
        found.attributes(element, place, {names.URI, names.ID})
        found.leaf(element, place)
        if not name:
            found.fault("", "missing-uri", f"an {kind} of the workflow has no name in its URI")
        elif kind == names.OUTPUT:
            self._ends.outputs.append(DocumentOutput(name=name, id=end))
        elif name in FILLED_IN:
            self._ends.filled.append(DocumentInput(name=name, id=end))
        else:
            self._ends.inputs.append(DocumentInput(name=name, id=end))
            self._variables.end(name, end, place)

    def _body(self, places: list[etree._Element]) -> Sequence:
        """Read `<services>`; a single sequence in it is the body, as the format has it."""
        if len(places) > 1:
            self._findings.fault("", "services-twice", "there is more than one services element")
        if not places:
            return Sequence()
        services = places[0]
        self._findings.attributes(services, "services")
        self._findings.text(services, "services")
        ids = {known.name: known.id for known in self._ends.filled}
        body = BodyReader(self._findings, self._variables, ids)
        return body.inside(services, key="", place="services")
