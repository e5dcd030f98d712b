"""Reading one use of a service, of a workflow, or of the field's `EndIf`."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from tarry.contract.kinds import FILLED_IN
from tarry.platform.workflows.model import Merge, Nested, Step, name_of
from tarry.platform.workflows.model.nodes import RETRY_PAUSE
from tarry.platform.workflows.model.walking import key_within
from tarry.platform.workflows.xml import names
from tarry.platform.workflows.xml.findings import Findings
from tarry.platform.workflows.xml.ports import Ports
from tarry.platform.workflows.xml.settings import Settings

_ANY = frozenset({names.URI, names.NAME, names.NOTE})
_STEP = frozenset({names.TIME_OUT, names.RETRIES, names.RETRY_PAUSE, names.REPEATABLE})
_END_IF = ({names.THEN_OUT, names.ELSE_OUT}, {names.ITE_OUT})


def is_nested(element: etree._Element, found: Findings) -> bool:
    """Tell whether a `<service>` stands for a workflow."""
    if (said := element.get(names.IS_WORKFLOW)) is not None:
        return said.strip() in {"true", "1"}
    uri = found.attribute(element, names.URI)
    return names.is_workflow(uri) and not names.is_end_if(uri)


@dataclass(frozen=True)
class ServiceElement:
    """A `<service>` that is about to be read.

    Attributes:
        key: what it is called in the document.
        found: takes what is wrong or unknown.
        workflow_ids: ids of the workflow inputs that the manager fills in, by name.
    """

    element: etree._Element
    key: str
    found: Findings
    workflow_ids: Mapping[str, str]

    def read(self) -> tuple[Step | Merge | Nested, list[str]]:
        """Read it; beside it, the names of its outputs that have no id."""
        uri = self.found.attribute(self.element, names.URI)
        if not uri:
            self.found.fault(self.key, "missing-uri", "the service has no URI")
        ports = Ports(self.key, self.found, self.workflow_ids)
        if is_nested(self.element, self.found):
            return self._nested(uri, ports), ports.unwired
        if names.is_end_if(uri):
            return self._merge(uri, ports), []
        return self._step(uri, ports), ports.unwired

    def _step(self, uri: str, ports: Ports) -> Step:
        given = self._settings(_ANY | _STEP | {names.IS_WORKFLOW})
        defaults: dict[str, str] | None = None
        for child in self._ports(ports, ours=frozenset({names.ON_FAILURE})):
            if defaults is not None:
                self.found.fault(self.key, "on-failure-twice", "there is more than one on-failure")
            defaults = self._defaults(child)
        pause = given.seconds(names.RETRY_PAUSE)
        return Step(
            key=self.key,
            service=uri,
            inputs=ports.inputs,
            outputs=ports.outputs,
            filled=ports.filled,
            status_id=ports.status_id,
            name=given.text(names.NAME),
            note=given.text(names.NOTE),
            time_out=given.seconds(names.TIME_OUT),
            retries=given.number(names.RETRIES, 0),
            retry_pause=RETRY_PAUSE if pause is None else pause,
            on_failure=defaults,
            repeatable=given.truth(names.REPEATABLE),
        )

    def _nested(self, uri: str, ports: Ports) -> Nested:
        given = self._settings(_ANY | {names.IS_WORKFLOW})
        list(self._ports(ports))
        return Nested(
            key=self.key,
            workflow=uri,
            inputs=ports.inputs,
            outputs=ports.outputs,
            filled=ports.filled,
            status_id=ports.status_id,
            name=given.text(names.NAME),
            note=given.text(names.NOTE),
        )

    def _merge(self, uri: str, ports: Ports) -> Merge:
        given = self._settings(_ANY)
        list(self._ports(ports, known=_END_IF))
        return Merge(
            key=self.key,
            service=uri,
            then=ports.inputs.get(names.THEN_OUT),
            otherwise=ports.inputs.get(names.ELSE_OUT),
            id=ports.outputs.get(names.ITE_OUT, ""),
            filled=ports.filled,
            name=given.text(names.NAME),
            note=given.text(names.NOTE),
        )

    def _settings(self, known: frozenset[str]) -> Settings:
        given = self.found.attributes(self.element, self.key, known)
        return Settings(given, self.key, self.found)

    def _ports(
        self,
        ports: Ports,
        *,
        ours: frozenset[str] = frozenset(),
        known: tuple[set[str], set[str]] | None = None,
    ) -> list[etree._Element]:
        """Read the ports; give the elements of ours. What else there is, is kept as unknown.

        Args:
            ports: takes them.
            ours: elements of ours that may stand here.
            known: the inputs and outputs that there can be; none: any.
        """
        rest: list[etree._Element] = []
        for child in self.found.children(self.element, self.key, ours):
            match self.found.name(child):
                case names.INPUT if _is_known(child, known, 0, self.found):
                    ports.input(child)
                case names.OUTPUT if _is_known(child, known, 1, self.found):
                    ports.output(child)
                case name if name in ours:
                    rest.append(child)
                case _:
                    self.found.unknown_element(child, self.key)
        self.found.text(self.element, self.key)
        return rest

    def _defaults(self, element: etree._Element) -> dict[str, str]:
        """Read what a step's outputs are if it fails."""
        found, defaults = self.found, dict[str, str]()
        found.attributes(element, self.key)
        for child in found.children(element, self.key, {names.DEFAULT}):
            if found.name(child) != names.DEFAULT:
                found.unknown_element(child, self.key)
                continue
            name = name_of(found.attribute(child, names.URI))
            place = key_within(self.key, name)
            given = found.attributes(child, place, {names.URI, names.VALUE})
            found.leaf(child, place)
            if not name:
                found.fault(self.key, "missing-uri", "a default has no name in its URI")
            elif name in defaults:
                found.fault(place, "port-twice", f"the default of {name} stands there twice")
            elif names.VALUE not in given:
                found.fault(place, "missing-value", f"the default of {name} has no value")
            else:
                defaults[name] = given[names.VALUE]
        found.text(element, self.key)
        return defaults


def _is_known(
    element: etree._Element, known: tuple[set[str], set[str]] | None, side: int, found: Findings
) -> bool:
    if known is None:
        return True
    name = name_of(found.attribute(element, names.URI))
    return name in known[side] or (side == 0 and name in FILLED_IN)
