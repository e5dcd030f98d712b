"""Who wants to be told about a run is held against what can be done, before anything begins."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tests.fakes.executions import ADA, NOON, chain, service
from tests.fakes.manager import House

from tarry.platform.executions import operations
from tarry.platform.executions.adapters.reach import ReachAsSetUp
from tarry.platform.executions.errors import CannotTell
from tarry.platform.executions.interfaces import Wish
from tarry.platform.executions.model.telling import Channel, TellingView
from tarry.platform.executions.operations import Room
from tarry.platform.kernel.model import Caller, ExecutionId
from tarry.soap.addresses import AllowedAddresses

PLAIN = chain("plain", service("Field"))
EVE = replace(ADA, email="ada@example.org")
HOOK = Wish(channel=Channel.WEBHOOK, address="http://127.0.0.1:9/hook")
MAIL = Wish(channel=Channel.MAIL, address="ada@example.org")


def room(*, mail: bool = True, allowed: str = "loopback") -> Room:
    reach = ReachAsSetUp(allowed=AllowedAddresses.parse([allowed]), mail=mail)
    return replace(House(PLAIN, clock=lambda: NOON).room, reach=reach)


async def start(made: Room, *wishes: Wish, caller: Caller = EVE) -> ExecutionId:
    return await operations.start(made, caller, "plain", {"question": "?"}, wishes=wishes)


async def test_wishes_that_can_be_fulfilled_are_kept_with_the_run() -> None:
    made = room()
    run = await start(made, HOOK, MAIL)
    assert (await operations.show(made, EVE, run)).tellings == (
        TellingView(channel=Channel.WEBHOOK, address=HOOK.address),
        TellingView(channel=Channel.MAIL, address=MAIL.address),
    )


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (replace(HOOK, address="http://10.1.2.3/"), "tell.0.webhook: the operator does not allow"),
        (replace(HOOK, address="ftp://127.0.0.1/"), "tell.0.webhook: only http and https"),
        (replace(HOOK, address="nonsense"), "tell.0.webhook: only http and https"),
        (replace(HOOK, address="http://u:p@127.0.0.1/"), "user name or password"),
        (replace(HOOK, address="http://127.0.0.1/" + "x" * 2000), "longer than 2000"),
        (replace(MAIL, address="bob@example.org"), "tell.0.mail: mail goes to your own address"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_nothing_begins(wish: Wish, words: str) -> None:
    made = room()
    with pytest.raises(CannotTell, match=words):
        await start(made, wish)
    assert await operations.list_runs(made, EVE) == []


HOSTS = {
    "inside.example.org": ["10.1.2.3"],
    "mixed.example.org": ["127.0.0.1", "10.1.2.3"],
    "here.example.org": ["127.0.0.1"],
}


def named(allowed: str = "loopback") -> Room:
    """A room whose name service knows these hosts, and has no answer for one."""

    async def look_up(host: str) -> list[str]:
        if host == "slow.example.org":
            await asyncio.sleep(60)
        if host == "away.example.org":
            raise socket.gaierror(socket.EAI_AGAIN, "try again")
        if host not in HOSTS:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return HOSTS[host]

    rules = AllowedAddresses.parse([allowed])
    reach = ReachAsSetUp(allowed=rules, mail=True, look_up=look_up, patience=0.01)
    return replace(House(PLAIN, clock=lambda: NOON).room, reach=reach)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("inside.example.org", r"tell\.0\.webhook: the operator does not allow"),
        ("mixed.example.org", r"tell\.0\.webhook: the operator does not allow"),
        ("typo.example.org", r"tell\.0\.webhook: the name typo\.example\.org is not known"),
    ],
)
async def test_a_host_name_is_looked_up_when_the_wish_is_made(host: str, words: str) -> None:
    made = named()
    with pytest.raises(CannotTell, match=words):
        await start(made, replace(HOOK, address=f"http://{host}/hook"))
    assert await operations.list_runs(made, EVE) == []


@pytest.mark.parametrize("host", ["here.example.org", "away.example.org", "slow.example.org"])
async def test_a_name_service_that_has_no_answer_now_holds_up_no_run(host: str) -> None:
    assert await start(named(), replace(HOOK, address=f"http://{host}/hook"))


async def test_mail_needs_an_address_and_a_mail_server() -> None:
    with pytest.raises(CannotTell, match="ada has no e-mail address"):
        await start(room(), replace(MAIL, address=""), caller=ADA)
    with pytest.raises(CannotTell, match="not set up to send mail"):
        await start(room(mail=False), MAIL)


async def test_a_refusal_names_the_wish_that_it_means() -> None:
    with pytest.raises(CannotTell, match=r"tell\.1\.webhook"):
        await start(room(), MAIL, replace(HOOK, address="http://10.1.2.3/"))


async def test_not_everybody_in_the_world_can_be_told() -> None:
    with pytest.raises(CannotTell, match="no more than 10"):
        await start(room(), *([HOOK] * 11))


@pytest.mark.parametrize("verb", [operations.rerun])
async def test_runs_that_repeat_another_one_take_wishes_too(
    verb: Callable[..., Awaitable[ExecutionId]],
) -> None:
    made = room()
    first = await start(made)
    again = await verb(made, EVE, first, wishes=[HOOK])
    assert len((await operations.show(made, EVE, again)).tellings) == 1
    with pytest.raises(CannotTell):
        await verb(made, EVE, first, wishes=[replace(HOOK, address="http://10.1.2.3/")])
