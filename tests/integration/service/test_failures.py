"""Runs that end without outputs: a fault with a code, the reason in words and the log's end."""

from pathlib import Path

import pytest
from tests.fakes.tarry_service import Caller, page_in, serving, shell_service

from tarry.contract.status import LAST_PAGE_HEADER, PAGE_HEADER
from tarry.soap.errors import SoapFault

RESULT = "outputs.result = { from = { text = 'result' } }"


async def fault_of(data: Path, script: str, rest: str = RESULT) -> SoapFault:
    """Run a line of shell that fails, and give the fault."""
    with serving(data, shell_service(script, rest)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            return await caller.failed("1")


async def outputs_of(data: Path, script: str, rest: str) -> dict[str, str]:
    """Run a line of shell that succeeds, and give the outputs."""
    with serving(data, shell_service(script, rest)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            return await caller.completed("1")


async def test_an_exit_code_other_than_0_is_a_fault_with_the_last_lines_of_the_log(
    tmp_path: Path,
) -> None:
    fault = await fault_of(
        tmp_path,
        "i=0; while [ $i -lt 50 ]; do i=$((i+1)); echo line $i; done; echo x >result; exit 3",
    )

    assert fault.detail_code == "program-failed"
    assert "exit code 3" in fault.fault_string
    assert "line 50" in fault.fault_string
    assert "line 20\n" not in fault.fault_string


async def test_a_program_that_is_not_there_is_a_fault_that_says_so(tmp_path: Path) -> None:
    program = shell_service("", RESULT).replace('"/bin/sh"', '"{here}/no-such-program"')
    with serving(tmp_path, program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            fault = await caller.failed("1")
    assert fault.detail_code == "program-failed"
    assert "not found" in fault.fault_string


async def test_a_missing_output_is_a_fault_that_names_it(tmp_path: Path) -> None:
    fault = await fault_of(tmp_path, "echo almost there")

    assert fault.detail_code == "output-missing"
    assert "left no output result: there is no file result" in fault.fault_string
    assert "almost there" in fault.fault_string


async def test_an_output_that_does_not_fit_its_port_is_a_fault_that_names_it(
    tmp_path: Path,
) -> None:
    rest = "outputs.nodes = { type = 'integer', from = { text = 'nodes' } }"
    fault = await fault_of(tmp_path, "echo many >nodes", rest)

    assert fault.detail_code == "output-invalid"
    assert "nodes: 'many' is not a whole number" in fault.fault_string


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("ln -s /etc/passwd result", "link"),
        ("ln -s /etc sub; ln -s sub result", "link"),
        ("mkfifo result", "no regular file"),
        ("mkdir result", "no regular file"),
        ("head -c 2000000 /dev/zero >result", "larger"),
    ],
)
async def test_an_output_that_leads_elsewhere_is_refused(
    tmp_path: Path, script: str, reason: str
) -> None:
    fault = await fault_of(tmp_path, script)

    assert fault.detail_code == "output-invalid"
    assert reason in fault.fault_string
    assert "root:" not in fault.fault_string


async def test_an_output_in_a_linked_folder_is_refused(tmp_path: Path) -> None:
    rest = "outputs.result = { from = { text = 'sub/passwd' } }"
    fault = await fault_of(tmp_path, "ln -s /etc sub", rest)

    assert fault.detail_code == "output-invalid"
    assert "leads through" in fault.fault_string


async def test_the_last_page_of_a_failed_run_tells_the_same_as_its_fault(tmp_path: Path) -> None:
    with serving(tmp_path, shell_service("echo on fire; exit 7", RESULT)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1")
            await caller.failed("1")
            answer = await caller.answer(
                "getServiceStatus",
                {LAST_PAGE_HEADER: "wanted"},
                serviceID="1",
                sessionToken="token",
            )
            page = page_in({"status_base64": str(answer.outputs["status_base64"])})
    assert "exit code 7" in page
    assert "on fire" in page
    assert answer.outputs["result"] == "UNSET"
    assert answer.headers[PAGE_HEADER]


async def test_outputs_come_from_files_json_the_log_and_the_exit_code(tmp_path: Path) -> None:
    outputs = await outputs_of(
        tmp_path,
        """echo two >text; echo lines >>text; echo 3 nodes; echo 14 nodes
        echo "{{\\"a\\": {{\\"b\\": 2.50}}}}" >data.json; exit 4""",
        """
        outputs.text = { type = "text", from = { text = "text" } }
        outputs.field.type = "decimal"
        outputs.field.from.json = { file = "data.json", field = "a.b" }
        outputs.nodes = { type = "integer", from = { log = '(\\d+) nodes' } }
        outputs.code = { type = "integer", from = { exit_code = true } }
        outputs.absent = { required = false, from = { text = "absent" } }
        """,
    )

    assert outputs == {
        "status_base64": "COMPLETED",
        "text": "two\nlines\n",
        "field": "2.50",
        "nodes": "14",
        "code": "4",
    }


async def test_a_killed_program_fails_even_if_its_exit_code_is_an_output(tmp_path: Path) -> None:
    rest = "outputs.code = { type = 'integer', from = { exit_code = true } }"
    fault = await fault_of(tmp_path, "kill -9 $$", rest)

    assert fault.detail_code == "program-failed"


async def test_what_xml_cannot_carry_is_replaced_on_its_way(tmp_path: Path) -> None:
    outputs = await outputs_of(tmp_path, "printf 'a\\001b\\377' >result", RESULT)

    assert outputs["result"] == "a\ufffdb\ufffd"
