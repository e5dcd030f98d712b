"""Secrets of runs: in the vault until the run is over, on the wire to the service, nowhere else."""

import json
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.executions import ADA, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import FakeServices
from tests.fakes.uvicorn_server import serving

from tarry.contract.kinds import Kind
from tarry.contract.ports import MASK, Port, PortType
from tarry.contract.status import Unchanged, write_status
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.executions import operations
from tarry.platform.executions.adapters.soap_services import SoapServices
from tarry.platform.executions.adapters.vault import FileVault
from tarry.platform.executions.interfaces import CallFailed
from tarry.platform.executions.model.calls import StepCall
from tarry.platform.executions.model.decide import decide
from tarry.platform.executions.model.events import StartAsked
from tarry.platform.executions.model.execution import Execution
from tarry.platform.executions.model.journal import write_record
from tarry.platform.executions.model.plan import plan_of
from tarry.platform.executions.model.terms import Patience, Terms
from tarry.platform.executions.operations.plans import terms_of
from tarry.platform.kernel.model import ExecutionId, StepRunId
from tarry.service.errors import OtherInputs
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.schema import Interface, Operation, elements
from tarry.soap.server import Call, Endpoint

SECRET = "hunter2-canary"
RUN = ExecutionId("a" * 32)
STEP = StepRunId(f"{RUN}_1")
PASSWORD = Port(name="password", type=PortType.SECRET)
PLAIN = chain("plain", service("Field"))


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


async def test_a_vault_keeps_secrets_for_its_own_account_only(
    vault: FileVault, tmp_path: Path
) -> None:
    await vault.keep(RUN, {"password": SECRET, "other": "ü\n"})

    assert await vault.secrets_of(RUN) == {"password": SECRET, "other": "ü\n"}
    assert await FileVault(tmp_path / "vault").secrets_of(RUN) == await vault.secrets_of(RUN)
    assert list(await vault.known(timedelta(0))) == [RUN]
    assert not await vault.known(timedelta(hours=1))
    folder = tmp_path / "vault"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


async def test_a_vault_forgets_without_a_trace(vault: FileVault, tmp_path: Path) -> None:
    await vault.keep(RUN, {"password": SECRET})
    await vault.forget(RUN)
    await vault.forget(RUN)

    assert await vault.secrets_of(RUN) == {}
    assert list((tmp_path / "vault").iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "", ".", "a/b"])
async def test_a_vault_writes_nothing_outside(vault: FileVault, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a file"):
        await vault.keep(ExecutionId(name), {})


async def test_what_a_run_was_started_with_is_shown_covered() -> None:
    flow = replace(
        PLAIN, entry=replace(PLAIN.entry, name="asking", inputs=(PASSWORD, Port(name="user")))
    )
    made = House(flow, services=FakeServices(), clock=lambda: NOON)

    run = await operations.start(made.room, ADA, "asking", {"password": SECRET, "user": "u"})
    seen = await operations.show(made.room, ADA, run)

    assert seen.inputs == {"password": MASK, "user": "u"}
    assert made.permits.secrets == {run: {"password": SECRET}}


def test_the_journal_says_which_secret_a_step_gets_and_not_what_it_is() -> None:
    asking = service("Asking")
    asking = replace(asking, inputs=tuple(replace(p, type=PortType.SECRET) for p in asking.inputs))
    plan = plan_of(chain("W", asking).document, {asking.uri: terms_of(asking, Patience())})
    execution = Execution(id=RUN, plan=plan, inputs={"question": MASK})

    decision = decide(execution, StartAsked(), NOON)

    written = write_record(decision.records[1])
    assert written["inputs"] == {"given": MASK}
    assert written["secrets"] == {"given": "question"}
    assert decision.execution.steps[STEP].secrets == {"given": "question"}


def app(seen: list[Call], *, refuses: bool) -> Endpoint:
    """A service that wants a password, and may say it aloud."""
    ids = (Port(name="serviceID"), Port(name="sessionToken"))

    async def take(call: Call) -> Mapping[str, str]:
        seen.append(call)
        if refuses:
            raise OtherInputs(id=f"the password {SECRET}", operation=f"log in as {SECRET}")
        return {"status_base64": write_status(Unchanged())}

    outputs = elements(Port(name="status_base64"))
    interface = Interface(
        name="Peer",
        namespace="http://tests/peer/",
        operations=(
            Operation(name="startPeer", inputs=elements(*ids, PASSWORD), outputs=outputs),
            Operation(name="getServiceStatus", inputs=elements(*ids), outputs=outputs),
        ),
    )
    return Endpoint(interface, {"startPeer": take, "getServiceStatus": take}, path="/peer")


@asynccontextmanager
async def calling(url: str, vault: FileVault) -> AsyncIterator[tuple[SoapServices, StepCall]]:
    client = SoapClient(AllowedAddresses.parse(("loopback",)), timeout=timedelta(seconds=20))
    async with client:
        remote = (await client.read_wsdl(f"{url}/peer?wsdl")).to_json()
        terms = Terms(
            uri="http://tests/Peer",
            name="Peer",
            operation="startPeer",
            kind=Kind.ASYNCHRONOUS,
            remote=json.dumps(remote),
        )
        call = StepCall(
            step=STEP, terms=terms, inputs={"password": MASK}, secrets={"password": "word"}
        )
        yield SoapServices(client, Keys(b"k" * 32), vault=vault), call


async def test_the_service_gets_the_secret_itself(vault: FileVault) -> None:
    await vault.keep(RUN, {"word": SECRET})
    seen: list[Call] = []
    with serving(app(seen, refuses=False)) as url:
        async with calling(url, vault) as (services, call):
            await services.start(call)

    assert seen[0].text("password") == SECRET


async def test_a_service_that_says_a_secret_aloud_is_not_quoted(vault: FileVault) -> None:
    await vault.keep(RUN, {"word": SECRET})
    with serving(app([], refuses=True)) as url:
        async with calling(url, vault) as (services, call):
            for attempt in (services.start(call), services.poll(call, "")):
                with pytest.raises(CallFailed) as failed:
                    await attempt
                assert SECRET not in failed.value.reason
                assert f"log in as {MASK}" in failed.value.reason
                assert failed.value.__suppress_context__
