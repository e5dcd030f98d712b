"""The rules that a workflow has to keep before it can run."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tarry.contract.errors import TarryError
from tarry.contract.kinds import FILLED_IN
from tarry.contract.ports import Port, PortType, check
from tarry.platform.workflows.interfaces import Services
from tarry.platform.workflows.model import Constant, Document, Problem, Step
from tarry.platform.workflows.model.walking import key_within
from tarry.platform.workflows.validation.ends import (
    START,
    Definition,
    Ends,
    Use,
    ends_of,
    inputs_of,
    outputs_of,
)
from tarry.platform.workflows.validation.fits import Misfit, check_flow
from tarry.platform.workflows.validation.inference import disagreements
from tarry.platform.workflows.validation.later import not_yet

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", re.ASCII)
"""Names of workflows, and of their inputs and outputs."""
NAME_RULE = "has to be 1 to 100 of A-Z a-z 0-9 _ . - and must not start with . or -"


def problems(document: Document, services: Services) -> tuple[Problem, ...]:
    """Tell everything that keeps a workflow from running, in the order of the document."""
    ends = ends_of(document, services)
    return (
        *_whole(document),
        *not_yet(document),
        *_ids(ends),
        *(problem for given in document.inputs for problem in disagreements(given, ends)),
        *(problem for step in document.steps for problem in _step(step, services)),
        *_wires(ends),
        *_outputs(document, ends),
    )


def _problem(place: str, code: str, message: str) -> Problem:
    return Problem(place=place, code=code, message=message)


def _whole(document: Document) -> Iterator[Problem]:
    if not NAME.fullmatch(document.name):
        yield _problem("", "name", f"the name {document.name!r} {NAME_RULE}")
    if not document.steps:
        yield _problem("", "empty-workflow", "the workflow has no steps")
    yield from _names((given.name for given in document.inputs), "input")
    yield from _names((shown.name for shown in document.outputs), "output")


def _names(names: Iterable[str], what: str) -> Iterator[Problem]:
    for name, times in Counter(names).items():
        place = f"{what}s/{name}"
        if times > 1:
            yield _problem(place, f"{what}-twice", f"the {what} {name} stands there {times} times")
        if not NAME.fullmatch(name):
            yield _problem(place, "name", f"the {what} {name!r} {NAME_RULE}")


def _ids(ends: Ends) -> Iterator[Problem]:
    for end, found in ends.definitions.items():
        for again in found[1:]:
            message = f"the ID {end} is defined here and by {found[0].place}"
            yield _problem(again.place, "id-twice", message)


def _step(step: Step, services: Services) -> Iterator[Problem]:
    service = services.get(step.service)
    if service is None:
        message = f"there is no service {step.service}: register it, or mend the URI"
        yield _problem(step.key, "unknown-service", message)
        return
    inputs = inputs_of(step, services)
    yield from _unknown(step, step.inputs, inputs, "input")
    yield from _unknown(step, step.outputs, outputs_of(step, services), "output")
    for name, port in inputs.items():
        source = step.inputs.get(name)
        if source is None and port.must_be_given:
            message = f"the input {name} has neither a wire nor a value"
            yield _problem(key_within(step.key, name), "unwired-input", message)
        elif isinstance(source, Constant):
            yield from _constant(step, port, source)


def _unknown(
    step: Step, used: Iterable[str], ports: dict[str, Port], what: str
) -> Iterator[Problem]:
    for name in used:
        if name not in ports:
            known = ", ".join(port for port in ports if port not in FILLED_IN)
            message = f"the service has no {what} {name}; it has: {known or 'none'}"
            yield _problem(key_within(step.key, name), "unknown-port", message)


def _constant(step: Step, port: Port, constant: Constant) -> Iterator[Problem]:
    if port.type is PortType.SECRET:
        place = key_within(step.key, port.name)
        message = "a secret cannot be written into a workflow: wire it to an input"
        yield _problem(place, "secret", message)
        return
    try:
        check((port,), {port.name: constant.text})
    except TarryError as error:
        place = key_within(step.key, port.name)
        yield _problem(place, "constant", f"the value does not fit: {error}")


def _wires(ends: Ends) -> Iterator[Problem]:
    uses = (use for found in ends.uses.values() for use in found)
    for use in sorted(uses, key=lambda use: use.position):
        yield from _wire(use, ends)


def _wire(use: Use, ends: Ends) -> Iterator[Problem]:
    source = ends.source(use.id)
    if source is None:
        yield _nobody(use.place, use.id, ends)
    elif source.position >= use.position:
        message = f"{source.place} has no value yet when this step runs: its step comes later"
        if source.position == use.position:
            message = f"{source.place} belongs to this step itself"
        yield _problem(use.place, "later-step", message)
    elif source.port and use.port:
        yield from _flow(use.place, source, use.port)


def _flow(place: str, source: Definition, target: Port) -> Iterator[Problem]:
    if source.port is None or (source.position == START and source.given):
        return
    try:
        check_flow(source.port, target)
    except Misfit as misfit:
        yield _problem(place, misfit.code, f"{source.place} does not fit: {misfit.reason}")


def _nobody(place: str, end: str, ends: Ends) -> Problem:
    if end in ends.statuses:
        message = f"{end} is the status page of {ends.statuses[end]}, which cannot be wired"
        return _problem(place, "status-wired", message)
    return _problem(place, "undefined-id", f"nothing defines the ID {end}")


def _outputs(document: Document, ends: Ends) -> Iterator[Problem]:
    for shown in document.outputs:
        place = f"outputs/{shown.name}"
        if not shown.id:
            yield _problem(place, "unwired-output", f"the output {shown.name} is wired to nothing")
        elif (source := ends.source(shown.id)) is None:
            yield _nobody(place, shown.id, ends)
        elif source.given and _is_secret(shown.id, ends):
            message = f"the output {shown.name} would show the secret input {source.given}"
            yield _problem(place, "secret", message)


def _is_secret(end: str, ends: Ends) -> bool:
    return any(use.port and use.port.type is PortType.SECRET for use in ends.uses.get(end, ()))
