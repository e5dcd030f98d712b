"""Holds a service to the asynchronous contract, as its caller: its own author's, or anybody's.

Every finding names the rule, what was seen and what to do. Nothing here knows how the service is
made; it is started, polled, asked for what it should refuse, and aborted.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from tarry.contract.errors import TarryError
from tarry.contract.kinds import (
    ABORT_OPERATION,
    FILLED_IN,
    SERVICE_ID,
    SESSION_TOKEN,
    STATUS,
    STATUS_OPERATION,
)
from tarry.contract.ports import NUMBERS, Port, PortType
from tarry.contract.status import Completed
from tarry.soap.asynchronous import Progressed, abort, poll, start
from tarry.soap.client import SoapClient
from tarry.soap.errors import SoapFault
from tarry.soap.plan import RemoteOperation
from tarry.soap.wsdl import RemoteService

Result = TypeVar("Result")

_QUICK = timedelta(seconds=10)
_ABORT_LIMIT = timedelta(seconds=30)
_POLL_EVERY = 0.2


class Verdict(StrEnum):
    """What came of a check."""

    KEPT = "kept"
    BROKEN = "broken"  # against the contract: managers and clients will stumble over it
    DOUBTFUL = "doubtful"  # allowed, but somebody will be surprised
    SKIPPED = "skipped"  # it could not be tried, and the finding says why


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check, in words."""

    rule: str
    verdict: Verdict
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A service, and how it is to be tried.

    Attributes:
        operation: the start operation.
        inputs: its own inputs, in lexical form.
        session_token: a token that the service takes.
        new_id: makes a `serviceID` that was never used.
        limit: how long a run may take.
        pause: waits some seconds.
    """

    client: SoapClient
    service: RemoteService
    operation: RemoteOperation
    inputs: Mapping[str, str]
    session_token: str
    new_id: Callable[[], str]
    limit: timedelta = timedelta(minutes=5)
    pause: Callable[[float], Awaitable[object]] = asyncio.sleep

    async def start(self, service_id: str, inputs: Mapping[str, str] | None = None) -> Progressed:
        """Make a start call."""
        return await start(
            self.client,
            self.service,
            self.operation.name,
            self.inputs if inputs is None else inputs,
            service_id=service_id,
            session_token=self.session_token,
        )

    async def poll(self, service_id: str) -> Progressed:
        """Make a status call."""
        return await poll(
            self.client, self.service, service_id=service_id, session_token=self.session_token
        )

    async def until_completed(self, service_id: str) -> Progressed:
        """Poll until a run is over.

        Raises:
            TimeoutError: it did not end within the limit.
            TarryError: what a poll brought instead.
        """
        waited = 0.0
        while True:
            said = await self.poll(service_id)
            if isinstance(said.status, Completed):
                return said
            if waited > self.limit.total_seconds():
                raise TimeoutError
            await self.pause(_POLL_EVERY)
            waited += _POLL_EVERY


def check_description(service: RemoteService, operation: RemoteOperation) -> list[Finding]:
    """Hold what the WSDL says to the contract."""
    status = service.operations.get(STATUS_OPERATION)
    inputs = [element.name for element in operation.inputs]
    outputs = [(element.name, element.port.type) for element in operation.outputs]
    findings = [
        found(
            f"The start operation takes {SERVICE_ID} and {SESSION_TOKEN}",
            {SERVICE_ID, SESSION_TOKEN} <= set(inputs),
            f"it takes {', '.join(inputs) or 'nothing'}",
        ),
        found(
            f"It answers with {STATUS}",
            STATUS in {name for name, _ in outputs},
            f"it answers with {', '.join(name for name, _ in outputs) or 'nothing'}",
        ),
        found(f"There is a {STATUS_OPERATION}", status is not None, "it is missing"),
    ]
    if status is not None:
        same = [(element.name, element.port.type) for element in status.outputs]
        findings.append(
            found(
                f"{STATUS_OPERATION} has exactly the outputs of the start operation, in its order",
                same == outputs,
                f"it has {', '.join(name for name, _ in same) or 'none'}",
            )
        )
        asked = [element.name for element in status.inputs]
        findings.append(
            found(
                f"{STATUS_OPERATION} takes {SERVICE_ID}, {SESSION_TOKEN}, in this order",
                asked == [SERVICE_ID, SESSION_TOKEN],
                f"it takes {', '.join(asked) or 'nothing'}",
            )
        )
    if ABORT_OPERATION not in service.operations:
        findings.append(
            Finding(f"There is an {ABORT_OPERATION}", Verdict.DOUBTFUL, "runs cannot be stopped")
        )
    return findings


def can_be_run(findings: list[Finding]) -> bool:
    """Whether the description is good enough to try the service at all."""
    return all(finding.verdict is not Verdict.BROKEN for finding in findings)


async def check_behaviour(trial: Trial) -> AsyncIterator[Finding]:
    """Run the service, and hold what it does to the contract; findings come as they are made."""
    checks: tuple[Callable[[Trial], AsyncIterator[Finding]], ...] = (
        _one_run,
        _parallel_runs,
        _same_id,
        _unknown_id,
        _strange_ids,
        _bad_values,
        _abort,
    )
    for check in checks:
        async for finding in check(trial):
            yield finding


async def _one_run(trial: Trial) -> AsyncIterator[Finding]:
    service_id = trial.new_id()
    rule = "A start call answers at once, with a page or a word"
    try:
        async with asyncio.timeout(_QUICK.total_seconds()):
            begun = await trial.start(service_id)
    except (TarryError, TimeoutError) as error:
        yield Finding(rule, Verdict.BROKEN, _words(error, f"no answer within {_QUICK}"))
        return
    yield Finding(rule, Verdict.KEPT)
    try:
        await trial.poll(service_id)
        yield Finding("The first poll finds the run", Verdict.KEPT)
    except TarryError as error:
        yield Finding("The first poll finds the run", Verdict.BROKEN, str(error))
    rule = f"The run ends with COMPLETED within {trial.limit}"
    try:
        ended = await trial.until_completed(service_id)
    except (TarryError, TimeoutError) as error:
        yield Finding(rule, Verdict.BROKEN, _words(error, "it still runs"))
        return
    yield Finding(rule, Verdict.KEPT)
    same = [name for name, text in ended.outputs.items() if begun.outputs.get(name) == text]
    if isinstance(begun.status, Completed) or not same:
        yield Finding("With COMPLETED come the final outputs", Verdict.KEPT)
    else:
        yield Finding(
            "With COMPLETED come the final outputs",
            Verdict.DOUBTFUL,
            f"{', '.join(same)} still said what the start call said: a dummy?",
        )
    again = await outcome_of(trial.poll(service_id))
    yield found(
        "A run that is over stays as it is",
        isinstance(again, Progressed)
        and isinstance(again.status, Completed)
        and again.outputs == ended.outputs,
        f"asked again it said: {said_of(again)}",
    )


async def _parallel_runs(trial: Trial) -> AsyncIterator[Finding]:
    ids = [trial.new_id() for _ in range(3)]
    rule = "Runs side by side stay apart"
    started = [await outcome_of(trial.start(service_id)) for service_id in ids]
    if broken := next((one for one in started if not isinstance(one, Progressed)), None):
        yield Finding(rule, Verdict.BROKEN, said_of(broken))
        return
    ended = await asyncio.gather(*(outcome_of(trial.until_completed(one)) for one in ids))
    broken = next((one for one in ended if not isinstance(one, Progressed)), None)
    yield found(rule, broken is None, said_of(broken))


async def _same_id(trial: Trial) -> AsyncIterator[Finding]:
    service_id = trial.new_id()
    first = await outcome_of(trial.start(service_id))
    second = await outcome_of(trial.start(service_id))
    rule = "The same id, started twice, is answered with the first run or refused"
    refused = isinstance(second, SoapFault)
    yield found(
        rule,
        isinstance(first, Progressed) and (isinstance(second, Progressed) or refused),
        said_of(second),
    )
    if not trial.operation.at_most_once:
        yield Finding(
            "The same id never starts a second program",
            Verdict.SKIPPED,
            "the WSDL does not promise it, and from outside nobody can see it",
        )
    elif other := _other_inputs(trial):
        third = await outcome_of(trial.start(service_id, other))
        yield found(
            "The same id with other inputs is refused",
            isinstance(third, SoapFault),
            f"it was taken: {said_of(third)}",
        )
    await outcome_of(trial.until_completed(service_id))


async def _unknown_id(trial: Trial) -> AsyncIterator[Finding]:
    answer = await outcome_of(trial.poll(trial.new_id()))
    yield found(
        "An id that nobody started is a fault",
        isinstance(answer, SoapFault),
        f"instead: {said_of(answer)}",
    )


async def _strange_ids(trial: Trial) -> AsyncIterator[Finding]:
    for shown, service_id in (
        ("an empty id", ""),
        ("../x as id", f"../{trial.new_id()}"),
        ("an absolute path as id", f"/tmp/{trial.new_id()}"),  # noqa: S108 - it is not opened
        ("an id of 10 kB", trial.new_id() + "x" * 10_000),
        ("an id in Chinese", f"运行{trial.new_id()}"),
    ):
        answer = await outcome_of(trial.start(service_id))
        # taken or refused: both are fine, as long as it is said in SOAP and the run can be found
        followed = answer
        if isinstance(answer, Progressed):
            followed = await outcome_of(trial.poll(service_id))
        yield found(
            f"It copes with {shown}",
            isinstance(answer, SoapFault) or isinstance(followed, Progressed),
            said_of(followed),
        )
        if isinstance(answer, Progressed) and ABORT_OPERATION in trial.service.operations:
            await outcome_of(_abort_run(trial, service_id))


async def _bad_values(trial: Trial) -> AsyncIterator[Finding]:
    ports = [e.port for e in trial.operation.inputs if e.name not in FILLED_IN and not e.repeated]
    tried = False
    for port in ports:
        for value in bad_values(port):
            tried = True
            rule = f"{port.name} = {value} is refused, and the fault names it"
            service_id = trial.new_id()
            answer = await outcome_of(trial.start(service_id, {**trial.inputs, port.name: value}))
            if isinstance(answer, SoapFault):
                named = port.name in answer.fault_string
                verdict = Verdict.KEPT if named else Verdict.DOUBTFUL
                yield Finding(rule, verdict, "" if named else f"it said: {answer.fault_string}")
                continue
            yield Finding(rule, Verdict.BROKEN, f"instead: {said_of(answer)}")
            if ABORT_OPERATION in trial.service.operations:
                await outcome_of(_abort_run(trial, service_id))
    if not tried:
        yield Finding(
            "Bad values are refused", Verdict.SKIPPED, "no input has a rule that can be broken"
        )


async def _abort(trial: Trial) -> AsyncIterator[Finding]:
    if ABORT_OPERATION not in trial.service.operations:
        return
    service_id = trial.new_id()
    begun = await outcome_of(trial.start(service_id))
    stopped = await outcome_of(_abort_run(trial, service_id))
    yield found(
        f"{ABORT_OPERATION} answers with true once the run is over",
        isinstance(begun, Progressed) and stopped is True,
        f"it said: {said_of(stopped)}",
    )
    after = await outcome_of(trial.poll(service_id))
    over = isinstance(after, SoapFault) or (
        isinstance(after, Progressed) and isinstance(after.status, Completed)
    )
    yield found("An aborted run is told as a fault", over, f"it said: {said_of(after)}")


async def _abort_run(trial: Trial, service_id: str) -> bool:
    return await abort(
        trial.client,
        trial.service,
        service_id=service_id,
        session_token=trial.session_token,
        timeout=_ABORT_LIMIT,
    )


def bad_values(port: Port) -> list[str]:
    """Give values that break the rules that are known of a port."""
    values: list[str] = []
    if port.type in NUMBERS or port.type is PortType.BOOLEAN:
        values.append("abc")
    if port.type is PortType.CHOICE:
        values.append("none-of-these")
    if port.minimum is not None:
        values.append(str(port.minimum - 1))
    if port.maximum is not None:
        values.append(str(port.maximum + 1))
    if port.type is PortType.INTEGER and port.maximum is None:
        values.append("1.5")
    return values


def _other_inputs(trial: Trial) -> dict[str, str] | None:
    """Give inputs that differ from the trial's in one number; `None` if there is no such port."""
    for element in trial.operation.inputs:
        port = element.port
        if port.type not in NUMBERS or element.repeated or port.name in FILLED_IN:
            continue
        for value in (port.minimum, port.maximum):
            if value is not None and str(value) != trial.inputs.get(port.name, port.default):
                return {**trial.inputs, port.name: str(value)}
    return None


async def outcome_of(work: Awaitable[Result]) -> Result | TarryError | TimeoutError:
    """Give what came of a call, be it an answer or an error."""
    try:
        return await work
    except (TarryError, TimeoutError) as error:
        return error


def found(rule: str, kept: bool, otherwise: str) -> Finding:
    """Give the finding of a check: kept, or broken and what was seen instead."""
    return Finding(rule, Verdict.KEPT) if kept else Finding(rule, Verdict.BROKEN, otherwise)


def _words(error: Exception, otherwise: str) -> str:
    return str(error) or otherwise


def said_of(answer: object) -> str:
    """Give what came of a call, in words."""
    match answer:
        case Progressed(status):
            return type(status).__name__.upper()
        case TimeoutError():
            return "no end within the limit"
        case _:
            return str(answer)
