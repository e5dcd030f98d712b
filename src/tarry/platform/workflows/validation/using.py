"""Whether a step uses its service, or a nested workflow, as it can be used."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from tarry.contract.errors import TarryError
from tarry.contract.kinds import FILLED_IN
from tarry.contract.ports import Port, PortType, check
from tarry.platform.workflows.model import Constant, Nested, Node, Problem, Step
from tarry.platform.workflows.model.walking import key_within
from tarry.platform.workflows.validation.library import Library
from tarry.platform.workflows.validation.telling import problem

MOST_RETRIES = 20
LONGEST_PAUSE = timedelta(days=1)
LONGEST_TIME_OUT = timedelta(days=366)


def rules(node: Node, library: Library) -> Iterator[Problem]:
    """Tell what is wrong with one use of a service or workflow."""
    if not isinstance(node, Step | Nested):
        return
    if isinstance(node, Step):
        yield from _settings(node)
    if library.ports_of(node) is None:
        if isinstance(node, Step):
            message = f"there is no service {node.service}: register it, or mend the URI"
            yield problem(node.key, "unknown-service", message)
        return
    inputs, outputs = library.inputs_of(node), library.outputs_of(node)
    yield from _unknown(node, node.inputs, inputs, "input")
    yield from _unknown(node, node.outputs, outputs, "output")
    for name, port in inputs.items():
        source = node.inputs.get(name)
        place = key_within(node.key, name)
        if source is None and port.must_be_given:
            message = f"the input {name} has neither a wire nor a value"
            yield problem(place, "unwired-input", message)
        elif isinstance(source, Constant):
            yield from constant(place, port, source.text)
    if isinstance(node, Step) and node.on_failure is not None:
        yield from _unknown(node, set(node.on_failure) - set(node.outputs), outputs, "output")
        yield from _defaults(node, outputs)


def constant(place: str, port: Port, text: str) -> Iterator[Problem]:
    """Tell whether a value that stands in the document may go to a port."""
    if port.type is PortType.SECRET:
        message = "a secret cannot be written into a workflow: wire it to an input"
        yield problem(place, "secret", message)
        return
    try:
        check((port,), {port.name: text})
    except TarryError as error:
        yield problem(place, "constant", f"the value does not fit: {error}")


def _unknown(
    node: Step | Nested, used: Iterable[str], ports: Mapping[str, Port], what: str
) -> Iterator[Problem]:
    for name in used:
        if name not in ports:
            known = ", ".join(port for port in ports if port not in FILLED_IN)
            uses = "service" if isinstance(node, Step) else "workflow"
            message = f"the {uses} has no {what} {name}; it has: {known or 'none'}"
            yield problem(key_within(node.key, name), "unknown-port", message)


def _defaults(step: Step, outputs: Mapping[str, Port]) -> Iterator[Problem]:
    for name, text in (step.on_failure or {}).items():
        if (port := outputs.get(name)) is not None:
            yield from constant(key_within(step.key, name), port, text)


def _settings(step: Step) -> Iterator[Problem]:
    if step.retries > MOST_RETRIES:
        message = f"{step.retries} retries are too many: at most {MOST_RETRIES}"
        yield problem(step.key, "setting", message)
    if step.retry_pause > LONGEST_PAUSE:
        yield problem(step.key, "setting", "a pause before a retry is at most a day")
    if step.time_out is not None and not timedelta(0) < step.time_out <= LONGEST_TIME_OUT:
        yield problem(step.key, "setting", "a time-out is more than nothing and at most 366 days")
