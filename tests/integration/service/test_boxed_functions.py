"""Functions in a box: they report and are told messages as outside, and see nothing else."""

import shutil
from pathlib import Path

import pytest
from tests.fakes.functions import module
from tests.fakes.tarry_service import Caller, serving, settings_for, until

from tarry.service.errors import ProgramFileInvalid

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")

FUNCTIONS = '''
class Seen(NamedTuple):
    """What a function saw."""
    message: str
    runs: int
    alone: bool

@service.asynchronous(box=True)
def work(run: Run, count: int) -> Seen:
    """Work until a message comes."""
    import socket
    run.progress(40)
    run.log("waiting for a word")
    while not (messages := run.messages()):
        run.aborted.wait(0.05)
    (message,) = messages
    others = len(list(Path.cwd().parent.parent.iterdir()))
    return Seen(message * count, others, [name for _, name in socket.if_nameindex()] == ["lo"])

@service.synchronous(box=True)
def spell(word: str) -> list[str]:
    """Spell a word, and see whether the password file of the service is there."""
    return [*word, "secret" if Path("{secret}").exists() else "nothing"]
'''


async def test_functions_in_a_box_report_progress_and_get_messages(tmp_path: Path) -> None:
    made = module(tmp_path, FUNCTIONS)
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            for number in "12":
                await caller.call("work", serviceID=number, count="2")
            folders = list((tmp_path / "data" / "runs").iterdir())
            await until(lambda: all("waiting" in (f / "log").read_text() for f in folders))
            page = await caller.page("1")
            assert "40" in page
            assert "waiting for a word" in page
            for number in "12":
                await caller.call("notifyService", serviceID=number, message="go")
            first, second = [await caller.completed(number) for number in "12"]
    assert first["message"] == second["message"] == "gogo"
    assert first["runs"] == "1"  # the folder of the other run is not there
    assert first["alone"] == "true"


async def test_a_synchronous_function_in_a_box_sees_nothing_of_the_home(tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere" / "secret"
    secret.parent.mkdir()
    secret.touch()
    (tmp_path / "here").mkdir()
    made = module(tmp_path / "here", FUNCTIONS.replace("{secret}", str(secret)))
    with serving(tmp_path / "data", made) as url:
        async with Caller(f"{url}/made?wsdl") as caller:
            answer = await caller.answer("spell", None, sessionToken="token", word="ab")
    assert answer.outputs["result"] == ["a", "b", "nothing"]


def test_what_runs_in_the_service_itself_is_refused_a_box(tmp_path: Path) -> None:
    made = module(
        tmp_path,
        "@service.synchronous(box=True)\nasync def quick(a: int) -> int:\n    return a\n",
    )
    with pytest.raises(ProgramFileInvalid, match=r"quick.*box") as refused:
        settings_for(tmp_path / "data", made)
    assert "def" in str(refused.value)
