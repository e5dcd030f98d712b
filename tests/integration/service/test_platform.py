"""A service that is configured with a platform: who may do what, files, and the manager's bell."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.fakes.platform_server import FakePlatform, platform
from tests.fakes.tarry_service import Caller, serving, shell_service, until

from tarry.contract.status import FOLDER_HEADER, PUSH_HEADER
from tarry.soap.errors import SoapFault

STEP_RUN = "0123456789abcdef0123456789abcdef_3"
PROGRAM = shell_service(
    "while [ ! -e end ]; do sleep 0.01; done; echo done >result",
    "outputs.result = { from = { text = 'result' } }",
)
COPIER = shell_service(
    'cat "$1" >copy.step; echo "$1" >where',
    """
    inputs.part = { type = "file", accept = [".step"] }
    outputs.copy = { type = "file", from = { file = "copy.step" } }
    outputs.where = { from = { text = "where" } }
    """,
).replace('"program"]', '"program", "{part}"]')


@pytest.fixture
def fake() -> Iterator[FakePlatform]:
    """A platform that knows Ann and Bob."""
    with platform() as served:
        yield served


@asynccontextmanager
async def service(data: Path, program: str, fake: FakePlatform) -> AsyncIterator[Caller]:
    """A service that is configured with the platform."""
    with serving(data, program, platform=fake.url) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            yield caller


def run_folder(data: Path) -> Path:
    """The folder of the only run."""
    (folder,) = (data / "runs").iterdir()
    return folder


async def test_a_token_is_asked_for_once_and_then_remembered(
    tmp_path: Path, fake: FakePlatform
) -> None:
    async with service(tmp_path, PROGRAM, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns")
        await asyncio.gather(*(caller.status("1", "anns") for _ in range(20)))
    assert fake.questions == 1


async def test_the_platform_is_asked_where_the_operator_says_and_not_by_its_public_name(
    tmp_path: Path,
) -> None:
    with platform(public_url="https://tarry.invalid") as fake:
        async with service(tmp_path, PROGRAM, fake) as caller:
            await caller.call("run", serviceID="1", sessionToken="anns")
        assert fake.questions == 1


async def test_two_owners_of_the_same_id_have_runs_of_their_own(
    tmp_path: Path, fake: FakePlatform
) -> None:
    async with service(tmp_path, PROGRAM, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns")
        with pytest.raises(SoapFault) as unknown:
            await caller.status("1", "bobs")
        with pytest.raises(SoapFault, match=r"you have no run '1'"):
            await caller.call("notifyService", serviceID="1", sessionToken="bobs", message="m")
        with pytest.raises(SoapFault) as never_used:
            await caller.status("2", "bobs")
        await caller.call("run", serviceID="1", sessionToken="bobs")
        anns, bobs = (tmp_path / "runs").iterdir()
        assert anns != bobs
        assert await caller.call("abortService", serviceID="1", sessionToken="bobs")
        assert (await caller.status("1", "anns"))["result"] == "UNSET"
    assert unknown.value.fault_string.replace("'1'", "'2'") == never_used.value.fault_string


@pytest.mark.parametrize("token", ["", "wrong", "ANNS", "anns "])
@pytest.mark.parametrize("operation", ["run", "getServiceStatus", "abortService", "notifyService"])
async def test_a_wrong_token_is_a_fault_whatever_is_called(
    tmp_path: Path, fake: FakePlatform, token: str, operation: str
) -> None:
    async with service(tmp_path, PROGRAM, fake) as caller:
        more = {"message": "m"} if operation == "notifyService" else {}
        with pytest.raises(SoapFault) as raised:
            await caller.call(operation, serviceID="1", sessionToken=token, **more)
    assert raised.value.detail_code == "token-refused"
    assert not list((tmp_path / "runs").iterdir())


async def test_7_a_fault_of_the_authentication_manager_is_never_taken_for_valid(
    tmp_path: Path, fake: FakePlatform
) -> None:
    fake.auth_broken = True
    async with service(tmp_path, PROGRAM, fake) as caller:
        with pytest.raises(SoapFault) as raised:
            await caller.call("run", serviceID="1", sessionToken="anns")
        assert raised.value.detail_code == "authentication-unavailable"
        assert not list((tmp_path / "runs").iterdir())
        fake.auth_broken = False
        await caller.call("run", serviceID="1", sessionToken="anns")


async def test_7_an_unreachable_authentication_manager_is_a_fault(tmp_path: Path) -> None:
    with serving(tmp_path, PROGRAM, auth="http://127.0.0.1:9/AuthManager?wsdl") as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault) as raised:
                await caller.call("run", serviceID="1", sessionToken="anns")
    assert raised.value.detail_code == "authentication-unavailable"


async def test_7_a_caller_cannot_choose_the_authentication_manager(
    tmp_path: Path, fake: FakePlatform
) -> None:
    with platform() as evil:
        evil.users["stolen"] = ("ann", "Demo")
        async with service(tmp_path, PROGRAM, fake) as caller:
            raw = caller.client
            operation = (await raw.read_wsdl(caller.wsdl)).operations["run"]
            assert "extraParameters" not in [port.name for port in operation.inputs]
            with pytest.raises(SoapFault):
                await caller.call("run", serviceID="1", sessionToken="stolen")
        assert evil.questions == 0


async def test_without_a_word_on_whom_to_trust_calls_fault_and_name_both_options(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, PROGRAM, no_auth=False) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault, match=r"--auth.*--no-auth") as raised:
                await caller.call("run", serviceID="1")
    assert raised.value.detail_code == "authentication-not-configured"


async def test_a_program_gets_a_local_path_and_its_file_becomes_a_storage_uri(
    tmp_path: Path, fake: FakePlatform
) -> None:
    fake.files["local://Demo/uploads/x/my part.step"] = b"solid"
    async with service(tmp_path, COPIER, fake) as caller:
        await caller.call(
            "run",
            serviceID=STEP_RUN,
            sessionToken="anns",
            part="local://Demo/uploads/x/my part.step",
        )
        outputs = await caller.completed(STEP_RUN, "anns")
    wanted = f"local://Demo/runs/{STEP_RUN[:32]}/3/copy/copy.step"
    assert outputs["copy"] == wanted
    assert fake.files[wanted] == b"solid"
    assert fake.stored_with == ["anns"]
    assert outputs["where"] == f"{run_folder(tmp_path)}/work/inputs/part/my_part.step"


async def test_files_of_another_caller_than_the_manager_get_a_place_of_their_own(
    tmp_path: Path, fake: FakePlatform
) -> None:
    fake.files["local://Demo/a.step"] = b"solid"
    async with service(tmp_path, COPIER, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns", part="local://Demo/a.step")
        outputs = await caller.completed("1", "anns")
    assert outputs["copy"] == "local://Demo/uploads/copy.step"


async def test_secrets_are_private_while_a_run_goes_on_and_gone_when_it_is_settled(
    tmp_path: Path, fake: FakePlatform
) -> None:
    async with service(tmp_path, PROGRAM, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns")
        folder = run_folder(tmp_path)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert tmp_path.joinpath("runs").stat().st_mode & 0o777 == 0o700
        secrets = folder / "secrets.json"
        assert secrets.stat().st_mode & 0o777 == 0o600
        holders = [file for file in tmp_path.rglob("*") if file.is_file() and _holds(file, b"anns")]
        assert holders == [secrets]
        (folder / "work" / "end").touch()
        await caller.completed("1", "anns")
        await until(lambda: not secrets.exists())


def _holds(file: Path, secret: bytes) -> bool:
    return secret in file.read_bytes()


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_storage_that_is_away_for_a_while_holds_a_run_up_and_no_more(
    tmp_path: Path, fake: FakePlatform, status: int
) -> None:
    fake.files["local://Demo/a.step"] = b"solid"
    fake.away = status
    async with service(tmp_path, COPIER, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns", part="local://Demo/a.step")
        await until(lambda: fake.storage_asked)
        async with asyncio.timeout(60):
            while "storage does not answer" not in await _page(caller):
                await asyncio.sleep(0.02)
        fake.away = 0
        assert (await caller.completed("1", "anns"))["copy"] == "local://Demo/uploads/copy.step"


async def _page(caller: Caller) -> str:
    return await caller.page("1", "anns")


async def test_an_output_waits_for_its_storage_over_a_restart(
    tmp_path: Path, fake: FakePlatform
) -> None:
    maker = shell_service(
        "echo mesh >mesh.msh", "outputs.mesh = { type = 'file', from = { file = 'mesh.msh' } }"
    )
    fake.away = 503
    async with service(tmp_path, maker, fake) as caller:
        await caller.call("run", serviceID=STEP_RUN, sessionToken="anns")
        await until(lambda: fake.storage_asked)
    fake.away = 0
    async with service(tmp_path, maker, fake) as caller:
        outputs = await caller.completed(STEP_RUN, "anns")
    assert fake.files[outputs["mesh"]] == b"mesh\n"


async def test_a_refusal_of_the_storage_is_a_fault_in_its_words(
    tmp_path: Path, fake: FakePlatform
) -> None:
    async with service(tmp_path, COPIER, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns", part="local://Demo/b.step")
        fault = await caller.failed("1", "anns")
    assert fault.detail_code == "input-unavailable"
    assert "There is no such file" in fault.fault_string


async def test_a_file_of_another_kind_is_refused_before_anything_starts(
    tmp_path: Path, fake: FakePlatform
) -> None:
    async with service(tmp_path, COPIER, fake) as caller:
        with pytest.raises(SoapFault, match="part"):
            await caller.call("run", serviceID="1", sessionToken="anns", part="local://Demo/b.geo")
    assert fake.storage_asked == 0


async def test_a_linked_output_file_is_never_stored(tmp_path: Path, fake: FakePlatform) -> None:
    thief = shell_service(
        "ln -s /etc/passwd mesh", "outputs.mesh = { type = 'file', from = { file = 'mesh' } }"
    )
    async with service(tmp_path, thief, fake) as caller:
        await caller.call("run", serviceID=STEP_RUN, sessionToken="anns")
        fault = await caller.failed(STEP_RUN, "anns")
    assert fault.detail_code == "output-not-stored"
    assert "link" in fault.fault_string
    assert not fake.files


async def test_files_need_a_storage(tmp_path: Path) -> None:
    with serving(tmp_path, COPIER) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            with pytest.raises(SoapFault, match="--platform") as raised:
                await caller.call("run", serviceID="1", part="local://Demo/a.step")
    assert raised.value.detail_code == "storage-not-configured"


async def test_the_manager_is_told_of_changes_and_of_the_end(
    tmp_path: Path, fake: FakePlatform
) -> None:
    async with service(tmp_path, PROGRAM, fake) as caller:
        answer = await caller.answer(
            "run", {PUSH_HEADER: "bell-1"}, serviceID="1", sessionToken="anns"
        )
        folder = Path(answer.headers[FOLDER_HEADER])
        assert folder == run_folder(tmp_path)
        with (folder / "log").open("a") as log:
            log.write("a line\n")
        await until(lambda: fake.pushes)
        (folder / "work" / "end").touch()
        await caller.completed("1", "anns")
        await until(lambda: not (folder / "secrets.json").exists())
    assert {capability for capability, _ in fake.pushes} == {"bell-1"}
    assert len(fake.pushes) >= 2
    # no ring for an idle program: a change and the end are all there was
    assert len(fake.pushes) <= 3


async def test_nobody_is_told_of_runs_without_a_capability(
    tmp_path: Path, fake: FakePlatform
) -> None:
    async with service(tmp_path, PROGRAM, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns")
        (run_folder(tmp_path) / "work" / "end").touch()
        await caller.completed("1", "anns")
        await until(lambda: not (run_folder(tmp_path) / "secrets.json").exists())
    assert not fake.pushes


async def test_without_a_platform_the_folder_of_a_run_is_told_to_nobody(tmp_path: Path) -> None:
    with serving(tmp_path, PROGRAM) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            answer = await caller.answer("run", None, serviceID="1", sessionToken="x")
            assert FOLDER_HEADER not in answer.headers
            await caller.call("abortService", serviceID="1")


async def test_a_run_can_be_aborted_while_it_waits_for_its_input(
    tmp_path: Path, fake: FakePlatform
) -> None:
    fake.away = 503
    async with service(tmp_path, COPIER, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns", part="local://Demo/a.step")
        await until(lambda: fake.storage_asked)
        await caller.call("abortService", serviceID="1", sessionToken="anns")
        assert (await caller.failed("1", "anns")).detail_code == "aborted"
    (folder,) = (tmp_path / "runs").iterdir()
    assert not (folder / "control" / "pid").exists()


async def test_a_run_can_be_aborted_while_its_output_waits_for_the_storage(
    tmp_path: Path, fake: FakePlatform
) -> None:
    maker = shell_service(
        "echo mesh >mesh.msh", "outputs.mesh = { type = 'file', from = { file = 'mesh.msh' } }"
    )
    fake.away = 503
    async with service(tmp_path, maker, fake) as caller:
        await caller.call("run", serviceID=STEP_RUN, sessionToken="anns")
        await until(lambda: fake.storage_asked)
        await caller.call("abortService", serviceID=STEP_RUN, sessionToken="anns")
        assert (await caller.failed(STEP_RUN, "anns")).detail_code == "aborted"


async def test_secrets_that_a_kill_left_behind_are_forgotten_and_the_end_is_told(
    tmp_path: Path, fake: FakePlatform
) -> None:
    program = shell_service("true")
    async with service(tmp_path, program, fake) as caller:
        await caller.call("run", serviceID="1", sessionToken="anns")
        await caller.completed("1", "anns")
        secrets = run_folder(tmp_path) / "secrets.json"
        await until(lambda: not secrets.exists())
    secrets.write_text('{"format": 1, "session_token": "anns", "push": "bell"}')
    async with service(tmp_path, program, fake):
        await until(lambda: not secrets.exists())
    assert [capability for capability, _ in fake.pushes] == ["bell"]
