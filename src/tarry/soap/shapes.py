"""From zeep's parsed types to elements and their layout on the wire."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lxml import etree
from zeep.xsd import ComplexType
from zeep.xsd import Element as ZeepElement
from zeep.xsd.elements import Choice
from zeep.xsd.elements.indicators import Indicator

from tarry.contract.ports import Port, PortType
from tarry.soap.describe import XSD
from tarry.soap.layout import Layout
from tarry.soap.remarks import Remarks
from tarry.soap.schema import Element, Record

_DEEPEST = 12
_PORT_TYPES = {
    "boolean": PortType.BOOLEAN,
    "decimal": PortType.DECIMAL,
    "double": PortType.DECIMAL,
    "float": PortType.DECIMAL,
    "integer": PortType.INTEGER,
    "dateTime": PortType.DATE_TIME,
}
_SMALLEST = {"nonNegativeInteger": Decimal(0), "positiveInteger": Decimal(1)}


@dataclass(frozen=True)
class Shape:
    """Elements with their layouts.

    Attributes:
        exact: a plan can write them; if not, the elements are the best description there is.
        arrays: names of those that are SOAP-encoded arrays.
    """

    elements: tuple[Element, ...] = ()
    layouts: tuple[Layout, ...] = ()
    exact: bool = True
    arrays: tuple[str, ...] = ()


class TypeReader:
    """Reads the types of one WSDL.

    Args:
        remarks: what the WSDL says beyond types.
        tell_types: every element says its type (SOAP encoding).
    """

    def __init__(self, remarks: Remarks, *, tell_types: bool) -> None:
        self._remarks = remarks
        self._tell_types = tell_types

    def children(self, parent: Any, declaration: etree._Element | None) -> Shape:
        """Read the children of a wrapper element or message."""
        return self._fields(parent.type, declaration, ())

    def bare(self, element: Any, declaration: etree._Element | None) -> Shape:
        """Read an element that stands alone."""
        return _joined([self._element(element, declaration, ())])

    def _fields(
        self, complex_type: Any, declaration: etree._Element | None, above: tuple[Any, ...]
    ) -> Shape:
        declared = self._remarks.children(declaration)
        shapes: list[Shape] = []
        exact = all(not attribute.required for _, attribute in complex_type.attributes)
        for item in _walk(complex_type._element, optional=False):
            if item is None:
                exact = False
                continue
            element, optional = item
            shapes.append(
                self._element(element, declared.get(element.name), above, optional=optional)
            )
        whole = _joined(shapes)
        return Shape(whole.elements, whole.layouts, whole.exact and exact, whole.arrays)

    def _element(
        self,
        element: Any,
        declaration: etree._Element | None,
        above: tuple[Any, ...],
        *,
        optional: bool = False,
    ) -> Shape:
        kind = element.type
        optional = optional or element.min_occurs == 0
        nillable = bool(element.nillable)
        default = element.default if isinstance(element.default, str) else None
        port = Port(
            name=element.name,
            required=default is not None or not (optional or nillable),
            default=default,
        )
        layout = Layout(
            tag=element.qname.text,
            xsi_type=self._told(kind),
            nillable=nillable,
            optional=optional,
        )
        repeated = bool(element.accepts_multiple)
        if not isinstance(kind, ComplexType):  # a simple type, or anyType
            plain = replace(self._plain(port, kind, declaration), many=repeated)
            return Shape((Element(port=plain, repeated=repeated),), (layout,), _is_simple(kind))
        if getattr(kind, "_array_type", None) is not None:
            return self._array(port, layout, kind)
        if kind in above or len(above) > _DEEPEST or _has_text(kind):
            return Shape((Element(port=port, repeated=repeated),), (layout,), exact=False)
        fields = self._fields(kind, declaration, (*above, kind))
        name = kind.qname.localname if kind.qname is not None else element.name
        described = self._remarks.amend(port, declaration)
        record = Record(name=name, fields=fields.elements)
        layout = Layout(
            tag=layout.tag,
            xsi_type=layout.xsi_type,
            nillable=nillable,
            optional=optional,
            children=fields.layouts,
        )
        return Shape(
            (Element(port=described, record=record, repeated=repeated),),
            (layout,),
            fields.exact and not fields.arrays,
        )

    def _plain(self, port: Port, kind: Any, declaration: etree._Element | None) -> Port:
        name, minimum = _builtin(kind)
        typed = Port(
            name=port.name,
            type=_PORT_TYPES.get(name, PortType.STRING),
            required=port.required,
            default=port.default,
            minimum=minimum,
        )
        if declaration is None and kind.qname is not None:
            declaration = self._remarks.type(kind.qname.text)
        return self._remarks.amend(typed, declaration)

    def _array(self, port: Port, layout: Layout, kind: Any) -> Shape:
        """A SOAP-encoded array: read as a list; only zeep can write it."""
        record = None
        item = kind._array_type.array_type
        if isinstance(item, ComplexType):
            fields = self._fields(item, None, (kind, item))
            record = Record(name=item.qname.localname, fields=fields.elements)
        elif item is not None:
            port = replace(self._plain(port, item, None), many=True)
        element = Element(port=port, record=record, repeated=True)
        return Shape((element,), (layout,), exact=False, arrays=(port.name,))

    def _told(self, kind: Any) -> str:
        if not self._tell_types or kind.qname is None:
            return ""
        name = str(kind.qname.text)  # which zeep makes up for types that have none
        known = name.startswith(f"{{{XSD}}}") or self._remarks.type(name) is not None
        return name if known else ""


def _walk(item: Any, *, optional: bool) -> Iterator[tuple[Any, bool] | None]:
    """Yield all elements of a content model; `None` marks what a plan cannot say."""
    if item is None:
        return
    if isinstance(item, ZeepElement):
        yield item, optional
        return
    if not isinstance(item, Indicator):
        yield None  # any
        return
    choice = isinstance(item, Choice)
    if choice or item.accepts_multiple:
        yield None
    members: Any = [item.child] if hasattr(item, "child") else item
    for child in members:
        yield from _walk(child, optional=optional or choice or item.min_occurs == 0)


def _joined(shapes: list[Shape]) -> Shape:
    return Shape(
        tuple(element for shape in shapes for element in shape.elements),
        tuple(layout for shape in shapes for layout in shape.layouts),
        all(shape.exact for shape in shapes),
        tuple(name for shape in shapes for name in shape.arrays),
    )


def _builtin(kind: Any) -> tuple[str, Decimal | None]:
    """The primitive type beneath a simple type, and the smallest number it takes."""
    minimum = None
    for ancestor in type(kind).__mro__:
        name = vars(ancestor).get("_default_qname")
        if name is None or name.namespace != XSD:
            continue
        minimum = _SMALLEST.get(name.localname, minimum)
        if name.localname in _PORT_TYPES:
            return name.localname, minimum
    return "string", None


def _is_simple(kind: Any) -> bool:
    """Whether a text is all there is to it; lists and unions are texts for us too."""
    return type(kind).__name__ != "AnyType"


def _has_text(kind: Any) -> bool:
    """Whether a complex type holds a text beside its attributes."""
    content = kind._element
    return isinstance(content, ZeepElement) and content.name == "_value_1"
