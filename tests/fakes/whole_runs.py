"""Whole runs in virtual time: a manager, a store in memory, and services that misbehave."""

from tests.fakes.executions import NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.services import Behaviour, FakeServices
from tests.fakes.virtual_time import clock_of_loop, run_virtually

from tarry.contract.kinds import Kind
from tarry.platform.executions.model import RunView

TARRY = service("Tarry", at_most_once=True)
FIELD = service("Field")
SYNC = service("Sync", kind=Kind.SYNCHRONOUS)
AGAIN = service("Again", kind=Kind.SYNCHRONOUS, repeatable=True)
ASK = service("Ask", kind=Kind.APPLICATION)
OWN_ASK = service("OwnAsk", kind=Kind.APPLICATION, at_most_once=True)
DAY = 24 * 3600.0


def house(**behaviours: Behaviour) -> House:
    return House(
        chain("Two", TARRY, TARRY),
        chain("Tarry", TARRY),
        chain("Field", FIELD),
        chain("FieldTwice", FIELD, FIELD),
        chain("Sync", SYNC),
        chain("Again", AGAIN),
        chain("Mixed", SYNC, FIELD, TARRY),
        chain("Ask", ASK),
        chain("OwnAsk", OWN_ASK),
        chain("AskFirst", ASK, FIELD),
        services=FakeServices(**behaviours),
        clock=clock_of_loop(NOON),
    )


async def run_to_the_end(made: House, workflow: str, limit: float = 10 * DAY) -> RunView:
    async with made.working():
        return await made.end_of(await made.start(workflow), limit)


def outcome(made: House, workflow: str) -> RunView:
    return run_virtually(run_to_the_end(made, workflow))
