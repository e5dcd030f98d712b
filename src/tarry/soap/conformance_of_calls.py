"""Holds a synchronous operation to the contract, as its caller: it answers in time, or refuses.

One call is made with the inputs that were given. All others are such as must be refused before
anything is done for them.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

from tarry.contract.errors import TarryError
from tarry.contract.kinds import FILLED_IN
from tarry.contract.lists import write_list
from tarry.contract.ports import Port
from tarry.soap.asynchronous import call_synchronous
from tarry.soap.conformance import (
    Finding,
    Trial,
    Verdict,
    bad_values,
    found,
    outcome_of,
    said_of,
)
from tarry.soap.errors import SoapFault
from tarry.soap.layout import Layout
from tarry.soap.plan import RemoteOperation
from tarry.soap.schema import Element

ANSWER_WITHIN = timedelta(seconds=30)
"""The longest HTTP time-out in the field; some callers wait for 10 s only."""

_UNKNOWN = "noSuchInput"
_UNSAYABLE = "requests of this style cannot be made wrong on purpose"

Said = Mapping[str, str] | TarryError | TimeoutError


def inputs_missing(operation: RemoteOperation, inputs: Mapping[str, str]) -> list[str]:
    """Give the inputs without which an operation cannot be called."""
    return [
        element.name
        for element in operation.inputs
        if element.name not in FILLED_IN and element.port.must_be_given
        if element.name not in inputs
    ]


async def check_calls(trial: Trial) -> AsyncIterator[Finding]:
    """Call the operation, and hold what it does to the contract; findings come as they are made."""
    operation = trial.operation
    if missing := inputs_missing(operation, trial.inputs):
        seen = f"it needs values: give {' '.join(f'{name}=…' for name in missing)}"
        yield Finding(f"{operation.name} answers", Verdict.SKIPPED, seen)
        return
    answer = await _call(trial, operation, trial.inputs)
    seconds = f"{ANSWER_WITHIN.total_seconds():g} s"
    rule = f"{operation.name} answers within {seconds}, with all outputs of the WSDL"
    yield found(rule, isinstance(answer, Mapping), said_of(answer))
    if not isinstance(answer, Mapping):
        return  # what is refused below would be refused anyway
    async for finding in _bad_values(trial):
        yield finding
    if operation.needs_serialiser or operation.encoded or not operation.request_tag:
        yield Finding("Unknown and repeated elements are faults", Verdict.SKIPPED, _UNSAYABLE)
        return
    yield _refused("An element that the WSDL does not know is a fault", await _unknown(trial))
    if (repeated := await _repeated(trial)) is not None:
        yield _refused("An element that comes twice is a fault", repeated)


async def _bad_values(trial: Trial) -> AsyncIterator[Finding]:
    for element in trial.operation.inputs:
        if element.name in FILLED_IN or element.repeated or element.record is not None:
            continue
        for value in bad_values(element.port):
            rule = f"{element.name} = {value} is refused, and the fault names it"
            answer = await _call(trial, trial.operation, {**trial.inputs, element.name: value})
            finding = _refused(rule, answer)
            if isinstance(answer, SoapFault) and element.name not in answer.fault_string:
                seen = f"it said: {answer.fault_string}"
                finding = Finding(rule, Verdict.DOUBTFUL, seen)
            yield finding


async def _unknown(trial: Trial) -> Said:
    operation = trial.operation
    # where its neighbours have a namespace, it has theirs
    space, brace, _ = operation.request[0].tag.rpartition("}") if operation.request else ("",) * 3
    layout = Layout(tag=f"{space}{brace}{_UNKNOWN}", optional=True)
    more = replace(
        operation,
        inputs=(*operation.inputs, Element(port=Port(name=_UNKNOWN, required=False))),
        request=(*operation.request, layout),
    )
    return await _call(trial, more, {**trial.inputs, _UNKNOWN: "x"})


async def _repeated(trial: Trial) -> Said | None:
    """Send an input twice; `None` if there is none that could be."""
    for place, element in enumerate(trial.operation.inputs):
        value = trial.inputs.get(element.name)
        if value is None or element.repeated or element.record is not None:
            continue
        inputs = list(trial.operation.inputs)
        inputs[place] = replace(element, repeated=True)
        twice = replace(trial.operation, inputs=tuple(inputs))
        return await _call(trial, twice, {**trial.inputs, element.name: write_list([value] * 2)})
    return None


async def _call(trial: Trial, operation: RemoteOperation, inputs: Mapping[str, str]) -> Said:
    operations = {**trial.service.operations, operation.name: operation}
    return await outcome_of(
        call_synchronous(
            trial.client,
            replace(trial.service, operations=operations),
            operation.name,
            inputs,
            session_token=trial.session_token,
            service_id=trial.new_id(),
            timeout=ANSWER_WITHIN,
        )
    )


def _refused(rule: str, answer: Said) -> Finding:
    what = "what came is no fault" if isinstance(answer, Exception) else "it was taken"
    return found(rule, isinstance(answer, SoapFault), f"{what}: {said_of(answer)}")
