"""Writing a workflow document, so that readers of the old format understand it."""

from lxml import etree

from tarry.contract.kinds import STATUS
from tarry.platform.workflows.errors import NotWritable
from tarry.platform.workflows.model import (
    Constant,
    Document,
    Node,
    Sequence,
    Step,
    Unknown,
    Wire,
)
from tarry.platform.workflows.model.walking import key_within
from tarry.platform.workflows.xml import names
from tarry.soap import xml


def write(document: Document) -> bytes:
    """Write a document as UTF-8 XML; `read` gives the same document back.

    Raises:
        NotWritable: a text holds characters that XML cannot carry.
    """
    try:
        root = _Writer(document).write()
    except ValueError as error:
        raise NotWritable(workflow=document.name, reason=str(error)) from error
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


class _Writer:
    """Builds the tree, and finds the place of every unknown piece in it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._places: dict[str, etree._Element] = {}

    def write(self) -> etree._Element:
        """Build the whole tree."""
        document = self._document
        root = self._places[""] = etree.Element(
            names.WORKFLOW, nsmap={names.PREFIX: names.NAMESPACE}
        )
        root.set(names.URI, document.uri)
        _set(root, names.TITLE, document.title)
        _set(root, names.DESCRIPTION, document.description)
        for shown in document.outputs:
            self._end(root, names.OUTPUT, f"outputs/{shown.name}", f"#{shown.name}", shown.id)
        for given in (*document.filled, *document.inputs):
            self._end(root, names.INPUT, f"inputs/{given.name}", f"#{given.name}", given.id)
        services = self._places["services"] = etree.SubElement(root, names.SERVICES)
        sequence = self._places["sequence"] = etree.SubElement(services, names.SEQUENCE)
        for node in document.body.nodes:
            self._node(sequence, node)
        # Before the unknown pieces come in: their white space is not ours to change.
        etree.indent(root)
        for unknown in document.unknown:
            _restore(self._places.get(unknown.place, root), unknown)
        # A document that uses nothing of ours is a plain old one, without our namespace.
        etree.cleanup_namespaces(root)
        return root

    def _node(self, parent: etree._Element, node: Node) -> None:
        match node:
            case Step():
                self._step(parent, node)
            case Sequence():
                inner = self._places[node.key] = etree.SubElement(parent, names.SEQUENCE)
                for child in node.nodes:
                    self._node(inner, child)
            case _:
                raise NotWritable(workflow=self._document.name, reason=f"{node.key} has no XML yet")

    def _step(self, parent: etree._Element, step: Step) -> None:
        element = self._places[step.key] = etree.SubElement(parent, names.SERVICE)
        element.set(names.URI, step.service)
        _set(element, names.NAME, step.name)
        for name, end in step.filled.items():
            self._port(element, names.INPUT, step, name, end)
        for name, source in step.inputs.items():
            end = source.id if isinstance(source, Wire) else ""
            written = self._port(element, names.INPUT, step, name, end)
            if isinstance(source, Constant):
                written.set(names.VALUE, source.text)
        outputs = {**({STATUS: step.status_id} if step.status_id else {}), **step.outputs}
        for name, end in outputs.items():
            self._port(element, names.OUTPUT, step, name, end)

    def _port(
        self, parent: etree._Element, kind: str, step: Step, name: str, end: str
    ) -> etree._Element:
        uri = f"{step.service.partition('#')[0]}#{name}"
        return self._end(parent, kind, key_within(step.key, name), uri, end)

    def _end(
        self, parent: etree._Element, kind: str, place: str, uri: str, end: str
    ) -> etree._Element:
        element = etree.SubElement(parent, kind)
        self._places.setdefault(place, element)
        element.set(names.URI, uri)
        element.set(names.ID, end)
        return element


def _set(element: etree._Element, name: str, value: str) -> None:
    if value:
        element.set(name, value)


def _restore(element: etree._Element, unknown: Unknown) -> None:
    if unknown.name.startswith("@"):
        element.set(unknown.name[1:], unknown.text)
    elif unknown.name == "#text":
        if len(element):
            element[-1].tail = f"{unknown.text}\n"
        else:
            element.text = unknown.text
    else:
        piece = xml.parse(unknown.text.encode("utf-8"))
        piece.tail = "\n"
        element.append(piece)
