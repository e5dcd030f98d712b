"""Runs at once: never more programs than the operation allows, the rest in the order of asking."""

import asyncio
from pathlib import Path

import pytest
from tests.fakes.jobs import exists, program_pid
from tests.fakes.tarry_service import (
    Caller,
    ServiceProcess,
    running,
    serving,
    settings_for,
    shell_service,
    until,
)

from tarry.service.api.server import build
from tarry.service.model.run import Owner
from tarry.soap.errors import SoapFault

# Tells in one file, by lines that are each written at once, when a program begins and ends.
COUNTED = shell_service(
    'echo "+ $2" >>"$1/told"; sleep "$3"; echo "- $2" >>"$1/told"; echo "$2" >result',
    """
    inputs.number = { type = "integer" }
    inputs.seconds = { type = "decimal", minimum = 0 }
    outputs.result = { from = { text = "result" } }
    limits = { runs_at_once = 3 }
    """,
)
GATED = shell_service(
    'echo "$2" >>"$1/order"; until [ -e "$1/go$2" ]; do sleep 0.02; done',
    "inputs.number = { type = 'integer' }\nlimits = { runs_at_once = 1 }",
)


class OwnerByToken:
    """Each token is a user."""

    async def owner_of(self, session_token: str) -> Owner:
        """Who sent it."""
        return Owner(user=session_token, project="p")


def counted(told: Path) -> str:
    """The program file of runs that tell when they begin and end."""
    return COUNTED.replace('"program"]', f'"program", "{told}", "{{number}}", "{{seconds}}"]')


def gated(gates: Path) -> str:
    """The program file of runs that go on until their gate is opened."""
    return GATED.replace('"program"]', f'"program", "{gates}", "{{number}}"]')


def most_at_once(told: str) -> int:
    """How many were between their beginning and their end at an instant."""
    most = now = 0
    for line in told.splitlines():
        now += 1 if line.startswith("+") else -1
        most = max(most, now)
    return most


def begun(told: str) -> list[str]:
    """Who has begun, in order."""
    return [line[2:] for line in told.splitlines() if line.startswith("+")]


