"""What a reader comes across besides what it looks for."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from lxml import etree

from tarry.platform.workflows.model import Problem, Spot, Unknown
from tarry.platform.workflows.xml import names

_NOTHING: AbstractSet[str] = frozenset()
_FURTHEST = 999_999_999
_CANVAS = frozenset({names.X, names.Y})


class Findings:
    """Collects faults, refusals and unknown pieces, so that all are told at once.

    Args:
        namespace: that of the outermost element; the old format's elements stand in it, or in none.
    """

    def __init__(self, namespace: str) -> None:
        self._plain = {"", namespace}
        self.faults: list[Problem] = []
        self.unsupported: list[Problem] = []
        self.unknown: list[Unknown] = []
        self.canvas: dict[str, Spot] = {}

    def fault(self, place: str, code: str, message: str) -> None:
        """Note that the document is not readable."""
        self.faults.append(Problem(place=place, code=code, message=message))

    def refuse(self, place: str, construct: str) -> None:
        """Note a construct that would change what runs, and that we do not know."""
        message = f"{construct} is not supported yet"
        self.unsupported.append(Problem(place=place, code="unsupported-construct", message=message))

    def name(self, element: etree._Element) -> str:
        """Give the name of an element as `names` has it: of the old format, or of ours.

        Any other element has none: "".
        """
        if names.namespace(element) == names.NAMESPACE:
            return str(element.tag)
        return names.local(element) if names.namespace(element) in self._plain else ""

    def children(
        self, element: etree._Element, place: str, ours: AbstractSet[str] = _NOTHING
    ) -> Iterator[etree._Element]:
        """Give the child elements; those of ours that are not known here are refused."""
        for child in element.iterchildren("*"):
            if names.namespace(child) == names.NAMESPACE and str(child.tag) not in ours:
                self.refuse(place, f"{names.PREFIX}:{names.local(child)}")
            else:
                yield child

    def attribute(self, element: etree._Element, name: str) -> str:
        """Give an attribute of the old format, in whatever case it is written; "" for none."""
        if (usual := element.get(name)) is not None:
            return usual.strip()
        for written in element.attrib:
            if str(written).lower() == name.lower():
                return str(element.attrib[written]).strip()
        return ""

    def attributes(
        self, element: etree._Element, place: str, known: AbstractSet[str] = _NOTHING
    ) -> dict[str, str]:
        """Give the attributes that are known; others are kept as unknown or refused."""
        given: dict[str, str] = {}
        for written, raw in element.attrib.items():
            name, value = str(written), str(raw)
            if name not in known:
                # Only the old format's names are read in any case: ours have a namespace.
                same = (one for one in known if one[0] != "{" and one.lower() == name.lower())
                name = next(same, name)
            if name in known:
                given[name] = value
            elif name in _CANVAS:
                self._spot(element, place, name, value)
            elif name.startswith(f"{{{names.NAMESPACE}}}"):
                self.refuse(place, f"{names.PREFIX}:{etree.QName(name).localname}")
            else:
                self.unknown.append(Unknown(place=place, name=f"@{name}", text=value))
        return given

    def _spot(self, element: etree._Element, place: str, name: str, value: str) -> None:
        """Note where an editor shows something; what is no point of a canvas is kept as it is."""
        x, y = (_coordinate(str(element.get(one, ""))) for one in (names.X, names.Y))
        if x is None or y is None:
            self.unknown.append(Unknown(place=place, name=f"@{name}", text=value))
        else:
            self.canvas[place] = Spot(x, y)

    def text(self, element: etree._Element, place: str) -> None:
        """Keep text that stands where the format has none."""
        if not len(element) and not element.text:
            return
        pieces = [element.text, *(child.tail for child in element)]
        stray = " ".join(piece.strip() for piece in pieces if piece and piece.strip())
        if stray:
            self.unknown.append(Unknown(place=place, name="#text", text=stray))

    def unknown_element(self, element: etree._Element, place: str) -> None:
        """Keep an element as XML that means the same wherever it stands."""
        written = etree.tostring(element, method="c14n", exclusive=True, with_tail=False)
        name = names.local(element)
        self.unknown.append(Unknown(place=place, name=name, text=written.decode("utf-8")))

    def leaf(self, element: etree._Element, place: str) -> None:
        """Keep what stands inside an element that should have nothing in it."""
        for child in self.children(element, place):
            self.unknown_element(child, place)
        self.text(element, place)

    def in_order(self) -> tuple[Unknown, ...]:
        """Give the unknown pieces by place, as a rewritten document would show them."""
        return tuple(sorted(self.unknown, key=lambda piece: (piece.place, _rank(piece))))


def _coordinate(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) <= _FURTHEST else None


def _rank(piece: Unknown) -> int:
    return {"@": 0, "#": 2}.get(piece.name[:1], 1)
