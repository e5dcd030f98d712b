"""What one execution carries out: a workflow document over services, as they were at its start."""

from collections.abc import Mapping
from dataclasses import dataclass

from tarry.platform.executions.model.terms import Terms
from tarry.platform.workflows.model import Document, Step


@dataclass(frozen=True, slots=True)
class FromInput:
    """An id that an input of the workflow defines."""

    name: str


@dataclass(frozen=True, slots=True)
class FromManager:
    """An id of what only the manager knows, such as the token; it is filled in at the call."""

    name: str


@dataclass(frozen=True, slots=True)
class FromStep:
    """An id that an output of a step defines."""

    key: str
    port: str


Origin = FromInput | FromManager | FromStep
"""Where the value behind an id comes from."""


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Plan:
    """A document and all that the manager needs beside it. Many executions share one."""

    document: Document
    services: Mapping[str, Terms]
    steps: Mapping[str, Step]
    origins: Mapping[str, Origin]

    def terms_of(self, step: Step) -> Terms:
        """Give the terms of the service that a step uses."""
        return self.services[step.service]


def plan_of(document: Document, services: Mapping[str, Terms]) -> Plan:
    """Make the plan of a valid document."""
    origins: dict[str, Origin] = {known.id: FromManager(known.name) for known in document.filled}
    origins |= {given.id: FromInput(given.name) for given in document.inputs}
    for step in document.steps:
        origins |= {wire: FromStep(step.key, port) for port, wire in step.outputs.items()}
    return Plan(
        document=document,
        services=services,
        steps={step.key: step for step in document.steps},
        origins=origins,
    )