async def test_of_50_runs_never_more_than_3_go_at_an_instant_and_all_in_their_order(
    tmp_path: Path,
) -> None:
    numbers = [str(number) for number in range(50)]
    with serving(tmp_path / "data", counted(tmp_path)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            for number in numbers:
                await caller.call("run", serviceID=number, number=number, seconds="0.05")
            ended = await asyncio.gather(*(caller.completed(number) for number in numbers))
    told = (tmp_path / "told").read_text()
    assert [answer["result"] for answer in ended] == numbers
    assert most_at_once(told) == 3
    # three may begin together and be told in any order, but none overtakes a later three
    assert all(abs(place - int(number)) < 3 for place, number in enumerate(begun(told)))


async def test_kill_9_with_runs_in_the_queue_keeps_number_order_and_runs_each_once(
    tmp_path: Path,
) -> None:
    numbers = [str(number) for number in range(20)]
    program = tmp_path / "shell.toml"
    program.write_text(counted(tmp_path))
    service = ServiceProcess(tmp_path / "data", program)
    (address,) = service.start()
    async with Caller(address) as caller:
        for number in numbers:
            await caller.call("run", serviceID=number, number=number, seconds="0.3")
        for _ in range(3):
            await asyncio.sleep(0.2)
            service.kill()
            await asyncio.to_thread(service.start)
        for number in numbers:
            await caller.completed(number)
    service.stop()
    told = (tmp_path / "told").read_text()
    assert most_at_once(told) <= 3
    assert sorted(begun(told)) == sorted(numbers)
    assert all(abs(place - int(number)) < 3 for place, number in enumerate(begun(told)))


async def test_the_page_says_the_place_in_the_queue(tmp_path: Path) -> None:
    with serving(tmp_path / "data", gated(tmp_path)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            for number in "123":
                await caller.call("run", serviceID=number, number=number)
            assert "the next in the queue" in await caller.page("2")
            assert "number 2 in the queue" in (page := await caller.page("3"))
            assert "Waiting for its turn" in page
            (tmp_path / "go1").touch()
            await caller.completed("1")
            await until((tmp_path / "order").read_text().split().__len__)
            assert "the next in the queue" in await caller.page("3")
            for number in "23":
                (tmp_path / f"go{number}").touch()
                await caller.completed(number)
    assert (tmp_path / "order").read_text().split() == ["1", "2", "3"]


async def test_a_run_that_is_aborted_in_the_queue_never_begins_and_holds_up_nobody(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "data", gated(tmp_path)) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            for number in "123":
                await caller.call("run", serviceID=number, number=number)
            assert (await caller.call("abortService", serviceID="2"))["success"] == "true"
            assert (await caller.failed("2")).detail_code == "aborted"
            assert "the next in the queue" in await caller.page("3")
            for number in "13":
                (tmp_path / f"go{number}").touch()
                await caller.completed(number)
    assert (tmp_path / "order").read_text().split() == ["1", "3"]


async def test_an_aborted_program_makes_room_only_when_it_is_gone(tmp_path: Path) -> None:
    slow = GATED.replace("'''echo", "'''trap \"sleep 1; exit 1\" TERM; echo")
    program = slow.replace('"program"]', f'"program", "{tmp_path}", "{{number}}"]')
    with serving(tmp_path / "data", program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            await caller.call("run", serviceID="1", number="1")
            await until((tmp_path / "order").exists)
            folders = list((tmp_path / "data" / "runs").iterdir())
            await caller.call("run", serviceID="2", number="2")
            aborting = asyncio.create_task(caller.call("abortService", serviceID="1"))
            await until(lambda: "2" in (tmp_path / "order").read_text())
            assert not exists(program_pid(folders[0]))
            await aborting
            (tmp_path / "go2").touch()
            await caller.completed("2")


async def test_a_power_loss_takes_no_run_that_was_still_in_the_queue(tmp_path: Path) -> None:
    """Only what may have begun is lost; a durable mark tells who has certainly not."""
    data = tmp_path / "data"
    program = tmp_path / "shell.toml"
    program.write_text(gated(tmp_path))
    service = ServiceProcess(data, program)
    (address,) = service.start()
    async with Caller(address) as caller:
        for number in "12":
            await caller.call("run", serviceID=number, number=number)
        (tmp_path / "go2").touch()
        service.kill()
        for record in (data / "ids").glob("*.json"):
            record.write_text(record.read_text().replace('"boot": "', '"boot": "an earlier one, '))
        for lock in data.glob("runs/*/control/lock"):
            lock.write_text(f"an-earlier-one {lock.read_text().split()[1]}\n")
        service.start()
        assert (await caller.failed("1")).detail_code == "lost"
        await caller.completed("2")
    (tmp_path / "go1").touch()
    service.stop()


async def test_a_synchronous_call_waits_for_its_turn(tmp_path: Path) -> None:
    program = counted(tmp_path).replace("asynchronous", "synchronous")
    with serving(tmp_path / "data", program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            calls = [caller.call("run", number=str(number), seconds="0.1") for number in range(8)]
            answers = await asyncio.gather(*calls)
    assert sorted(answer["result"] for answer in answers) == [str(number) for number in range(8)]
    assert most_at_once((tmp_path / "told").read_text()) <= 3


async def test_other_operations_and_other_runs_do_not_wait(tmp_path: Path) -> None:
    program = gated(tmp_path) + "[operations.other]\ncommand = ['/bin/true']\n"
    with serving(tmp_path / "data", program) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            for number in "12":
                await caller.call("run", serviceID=number, number=number)
            await caller.call("other", serviceID="3")
            await caller.completed("3")
            with pytest.raises(SoapFault, match="already used"):
                await caller.call("run", serviceID="1", number="2")
            for number in "12":
                (tmp_path / f"go{number}").touch()
                await caller.completed(number)


async def test_owners_take_turns_and_a_restart_between_costs_nobody_a_place(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "data", gated(tmp_path))
    asked = [(str(number), "anna") for number in range(1, 6)] + [("6", "bert"), ("7", "bert")]
    expected = ["1", "2", "6", "3", "7", "4", "5"]
    with running(build(settings, authentication=OwnerByToken())) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            for number, token in asked:
                await caller.call("run", sessionToken=token, serviceID=number, number=number)
            await let_go(tmp_path, caller, [("1", "anna")])
            assert "number 3 in the queue" in await caller.page("7", "bert")
            assert "number 2 in the queue" in await caller.page("3", "anna")
    with running(build(settings, authentication=OwnerByToken())) as url:
        async with Caller(f"{url}/shell/Shell?wsdl") as caller:
            assert "number 3 in the queue" in await caller.page("7", "bert")
            await caller.call("run", sessionToken="cleo", serviceID="8", number="8")
            owners = dict([*asked, ("8", "cleo")])
            # bert is next, then anna; who came last stands behind both
            expected[4:4] = ["8"]
            assert "number 3 in the queue" in await caller.page("8", "cleo")
            await let_go(tmp_path, caller, [(number, owners[number]) for number in expected[1:]])
    assert (tmp_path / "order").read_text().split() == expected


async def let_go(gates: Path, caller: Caller, runs: list[tuple[str, str]]) -> None:
    """Let runs end one after the other."""
    for number, token in runs:
        (gates / f"go{number}").touch()
        await caller.completed(number, token)
