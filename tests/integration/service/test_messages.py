"""notifyService: what is sent reaches the program as a line in a file."""

from pathlib import Path

import pytest
from tests.fakes.tarry_service import Caller, serving, shell_service

from tarry.service.operations.notify import MAX_MESSAGE, MAX_MESSAGES
from tarry.soap.errors import SoapFault

READER = """
name = "Reader"
path = "reader"
[operations.run]
command = ["/bin/sh", "-c", '''
tail -n +1 -f "$1" | while read -r line; do
    [ "$line" = end ] && break
    printf "%s\\n" "$line" >>lines
done
mv lines result''', "program", "{messages}"]
outputs.result = { type = "text", from = { text = "result" } }
"""


async def test_messages_reach_the_program_as_lines_in_their_order(tmp_path: Path) -> None:
    sent = ["slower", "töne: Ω & <b>", r"C:\new", "", "  blanks "]
    with serving(tmp_path, READER) as url:
        async with Caller(f"{url}/reader?wsdl") as caller:
            await caller.call("run", serviceID="1")
            for message in (*sent, "end"):
                answer = await caller.call("notifyService", serviceID="1", message=message)
                assert answer == {"response": "OK"}
            answer = await caller.completed("1")
    # the shell's own read drops blanks at the ends
    assert answer["result"].splitlines() == [line.strip() for line in sent]


async def test_a_program_finds_the_file_by_a_variable_too(tmp_path: Path) -> None:
    script = "while ! [ -s $TARRY_MESSAGES ]; do sleep 0.05; done; cp $TARRY_MESSAGES result"
    program = shell_service(script, "outputs.result = { from = { text = 'result' } }")
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.call("notifyService", serviceID="1", message="now")
            assert (await caller.completed("1"))["result"] == "now"


async def test_a_message_of_two_lines_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("sleep 600")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            for message in ("a\nb", "a\rb", "a\n"):
                with pytest.raises(SoapFault, match=r"message: .* single line") as raised:
                    await caller.call("notifyService", serviceID="1", message=message)
                assert raised.value.detail_code == "invalid-value"
    (messages,) = (tmp_path / "runs").glob("*/messages")
    assert messages.read_text() == ""


async def test_messages_are_bounded_one_by_one_and_all_together(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("sleep 600")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            with pytest.raises(SoapFault) as raised:
                await caller.call("notifyService", serviceID="1", message="x" * (MAX_MESSAGE + 1))
            assert raised.value.detail_code == "message-too-long"
            for _ in range(MAX_MESSAGES // (MAX_MESSAGE + 1)):
                await caller.call("notifyService", serviceID="1", message="x" * MAX_MESSAGE)
            with pytest.raises(SoapFault) as raised:
                await caller.call("notifyService", serviceID="1", message="x" * MAX_MESSAGE)
            assert raised.value.detail_code == "too-many-messages"


async def test_a_run_that_is_over_or_unknown_takes_no_message(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("exit 0")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.completed("1")
            with pytest.raises(SoapFault) as raised:
                await caller.call("notifyService", serviceID="1", message="late")
            assert raised.value.detail_code == "run-over"
            with pytest.raises(SoapFault) as raised:
                await caller.call("notifyService", serviceID="2", message="lost")
            assert raised.value.detail_code == "unknown-run"
