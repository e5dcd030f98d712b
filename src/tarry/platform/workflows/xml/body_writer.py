"""Writing the body of a workflow."""

from collections.abc import Mapping
from typing import assert_never

from lxml import etree

from tarry.contract.kinds import STATUS
from tarry.platform.workflows.model import (
    Branch,
    Condition,
    Constant,
    ForEach,
    Merge,
    Nested,
    Node,
    Parallel,
    Repeat,
    Sequence,
    Source,
    Step,
    Wire,
)
from tarry.platform.workflows.model.nodes import MOST_ROUNDS, RETRY_PAUSE, WIDTH
from tarry.platform.workflows.model.walking import ELSE, THEN, key_within
from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.conditions import is_plain, write_condition
from tarry.platform.workflows.xml.settings import write_seconds


class BodyWriter:
    """Writes nodes.

    Args:
        places: learns which element stands for which place.
    """

    def __init__(self, places: dict[str, etree._Element]) -> None:
        self._places = places

    def sequence(self, parent: etree._Element, sequence: Sequence, place: str) -> None:
        """Write a `<sequence>`.

        Raises:
            ValueError: it was a nested workflow, which has been put in its place.
        """
        if sequence.aliases:
            raise ValueError("its nested workflows are expanded")
        element = self._add(parent, names.SEQUENCE, place)
        for node in sequence.nodes:
            self._node(element, node)

    def _node(self, parent: etree._Element, node: Node) -> None:
        match node:
            case Step():
                self._step(parent, node)
            case Sequence():
                self.sequence(parent, node, node.key)
            case Parallel():
                self._parallel(parent, node)
            case Branch():
                self._branch(parent, node)
            case Merge():
                self._merge(parent, node)
            case Repeat():
                self._repeat(parent, node)
            case ForEach():
                self._for_each(parent, node)
            case Nested():
                self._nested(parent, node)
            case _:
                assert_never(node)

    def _step(self, parent: etree._Element, step: Step) -> None:
        element = self._service(parent, step, step.service)
        if names.is_workflow(step.service) and not names.is_end_if(step.service):
            element.set(names.IS_WORKFLOW, "false")
        if step.time_out is not None:
            element.set(names.TIME_OUT, write_seconds(step.time_out))
        if step.retries:
            element.set(names.RETRIES, str(step.retries))
        if step.retry_pause != RETRY_PAUSE:
            element.set(names.RETRY_PAUSE, write_seconds(step.retry_pause))
        if step.repeatable:
            element.set(names.REPEATABLE, "true")
        self._ports(element, step, step.inputs, step.outputs)
        if step.on_failure is not None:
            failed = etree.SubElement(element, names.ON_FAILURE)
            for name, text in step.on_failure.items():
                default = etree.SubElement(failed, names.DEFAULT)
                default.set(names.URI, _port_uri(step.service, name))
                default.set(names.VALUE, text)

    def _nested(self, parent: etree._Element, node: Nested) -> None:
        element = self._service(parent, node, node.workflow)
        if not names.is_workflow(node.workflow) or names.is_end_if(node.workflow):
            element.set(names.IS_WORKFLOW, "true")
        self._ports(element, node, node.inputs, node.outputs)

    def _merge(self, parent: etree._Element, node: Merge) -> None:
        element = self._service(parent, node, node.service)
        inputs = {names.THEN_OUT: node.then, names.ELSE_OUT: node.otherwise}
        self._ports(element, node, inputs, {names.ITE_OUT: node.id})

    def _service(
        self, parent: etree._Element, node: Step | Nested | Merge, uri: str
    ) -> etree._Element:
        element = self._add(parent, names.SERVICE, node.key)
        element.set(names.URI, uri)
        _say(element, node)
        return element

    def _ports(
        self,
        element: etree._Element,
        node: Step | Nested | Merge,
        inputs: Mapping[str, Source] | Mapping[str, Source | None],
        outputs: Mapping[str, str],
    ) -> None:
        uri = node.workflow if isinstance(node, Nested) else node.service
        status = "" if isinstance(node, Merge) else node.status_id
        written: dict[str, Source | None] = {
            name: Wire(end) if end else None for name, end in node.filled.items()
        }
        for name, source in {**written, **inputs}.items():
            port = self._add(element, names.INPUT, key_within(node.key, name))
            port.set(names.URI, _port_uri(uri, name))
            _set_source(port, source)
        for name, end in {**({STATUS: status} if status else {}), **outputs}.items():
            port = self._add(element, names.OUTPUT, key_within(node.key, name))
            port.set(names.URI, _port_uri(uri, name))
            port.set(names.ID, end)

    def _parallel(self, parent: etree._Element, node: Parallel) -> None:
        element = self._construct(parent, names.PARALLEL, node)
        for number, branch in enumerate(node.branches, 1):
            self.sequence(element, branch, key_within(node.key, f"b{number}"))

    def _branch(self, parent: etree._Element, node: Branch) -> None:
        element = self._construct(parent, names.IF, node)
        self._condition(element, node.condition, node.key)
        then = etree.SubElement(element, names.THEN)
        self.sequence(then, node.then, key_within(node.key, THEN))
        otherwise = etree.SubElement(element, names.ELSE)
        self.sequence(otherwise, node.otherwise, key_within(node.key, ELSE))
        for one in node.merged:
            sources = {names.FROM_THEN: one.then, names.FROM_ELSE: one.otherwise}
            self._defined(element, names.MERGED, node.key, one.id, sources)

    def _repeat(self, parent: etree._Element, node: Repeat) -> None:
        element = self._construct(parent, names.WHILE if node.first else names.REPEAT_UNTIL, node)
        if node.most != MOST_ROUNDS:
            element.set(names.MOST, str(node.most))
        for one in node.carried:
            sources = {names.FIRST: one.first, names.NEXT: one.next}
            self._defined(element, names.CARRIED, node.key, one.id, sources)
        # A condition that is asked first is written first.
        if node.first:
            self._condition(element, node.condition, node.key)
        self._body(element, node.body, node.key)
        if not node.first:
            self._condition(element, node.condition, node.key)

    def _for_each(self, parent: etree._Element, node: ForEach) -> None:
        element = self._construct(parent, names.FOR_EACH, node)
        if node.width != WIDTH:
            element.set(names.WIDTH, str(node.width))
        over = self._add(element, names.OVER, key_within(node.key, "over"))
        _set_source(over, node.over)
        etree.SubElement(element, names.ITEM).set(names.ID, node.item)
        self._body(element, node.body, node.key)
        for one in node.gathered:
            self._defined(element, names.GATHERED, node.key, one.id, {names.EACH: one.source})

    def _body(self, element: etree._Element, body: Sequence, key: str) -> None:
        """Write what a construct with a single sequence has inside; both have the same place."""
        outer = self._places[key]
        self.sequence(element, body, key)
        self._places[key] = outer

    def _defined(
        self,
        parent: etree._Element,
        name: str,
        key: str,
        end: str,
        sources: Mapping[str, Source | None],
    ) -> None:
        element = self._add(parent, name, key_within(key, end))
        element.set(names.ID, end)
        for inner, source in sources.items():
            if source is not None:
                _set_source(etree.SubElement(element, inner), source)

    def _condition(self, parent: etree._Element, condition: Condition, key: str) -> None:
        name = names.CONDITION if is_plain(condition) else names.TYPED_CONDITION
        self._add(parent, name, key_within(key, names.CONDITION)).text = write_condition(condition)

    def _construct(
        self, parent: etree._Element, name: str, node: Parallel | Branch | Repeat | ForEach
    ) -> etree._Element:
        element = self._add(parent, name, node.key)
        _say(element, node)
        return element

    def _add(self, parent: etree._Element, name: str, place: str) -> etree._Element:
        element = etree.SubElement(parent, name)
        self._places.setdefault(place, element)
        return element


def _say(
    element: etree._Element, node: Step | Nested | Merge | Parallel | Branch | Repeat | ForEach
) -> None:
    """Write what people say of a node."""
    for name, text in {names.NAME: node.name, names.NOTE: node.note}.items():
        if text:
            element.set(name, text)


def _set_source(element: etree._Element, source: Source | None) -> None:
    element.set(names.ID, source.id if isinstance(source, Wire) else "")
    if isinstance(source, Constant):
        element.set(names.VALUE, source.text)


def _port_uri(service: str, name: str) -> str:
    return f"{service.partition('#')[0]}#{name}"
