"""A line of shell, only where the author asks for one: values come in by the environment."""

from pathlib import Path

import pytest
from tests.fakes.tarry_service import Caller, serving

from tarry.soap.errors import SoapFault

PROGRAM = """
name = "Shell"
path = "shell/Shell"
[operations.run]
shell = true
command = '''{command}'''
[operations.run.inputs]
word = {{ type = "string" }}
other = {{ type = "string", required = false }}
numbers = {{ type = "integer", many = true, required = false }}
password = {{ type = "secret", required = false }}
[operations.run.outputs.result]
type = "text"
from = {{ text = "result" }}
"""


async def result_of(data: Path, command: str, **inputs: str) -> str:
    """Run a line of shell, and give what it left."""
    with serving(data, PROGRAM.format(command=command)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1", **inputs)
            return (await caller.completed("1"))["result"]


async def test_pipes_braces_and_variables_are_the_shells(tmp_path: Path) -> None:
    command = 'printf %s "$INPUT_word" | tr a-z A-Z >result; x=1; echo ${x} >>result'
    assert await result_of(tmp_path, command, word="loud") == "LOUD1\n"


@pytest.mark.parametrize(
    "word",
    ["$(touch pwned)", "`touch pwned`", "; touch pwned", "\"; touch pwned; \"", "'; touch pwned; '",
     "${IFS}touch", "{here}", "a && touch pwned", "a | touch pwned", "> pwned", "*"],
)  # fmt: skip
async def test_no_value_becomes_a_part_of_the_line(tmp_path: Path, word: str) -> None:
    command = 'printf %s "$INPUT_word" >result; ls >>result'
    assert await result_of(tmp_path, command, word=word) == f"{word}result\n"


async def test_an_input_that_is_absent_is_not_set(tmp_path: Path) -> None:
    assert await result_of(tmp_path, "echo ${INPUT_other-none} >result", word="x") == "none\n"


async def test_a_list_has_a_line_for_each_item_and_a_secret_is_a_file(tmp_path: Path) -> None:
    command = "for n in $INPUT_numbers; do echo n$n >>result; done; cat $INPUT_password >>result"
    result = await result_of(tmp_path, command, word="x", numbers=["1", "22"], password="sesame")  # type: ignore[arg-type]
    assert result == "n1\nn22\nsesame"


@pytest.mark.parametrize("word", ["-rf", "/etc/passwd", "../x", "@file"])
async def test_values_that_a_command_would_misread_are_refused(tmp_path: Path, word: str) -> None:
    with serving(tmp_path, PROGRAM.format(command="true")) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("run", serviceID="1", word=word)
    assert raised.value.detail_code == "invalid-value"


async def test_the_places_are_known_to_it(tmp_path: Path) -> None:
    command = "echo $TARRY_HERE $TARRY_WORK $(basename $TARRY_PYTHON) >result"
    here, work, python = (await result_of(tmp_path, command, word="x")).split()
    assert here == str(tmp_path)
    assert Path(work).parent.parent == tmp_path / "runs"
    assert python.startswith("python")
