"""What callers see of a program file."""

from tests.fakes.tarry_service import CALCULATOR, WAITER

from tarry.contract.kinds import Kind
from tarry.service.model.interface import Door, doors
from tarry.service.model.program_file import read

TWO = """name = "Two"
path = "two/Two"
[operations.first]
command = ["a"]
outputs.result = { from = { text = "r" } }
[operations.second]
command = ["a"]
outputs.result = { from = { text = "OTHER" } }
[operations.now]
kind = "synchronous"
command = ["a"]
"""

COMPANIONS = ("getServiceStatus", "abortService", "notifyService")


def names(door: Door) -> list[str]:
    """The operations of a WSDL."""
    return [operation.name for operation in door.interface.operations]


def test_the_waiters_interface_is_exactly_the_tutorials() -> None:
    (door,) = doors(read(WAITER.read_text()))

    start, status, abort, notify = door.interface.operations
    assert [element.name for element in start.inputs] == [
        "serviceID",
        "sessionToken",
        "secondsToWait",
    ]
    assert [element.name for element in start.outputs] == ["status_base64", "result"]
    assert status.name == "getServiceStatus"
    assert [element.name for element in status.inputs] == ["serviceID", "sessionToken"]
    assert status.outputs == start.outputs
    assert (abort.name, [element.name for element in abort.outputs]) == (
        "abortService",
        ["success"],
    )
    assert notify.name == "notifyService"
    assert [element.name for element in notify.inputs] == ["sessionToken", "serviceID", "message"]
    assert [element.name for element in notify.outputs] == ["response"]


def test_tarry_knows_by_its_marks_that_a_start_happens_at_most_once() -> None:
    (waiter,) = doors(read(WAITER.read_text()))
    (calculator,) = doors(read(CALCULATOR.read_text()))

    assert waiter.interface.operations[0].at_most_once
    assert waiter.interface.operations[0].kind is Kind.ASYNCHRONOUS
    assert all(operation.repeatable for operation in calculator.interface.operations)
    assert names(calculator) == ["add", "subtract", "multiply", "divide"]


def test_asynchronous_operations_with_the_same_outputs_share_a_wsdl() -> None:
    (door,) = doors(read(TWO))

    assert names(door) == ["first", "second", "now", *COMPANIONS]


def test_asynchronous_operations_whose_outputs_differ_get_a_wsdl_each() -> None:
    found = doors(
        read(
            TWO.replace(
                '{ from = { text = "OTHER" } }', '{ from = { exit_code = true }, type = "integer" }'
            )
        )
    )

    assert [door.path for door in found] == ["two/Two", "two/Two/first", "two/Two/second"]
    assert names(found[0]) == ["now"]
    assert names(found[1]) == ["first", *COMPANIONS]
