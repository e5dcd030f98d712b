"""Whether an operation keeps the contract of its kind.

Source: CONTRACT §1. What would make runs fail, or mean something else, is a violation; what is
merely unusual in the field is a notice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tarry.contract.kinds import (
    ABORT_OPERATION,
    COMPANIONS,
    FILLED_IN,
    SERVICE_ID,
    SESSION_TOKEN,
    STATUS,
    STATUS_OPERATION,
    Kind,
    recognise,
)
from tarry.contract.ports import Port, PortType
from tarry.platform.catalogue.model.offers import Offer, OfferedOperation, OfferedPort
from tarry.soap.schema import XSD_TYPES


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What an operation turned out to be.

    Attributes:
        inputs: its own inputs, without those that the manager fills in.
        outputs: its own outputs, without `status_base64`.
        violations: why it cannot be registered; empty if it can.
        notices: what its author may want to know.
    """

    kind: Kind
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    violations: tuple[str, ...]
    notices: tuple[str, ...]


def examine(offer: Offer, operation: OfferedOperation, wanted: Kind | None) -> Examination:
    """Hold an operation against the contract.

    Args:
        offer: the WSDL that the operation is from.
        operation: what is to be registered.
        wanted: the kind that somebody says it is; none: the WSDL tells.
    """
    kind = wanted or operation.kind or _recognised(offer, operation)
    inputs = [port for port in operation.inputs if port.name not in FILLED_IN]
    outputs = [
        port for port in operation.outputs if kind == Kind.SYNCHRONOUS or port.name != STATUS
    ]
    return Examination(
        kind=kind,
        inputs=tuple(offered.port for offered in inputs if not offered.shape),
        outputs=tuple(offered.port for offered in outputs if not offered.shape),
        violations=(
            *_kind_violations(offer, operation, wanted, kind),
            *_shape_violations(inputs),
            *_secret_violations(inputs, outputs),
        ),
        notices=(
            *_shape_notices(inputs, outputs),
            *_kind_notices(offer, operation, kind),
            *_type_notices(inputs, outputs),
        ),
    )


def _recognised(offer: Offer, operation: OfferedOperation) -> Kind:
    return recognise(_names(operation.inputs), _names(operation.outputs), offer.operations)


def _names(ports: tuple[OfferedPort, ...]) -> list[str]:
    return [port.name for port in ports]


def _kind_violations(
    offer: Offer, operation: OfferedOperation, wanted: Kind | None, kind: Kind
) -> Iterator[str]:
    if operation.name in COMPANIONS:
        yield f"{operation.name} accompanies a service and is none itself"
        return
    if wanted and operation.kind and wanted != operation.kind:
        yield f"its WSDL says that it is {operation.kind}"
    match kind:
        case Kind.SYNCHRONOUS:
            recognised = _recognised(offer, operation)
            if recognised != Kind.SYNCHRONOUS:
                yield (
                    f"it takes {SERVICE_ID} and gives {STATUS}, as {recognised} services do:"
                    " its answer is not the end of its work"
                )
        case Kind.ASYNCHRONOUS:
            yield from _asynchronous_violations(offer, operation)
        case Kind.APPLICATION:
            yield from _start_violations(operation)


def _asynchronous_violations(offer: Offer, operation: OfferedOperation) -> Iterator[str]:
    yield from _start_violations(operation)
    status = offer.operations.get(STATUS_OPERATION)
    if status is None:
        yield f"the WSDL has no {STATUS_OPERATION}"
        return
    yield from _missing(status)
    for port in status.inputs:
        if port.name not in FILLED_IN and port.port.must_be_given:
            yield f"{STATUS_OPERATION} wants {port.name}, which nobody can give"
    yield from _output_violations(operation, status)


def _start_violations(operation: OfferedOperation) -> Iterator[str]:
    """A start call says whose run it is, and is answered with a page."""
    yield from _missing(operation)
    if STATUS not in _names(operation.outputs):
        yield f"{operation.name} gives no {STATUS}"


def _missing(operation: OfferedOperation) -> Iterator[str]:
    for name in (SERVICE_ID, SESSION_TOKEN):
        if name not in _names(operation.inputs):
            yield f"{operation.name} takes no {name}"


def _output_violations(start: OfferedOperation, status: OfferedOperation) -> Iterator[str]:
    """Both operations must give exactly the same outputs: clients take either for the other."""
    first, second = _names(start.outputs), _names(status.outputs)
    for name in first:
        if name not in second:
            yield f"{STATUS_OPERATION} does not give {name}, but {start.name} does"
    for name in second:
        if name not in first:
            yield f"{STATUS_OPERATION} gives {name}, but {start.name} does not"
    if sorted(first) == sorted(second) and first != second:
        yield (
            f"the outputs come in different orders: {', '.join(first)} from {start.name},"
            f" {', '.join(second)} from {STATUS_OPERATION}"
        )
    types = {port.name: _wire_type(port) for port in status.outputs}
    for port in start.outputs:
        ours, theirs = _wire_type(port), types.get(port.name)
        if theirs is not None and ours != theirs:
            yield f"{port.name} is {ours} from {start.name} and {theirs} from {STATUS_OPERATION}"


def _wire_type(port: OfferedPort) -> str:
    plain = XSD_TYPES[port.port.type]
    return port.shape or (f"a list of {plain}" if port.port.many else plain)


def _shape_violations(inputs: list[OfferedPort]) -> Iterator[str]:
    for offered in inputs:
        if offered.shape and offered.port.must_be_given:
            yield f"the input {offered.name} is {offered.shape}, which is not supported yet"


def _secret_violations(inputs: list[OfferedPort], outputs: list[OfferedPort]) -> Iterator[str]:
    for offered in inputs:
        if offered.port.type is PortType.SECRET and offered.port.many:
            yield f"the input {offered.name} is a list of secrets, which is not supported"
    for offered in outputs:
        if offered.port.type is PortType.SECRET:
            yield f"the output {offered.name} is a secret, but outputs are shown"


def _shape_notices(inputs: list[OfferedPort], outputs: list[OfferedPort]) -> Iterator[str]:
    for offered in inputs:
        if offered.shape and not offered.port.must_be_given:
            yield f"the input {offered.name} is {offered.shape} and is left out"
    for offered in outputs:
        if offered.shape:
            yield f"the output {offered.name} is {offered.shape} and cannot be wired"


def _kind_notices(offer: Offer, operation: OfferedOperation, kind: Kind) -> Iterator[str]:
    if kind == Kind.SYNCHRONOUS and STATUS in _names(operation.outputs):
        yield f"it gives {STATUS} but takes no {SERVICE_ID}: taken as synchronous"
    if kind == Kind.ASYNCHRONOUS and ABORT_OPERATION not in offer.operations:
        yield f"the WSDL has no {ABORT_OPERATION}: aborting a run will not stop the service"
    if kind == Kind.APPLICATION and STATUS_OPERATION in offer.operations:
        yield f"an application is never asked for its status: {STATUS_OPERATION} is not used"


def _type_notices(inputs: list[OfferedPort], outputs: list[OfferedPort]) -> Iterator[str]:
    given = {port.name: _wire_type(port) for port in inputs}
    for port in outputs:
        other = given.get(port.name)
        if other is not None and other != _wire_type(port):
            yield f"{port.name} is {other} as input and {_wire_type(port)} as output"
