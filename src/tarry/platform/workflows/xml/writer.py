"""Writing a workflow document, so that readers of the old format understand it."""

from lxml import etree

from tarry.platform.workflows.errors import NotWritable
from tarry.platform.workflows.model import Document, Unknown
from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.body_writer import BodyWriter
from tarry.soap import xml


def write(document: Document) -> bytes:
    """Write a document as UTF-8 XML; `read` gives the same document back.

    Raises:
        NotWritable: a text holds characters that XML cannot carry, or nested workflows have been
            put in their places.
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
            self._end(root, names.OUTPUT, shown.name, shown.id)
        for given in (*document.filled, *document.inputs):
            self._end(root, names.INPUT, given.name, given.id)
        services = self._places["services"] = etree.SubElement(root, names.SERVICES)
        BodyWriter(self._places).sequence(services, document.body, "sequence")
        # Before the unknown pieces come in: their white space is not ours to change.
        etree.indent(root)
        for place, spot in document.canvas.items():
            if (element := self._places.get(place)) is not None:
                element.set(names.X, _number(spot.x))
                element.set(names.Y, _number(spot.y))
        for unknown in document.unknown:
            _restore(self._places.get(unknown.place, root), unknown)
        # A document that uses nothing of ours is a plain old one, without our namespace.
        etree.cleanup_namespaces(root)
        return root

    def _end(self, root: etree._Element, kind: str, name: str, end: str) -> None:
        element = etree.SubElement(root, kind)
        self._places.setdefault(f"{kind}s/{name}", element)
        element.set(names.URI, f"#{name}")
        element.set(names.ID, end)


def _set(element: etree._Element, name: str, value: str) -> None:
    if value:
        element.set(name, value)


def _number(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


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
