"""What the variables of conditions mean: an id, or the fragment of a URI."""

from dataclasses import replace

from lxml import etree

from tarry.platform.workflows.model import (
    Condition,
    Document,
    DocumentInput,
    Nested,
    Node,
    Step,
    name_of,
)
from tarry.platform.workflows.model.conditions import with_variables
from tarry.platform.workflows.model.walking import rebuilt
from tarry.platform.workflows.xml import names


class Variables:
    """Knows the ends of a document as far as it has been read.

    Args:
        root: the document; an id that stands anywhere in it is no fragment.
    """

    def __init__(self, root: etree._Element) -> None:
        self._ids = {
            str(value).strip()
            for element in root.iter("*")
            for name, value in element.attrib.items()
            if str(name).upper() == names.ID
        }
        self._named: dict[str, str] = {}
        self._unwired: dict[str, str] = {}
        self._made: dict[str, str] = {}

    def end(self, name: str, end: str, place: str) -> None:
        """Note the next end of the document; one without an id gets one when it is meant."""
        if not name:
            return
        self._named.pop(name, None)
        self._unwired.pop(name, None)
        if end:
            self._named[name] = end
        else:
            self._unwired[name] = place

    def resolved(self, condition: Condition) -> Condition:
        """Give the condition over ids; a fragment means the last end so far that has it."""
        return with_variables(condition, self._id)

    def _id(self, said: str) -> str:
        fragment = name_of(said) if "#" in said else said
        if said in self._ids or fragment in self._ids:
            return said if said in self._ids else fragment
        if fragment in self._named:
            return self._named[fragment]
        if fragment in self._unwired:
            place = self._unwired[fragment]
            # A place is unique, and so is what is made of it: it was no id before.
            return self._made.setdefault(place, self._free(place))
        return said

    def _free(self, place: str) -> str:
        while place in self._ids:
            place += "'"
        return place

    def with_made(self, document: Document) -> Document:
        """Give the ends that a condition meant, and that had no id, the id that was made."""
        if not self._made:
            return document
        return replace(
            document,
            inputs=tuple(self._input(given) for given in document.inputs),
            body=rebuilt(document.body, self._outputs),
        )

    def _input(self, given: DocumentInput) -> DocumentInput:
        made = self._made.get(f"inputs/{given.name}") if not given.id else None
        return replace(given, id=made) if made else given

    def _outputs(self, node: Node) -> Node:
        if not isinstance(node, Step | Nested):
            return node
        own = {
            place.rpartition("/")[2]: end
            for place, end in self._made.items()
            if place.rpartition("/")[0] == node.key
        }
        return replace(node, outputs={**node.outputs, **own}) if own else node
