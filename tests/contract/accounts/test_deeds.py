"""No deed of any room is without its line in the audit trail, wherever the process dies."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, insert, select, update
from tests.fakes.crashes import Crash, CrashingTransactions
from tests.fakes.executions import ADA, NOON, chain, service
from tests.fakes.manager import House
from tests.fakes.mesher import ANNA, NOW, URL, World

from tarry.platform.accounts.adapters.sql_records import SqlRecords
from tarry.platform.accounts.adapters.tables import audit_trail
from tarry.platform.catalogue import operations as shelves
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.adapters.tables import metadata as catalogue_tables
from tarry.platform.catalogue.model import Told
from tarry.platform.catalogue.operations import Edit, Publication, Shelf
from tarry.platform.executions import operations as runs
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.tables import executions, step_runs
from tarry.platform.executions.adapters.tables import metadata as executions_tables
from tarry.platform.executions.model.events import Choice
from tarry.platform.executions.operations import Room
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Deed, ExecutionId, StepRunId
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import write

Deeds = Callable[[Any], Awaitable[object]]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(20)


class Died(Exception):
    """The process is gone after the last statement, before the commit."""


class Dying(SqlRecords):
    """Dies when the deed is done and its line is written, and nothing is durable yet."""

    def add_deed(self, deed: Deed) -> None:
        super().add_deed(deed)
        raise Died


def snapshot(database: Database) -> dict[str, list[Any]]:
    tables = [*catalogue_tables.sorted_tables, *executions_tables.sorted_tables]
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables
        }


def lines(database: Database) -> list[str]:
    query = select(audit_trail.c.action).order_by(audit_trail.c.id)
    with database.engine.connect() as connection:
        return list(connection.scalars(query))


def shelf_on(transactions: Transactions[Any]) -> Shelf:
    return Shelf(catalogue=transactions, wsdls=World().wsdls, clock=lambda: NOW)


async def _register(shelf: Shelf, title: str = "") -> Any:
    order = shelves.ServiceRequest(wsdl_url=URL, operation="mesh", title=title)
    return await shelves.register_service(
        shelf.catalogue, shelf.wsdls, ANNA, order, clock=shelf.clock
    )


async def _import(shelf: Shelf, title: str = "") -> Any:
    entry = await shelves.show_service(shelf.catalogue, ANNA, "Mesher.mesh")
    made = one_step("http://tarry/workflow/Mesh.owl#Mesh", entry.interface())
    data = write(replace(made, title=title))
    return await shelves.import_workflow(shelf.catalogue, ANNA, data, clock=shelf.clock)


CATALOGUE: dict[str, Deeds] = {
    "service.registered": lambda it: _register(it, "Another title"),
    "service.changed": lambda it: shelves.edit_service(
        it, ANNA, "Mesher.mesh", Edit(told=Told(category="Meshes"))
    ),
    "service.retired": lambda it: shelves.retire_service(it, ANNA, "Mesher.mesh", force=True),
    "workflow.imported": lambda it: _import(it, "three"),
    "workflow.restored": lambda it: shelves.restore_workflow(
        it.catalogue, ANNA, "Mesh", 1, clock=it.clock
    ),
    "workflow.published": lambda it: shelves.publish_workflow(
        it.catalogue, ANNA, "Mesh", Publication(category="M"), clock=it.clock
    ),
    "workflow.retracted": lambda it: shelves.retract_workflow(
        it.catalogue, ANNA, "Mesh", clock=it.clock
    ),
    "workflow.labelled": lambda it: shelves.label_workflow(
        it.catalogue, ANNA, "Mesh", Publication(company="ACME"), clock=it.clock
    ),
    "workflow.pictured": lambda it: shelves.set_picture(
        it.catalogue, ANNA, "Mesh", PICTURE, clock=it.clock
    ),
    "workflow.draft-deleted": lambda it: shelves.delete_draft(
        it.catalogue, ANNA, "Mesh", 2, clock=it.clock
    ),
}


async def furnished(database: Database) -> None:
    shelf = shelf_on(SqlTransactions(database, SqlCatalogue))
    await _register(shelf)
    await _import(shelf)
    await shelves.publish_workflow(shelf.catalogue, ANNA, "Mesh", clock=shelf.clock)
    await _import(shelf, "two")


@pytest.mark.parametrize("action", CATALOGUE)
async def test_a_deed_in_the_catalogue_and_its_line_are_one(
    database: Database, action: str
) -> None:
    await furnished(database)
    deed, before = CATALOGUE[action], snapshot(database)

    with pytest.raises(Died):
        await deed(shelf_on(SqlTransactions(database, lambda it: SqlCatalogue(it, Dying(it)))))
    assert (snapshot(database), lines(database)) == (before, [])

    store = SqlTransactions(database, lambda it: SqlCatalogue(it, SqlRecords(it)))
    with pytest.raises(Crash):
        await deed(shelf_on(CrashingTransactions(store, at=1, moment="after")))
    assert snapshot(database) != before
    assert lines(database) == [action]


RUN = ExecutionId("0" * 32)
STEP = StepRunId(f"{RUN}_1")
TALKER = service("Talker")


class Listens:
    """A service that takes every message."""

    async def notify(self, call: object, message: str) -> str:
        del call
        return f"took {message}"


EXECUTIONS: dict[str, Deeds] = {
    "run.started": lambda room: runs.start(room, ADA, "talk", {"question": "?"}),
    "run.resumed": lambda room: runs.resume(room, ADA, RUN),
    "run.repeated": lambda room: runs.rerun(room, ADA, RUN),
    "run.abort-asked": lambda room: runs.abort(room, ADA, RUN),
    "run.step-told": lambda room: runs.tell(room, ADA, RUN, 1, "go on"),
    "run.step-reported": lambda room: runs.report(room, STEP, (), {}, caller=ADA),
    "step.decided": lambda room: runs.decide(room, ADA, RUN, 1, Choice.GIVE_UP),
}
STATES = {
    "run.resumed": ("failed", "failed"),
    "step.decided": ("running", "unknown"),
}


def room_on(transactions: Transactions[Any]) -> Room:
    house = House(chain("talk", TALKER), store=transactions, clock=lambda: NOON)
    return replace(house.room, intercom=Listens(), new_id=lambda: ExecutionId(uuid4().hex))


async def running(database: Database, state: str, of_step: str) -> None:
    room = room_on(SqlTransactions(database, SqlExecutions))
    await runs.start(replace(room, new_id=lambda: RUN), ADA, "talk", {"question": "?"})
    step = {
        "id": STEP,
        "execution": RUN,
        "number": 1,
        "key": "s1",
        "attempt": 1,
        "name": "Talker",
        "service": TALKER.uri,
        "operation": TALKER.operation,
        "hears": True,
        "state": of_step,
        "started_at": NOON,
        "inputs": {},
        "outputs": {},
        "folder": "",
        "note": "",
        "page_tag": "",
    }

    def work(connection: Connection) -> None:
        connection.execute(insert(step_runs), step)
        connection.execute(update(executions).values(state=state))

    await database.write(work)


@pytest.mark.parametrize("action", EXECUTIONS)
async def test_a_deed_to_a_run_and_its_line_are_one(database: Database, action: str) -> None:
    await running(database, *STATES.get(action, ("running", "running")))
    deed, before = EXECUTIONS[action], snapshot(database)

    with pytest.raises(Died):
        await deed(room_on(SqlTransactions(database, lambda it: SqlExecutions(it, Dying(it)))))
    assert (snapshot(database), lines(database)) == (before, [])

    store = SqlTransactions(database, lambda it: SqlExecutions(it, SqlRecords(it)))
    with pytest.raises(Crash):
        await deed(room_on(CrashingTransactions(store, at=1, moment="after")))
    assert snapshot(database) != before
    assert lines(database) == [action]
