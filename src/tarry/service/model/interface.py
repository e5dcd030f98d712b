"""From a program file to what its callers see: one WSDL, or several where one cannot say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tarry.contract.kinds import (
    ABORT_OPERATION,
    MESSAGE,
    NOTIFY_OPERATION,
    RESPONSE,
    SERVICE_ID,
    SESSION_TOKEN,
    STATUS,
    STATUS_OPERATION,
    Kind,
)
from tarry.contract.ports import Port, PortType
from tarry.service.model.program import Operation, ProgramFile
from tarry.soap import schema

_TOKEN = Port(name=SESSION_TOKEN, description="The caller's session token.")
# A synchronous operation has no place for a token in older descriptions, so it may be left out;
# whether it is then refused is for the authentication to say.
_OPTIONAL_TOKEN = Port(name=SESSION_TOKEN, required=False, description=_TOKEN.description)
_ID = Port(name=SERVICE_ID, description="The caller's name for this run; each run has its own.")
_STATUS = Port(
    name=STATUS,
    description="Base64 of the status page, or UNCHANGED; or COMPLETED: the outputs are final.",
)
_SUCCESS = Port(
    name="success", type=PortType.BOOLEAN, description="Whether nothing of the run goes on."
)

_MESSAGE = Port(name=MESSAGE, description="One line, for the program to read.")
_RESPONSE = Port(name=RESPONSE, description="OK: the program can read the message.")

_ABORT_AND_NOTIFY = (
    schema.Operation(
        name=ABORT_OPERATION,
        inputs=schema.elements(_ID, _TOKEN),
        outputs=schema.elements(_SUCCESS),
        documentation="Ends a run.",
    ),
    schema.Operation(
        name=NOTIFY_OPERATION,
        inputs=schema.elements(_TOKEN, _ID, _MESSAGE),
        outputs=schema.elements(_RESPONSE),
        documentation="Sends a message to the program of a run.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Door:
    """One WSDL and what it offers.

    Attributes:
        path: below the context root.
    """

    path: str
    interface: schema.Interface
    operations: tuple[Operation, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of its operations."""
        return frozenset(operation.name for operation in self.operations)


def doors(program: ProgramFile) -> tuple[Door, ...]:
    """Give the WSDLs of a program file.

    There is one `getServiceStatus` in a WSDL, and its outputs are those of the start operation: so
    asynchronous operations share one only if their outputs agree, else each gets its own. So does
    an application beside them, as some tell it from them by a WSDL without `getServiceStatus`.
    """
    starts = [op for op in program.operations if op.kind is Kind.ASYNCHRONOUS]
    alone = starts if len({tuple(_signature(op)) for op in starts}) > 1 else []
    if starts:
        alone = [*alone, *(op for op in program.operations if op.kind is Kind.APPLICATION)]
    others = tuple(op for op in program.operations if op not in alone)
    first = [_door(program, program.path, program.name, others)] if others else []
    return (
        *first,
        *(
            _door(program, f"{program.path}/{op.name}", f"{program.name}_{op.name}", (op,))
            for op in alone
        ),
    )


def has_program(operation: Operation) -> bool:
    """Whether there is something that goes on after the start: to be aborted, or told things."""
    return operation.kind is not Kind.SYNCHRONOUS and bool(operation.command)


def _signature(operation: Operation) -> list[tuple[str, PortType, bool, bool]]:
    ports = [output.port for output in operation.outputs]
    return [(port.name, port.type, port.many, port.required) for port in ports]


def _door(program: ProgramFile, path: str, name: str, operations: Sequence[Operation]) -> Door:
    described = [_described(operation) for operation in operations]
    if starts := [op for op in operations if op.kind is Kind.ASYNCHRONOUS]:
        described += _companions(starts[0])
    elif any(has_program(op) for op in operations):
        described += _ABORT_AND_NOTIFY
    return Door(
        path=path,
        operations=tuple(operations),
        interface=schema.Interface(
            name=name,
            namespace=program.namespace,
            operations=tuple(described),
            documentation=program.description,
        ),
    )


def _described(operation: Operation) -> schema.Operation:
    outputs = tuple(output.port for output in operation.outputs)
    asynchronous = operation.kind is not Kind.SYNCHRONOUS  # as callers of a start see it
    own: tuple[Port, ...] = (_ID, _TOKEN) if asynchronous else (_OPTIONAL_TOKEN,)
    return schema.Operation(
        name=operation.name,
        inputs=schema.elements(*own, *operation.inputs),
        outputs=schema.elements(*((_STATUS, *outputs) if asynchronous else outputs)),
        documentation=operation.description or operation.title,
        kind=operation.kind,
        repeatable=operation.repeatable,
        at_most_once=asynchronous,
    )


def _companions(start: Operation) -> list[schema.Operation]:
    outputs = tuple(output.port for output in start.outputs)
    return [
        schema.Operation(
            name=STATUS_OPERATION,
            inputs=schema.elements(_ID, _TOKEN),
            outputs=schema.elements(_STATUS, *outputs),
            documentation="How a run stands.",
        ),
        *_ABORT_AND_NOTIFY,
    ]
