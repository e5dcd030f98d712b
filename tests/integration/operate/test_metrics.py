"""What a platform says of itself to Prometheus: true, and without asking too much of anybody."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.fakes.databases import Databases
from tests.fakes.executions import chain, new_run, service

from tarry.app.metrics import CountedServices, Figures, Tally, TimedTransactions
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.interfaces import CallFailed, ExecutionStore
from tarry.platform.executions.model.calls import Trouble
from tarry.platform.executions.operations import Bell
from tarry.platform.kernel.adapters.database import Database, SqlTransactions

WORKFLOW = chain("Two", service("A"))
LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+')


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    opened = databases.open(request.param)
    yield opened
    opened.close()


def numbers(text: bytes) -> dict[str, float]:
    lines = [line for line in text.decode().splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines), lines
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


class Hands:
    """A clock that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_runs_steps_and_letters_are_counted_by_what_the_database_says(
    database: Database,
) -> None:
    clock = Hands()
    tally = Tally(clock=clock)
    figures = Figures(database=database, tally=tally, leads=lambda: True, readers=lambda: 7)
    store = TimedTransactions[ExecutionStore](SqlTransactions(database, SqlExecutions), tally)

    first = numbers(await figures.text())
    assert (first["tarry_leads"], first["tarry_readers"]) == (1, 7)
    assert (first['tarry_runs{state="waiting"}'], first["tarry_inbox"]) == (0, 0)
    await store.write(lambda it: it.add(new_run(WORKFLOW)))
    assert numbers(await figures.text())["tarry_inbox"] == 0  # not asked again yet
    clock.now += 6
    later = numbers(await figures.text())
    assert (later['tarry_runs{state="waiting"}'], later["tarry_inbox"]) == (1, 1)
    assert later["tarry_journal_commit_seconds_count"] == 1
    assert later["tarry_database_up"] == 1


async def test_commits_are_sorted_by_how_long_they_took() -> None:
    tally = Tally()
    for seconds in (0.0005, 0.004, 0.004, 3.0):
        tally.committed(seconds)
    found = numbers("\n".join(tally.lines()).encode())
    name = "tarry_journal_commit_seconds"
    assert found[f'{name}_bucket{{le="0.001"}}'] == 1
    assert found[f'{name}_bucket{{le="0.005"}}'] == 3
    assert found[f'{name}_bucket{{le="1"}}'] == 3
    assert found[f'{name}_bucket{{le="+Inf"}}'] == 4
    assert found[f"{name}_sum"] == pytest.approx(3.0085)


async def test_calls_are_counted_by_what_came_of_them() -> None:
    class Services:
        async def poll(self, call: Any, page_tag: str) -> str:
            if page_tag == "lost":
                raise CallFailed(Trouble.LOST, "no answer")
            return "answer"

        async def abort(self, call: Any, limit: timedelta) -> bool:
            raise RuntimeError(call)

    tally = Tally()
    counted: Any = CountedServices(Services(), tally)  # type: ignore[arg-type]  # as much as is used
    assert await counted.poll(SimpleNamespace(), "") == "answer"
    with pytest.raises(CallFailed):
        await counted.poll(SimpleNamespace(), "lost")
    with pytest.raises(RuntimeError):
        await counted.abort(SimpleNamespace(), timedelta(1))
    found = numbers("\n".join(tally.lines()).encode())
    calls = "tarry_service_calls_total"
    assert found[f'{calls}{{call="poll",outcome="answered"}}'] == 1
    assert found[f'{calls}{{call="poll",outcome="{Trouble.LOST.value}"}}'] == 1
    assert found[f'{calls}{{call="abort",outcome="broken"}}'] == 1


async def test_without_the_database_a_process_tells_what_it_knows(databases: Databases) -> None:
    database = databases.open("sqlite")
    figures = Figures(database=database, tally=Tally(), leads=bool, readers=lambda: 0)
    database.close()
    found = numbers(await figures.text())
    assert (found["tarry_database_up"], found["tarry_leads"]) == (0, 0)
    assert "tarry_inbox" not in found


async def test_readers_are_people_and_not_those_who_listen_inside() -> None:
    bell = Bell()
    with bell.listen(), bell.listen(reader=True), bell.listen(reader=True):
        assert bell.readers == 2
    assert bell.readers == 0
