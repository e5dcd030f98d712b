"""Services are held to the contract of their kind, and every violation is told."""

import pytest

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.catalogue.model.compliance import Examination, examine
from tarry.platform.catalogue.model.offers import Offer, OfferedOperation, OfferedPort

URL = "http://127.0.0.1:1/w?wsdl"


def ports(*given: str | Port | OfferedPort) -> tuple[OfferedPort, ...]:
    return tuple(
        one
        if isinstance(one, OfferedPort)
        else OfferedPort(port=one if isinstance(one, Port) else Port(name=one))
        for one in given
    )


def operation(
    name: str, inputs: tuple[OfferedPort, ...], outputs: tuple[OfferedPort, ...]
) -> OfferedOperation:
    return OfferedOperation(name=name, inputs=inputs, outputs=outputs)


START = operation(
    "startWaiter",
    ports("serviceID", "sessionToken", Port(name="seconds", type=PortType.INTEGER)),
    ports("status_base64", "result"),
)
STATUS = operation(
    "getServiceStatus", ports("serviceID", "sessionToken"), ports("status_base64", "result")
)
ABORT = operation("abortService", ports("serviceID", "sessionToken"), ports("success"))


def look(*operations: OfferedOperation, wanted: Kind | None = None) -> Examination:
    """Examine the first of the operations of a WSDL."""
    offer = Offer(url=URL, service="Waiter", operations={one.name: one for one in operations})
    return examine(offer, operations[0], wanted)


def test_the_waiter_of_the_tutorial_is_asynchronous() -> None:
    found = look(START, STATUS, ABORT)

    assert found.kind == Kind.ASYNCHRONOUS
    assert found.violations == ()
    assert found.notices == ()
    assert [port.name for port in found.inputs] == ["seconds"]
    assert [port.name for port in found.outputs] == ["result"]


def test_a_service_without_abort_is_taken_with_a_notice() -> None:
    found = look(START, STATUS, wanted=Kind.ASYNCHRONOUS)

    assert found.violations == ()
    assert "no abortService" in found.notices[0]


def test_an_operation_without_status_is_synchronous() -> None:
    add = operation("add", ports("a", "b", "sessionToken"), ports("sum"))

    found = look(add)

    assert found.kind == Kind.SYNCHRONOUS
    assert found.violations == ()
    assert [port.name for port in found.inputs] == ["a", "b"]


def test_the_authors_mark_tells_the_kind() -> None:
    marked = OfferedOperation(
        name="add", inputs=ports("a"), outputs=ports("b"), kind=Kind.SYNCHRONOUS
    )

    assert look(marked).kind == Kind.SYNCHRONOUS
    contradicted = look(marked, STATUS, wanted=Kind.ASYNCHRONOUS)
    assert "its WSDL says that it is synchronous" in contradicted.violations


def test_everything_that_an_asynchronous_service_lacks_is_told() -> None:
    bare = operation("go", ports("a"), ports("result"))

    found = look(bare, wanted=Kind.ASYNCHRONOUS)

    assert found.violations == (
        "go takes no serviceID",
        "go takes no sessionToken",
        "go gives no status_base64",
        "the WSDL has no getServiceStatus",
    )


def test_a_service_that_only_looks_synchronous_to_its_registrar_is_refused() -> None:
    found = look(START, STATUS, wanted=Kind.SYNCHRONOUS)

    assert any("its answer is not the end of its work" in one for one in found.violations)


def test_what_starts_with_a_page_and_has_no_status_is_an_application() -> None:
    found = look(START)

    assert found.kind == Kind.APPLICATION
    assert (found.violations, found.notices) == ((), ())
    assert [port.name for port in found.inputs] == ["seconds"]
    assert [port.name for port in found.outputs] == ["result"]


def test_an_application_must_be_told_whose_run_it_is_and_show_a_page() -> None:
    ask = operation("ask", ports("question"), ports("answer"))

    found = look(ask, wanted=Kind.APPLICATION)

    assert found.violations == (
        "ask takes no serviceID",
        "ask takes no sessionToken",
        "ask gives no status_base64",
    )


def test_a_status_operation_of_an_application_is_noticed_as_never_used() -> None:
    found = look(START, STATUS, wanted=Kind.APPLICATION)

    assert found.violations == ()
    assert found.notices == (
        "an application is never asked for its status: getServiceStatus is not used",
    )


@pytest.mark.parametrize(
    ("outputs", "violation"),
    [
        (ports("status_base64"), "getServiceStatus does not give result, but startWaiter does"),
        (
            ports("status_base64", "result", "more"),
            "getServiceStatus gives more, but startWaiter does not",
        ),
        (
            ports("result", "status_base64"),
            (
                "the outputs come in different orders: status_base64, result from startWaiter,"
                " result, status_base64 from getServiceStatus"
            ),
        ),
        (
            ports("status_base64", Port(name="result", type=PortType.INTEGER)),
            "result is string from startWaiter and integer from getServiceStatus",
        ),
        (
            ports("status_base64", OfferedPort(port=Port(name="result"), shape="a list")),
            "result is string from startWaiter and a list from getServiceStatus",
        ),
    ],
)
def test_start_and_status_must_give_the_same(
    outputs: tuple[OfferedPort, ...], violation: str
) -> None:
    status = operation("getServiceStatus", ports("serviceID", "sessionToken"), outputs)

    assert look(START, status, ABORT).violations == (violation,)


def test_types_that_are_one_on_the_wire_are_the_same() -> None:
    status = operation(
        "getServiceStatus",
        ports("serviceID", "sessionToken"),
        ports("status_base64", Port(name="result", type=PortType.FILE, required=False)),
    )

    assert look(START, status, ABORT).violations == ()


def test_a_status_operation_must_be_callable() -> None:
    status = operation("getServiceStatus", ports("id"), ports("status_base64", "result"))

    assert look(START, status, ABORT).violations == (
        "getServiceStatus takes no serviceID",
        "getServiceStatus takes no sessionToken",
        "getServiceStatus wants id, which nobody can give",
    )


@pytest.mark.parametrize("name", ["getServiceStatus", "abortService", "notifyService"])
def test_a_companion_is_no_service(name: str) -> None:
    companion = operation(name, ports("serviceID", "sessionToken"), ports("status_base64"))

    assert look(companion, STATUS).violations == (
        f"{name} accompanies a service and is none itself",
    )


def test_what_is_no_plain_value_is_left_out_if_it_can_be() -> None:
    optional = OfferedPort(port=Port(name="options", required=False), shape="a structure")
    listed = OfferedPort(port=Port(name="all"), shape="a list")
    add = operation("add", ports("a", optional), ports("sum", listed))

    found = look(add)

    assert found.violations == ()
    assert [port.name for port in (*found.inputs, *found.outputs)] == ["a", "sum"]
    assert found.notices == (
        "the input options is a structure and is left out",
        "the output all is a list and cannot be wired",
    )


def test_a_required_input_that_is_no_plain_value_is_told() -> None:
    listed = OfferedPort(port=Port(name="values"), shape="a list")

    found = look(operation("add", ports(listed), ports("sum")))

    assert found.violations == ("the input values is a list, which is not supported yet",)


def test_an_input_and_output_of_one_name_and_two_types_are_noticed() -> None:
    swap = operation("swap", ports(Port(name="x", type=PortType.INTEGER)), ports("x"))

    assert look(swap).notices == ("x is integer as input and string as output",)
