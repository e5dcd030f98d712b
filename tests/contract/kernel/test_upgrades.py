"""A database of every earlier revision, with data in it, is brought up to date in place.

The data of revision 0004 was written by the version of that day. Earlier revisions hold the part
that had tables then; later ones what was added since.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import DateTime, Engine, MetaData, insert, inspect
from tests.fakes.databases import KINDS, Databases

from tarry.app.bindings import BoundWorkflows
from tarry.app.schema import MIGRATIONS, migrate, newest_revision, revision_of
from tarry.platform.accounts.adapters.argon2 import Argon2Passwords
from tarry.platform.accounts.adapters.sql import SqlAccounts
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import caller_of, list_api_tokens, log_in, read_trail
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.operations import (
    health_history,
    list_favourites,
    list_services,
    list_workflows,
)
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.interfaces import ExecutionStore, JournalStore
from tarry.platform.kernel.adapters.database import Database, SqlTransactions, open_engine
from tarry.platform.kernel.model import Caller, ExecutionId, Right

DATA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fakes" / "upgrades" / "0004.json").read_text("utf-8")
)
RUNS: dict[str, str] = DATA["runs"]
USER = DATA["tables"]["users"][0]["id"]
PROJECT = DATA["tables"]["projects"][0]["id"]
SERVICE = DATA["tables"]["services"][0]
NOON = {"time": "2026-11-24 12:00:00.000000"}

LATER: Mapping[str, Mapping[str, list[dict[str, Any]]]] = {
    "0005": {
        "api_tokens": [
            {
                "id": "abc",
                "token_hash": "hash",
                "name": "ci",
                "user_id": USER,
                "project_id": PROJECT,
                "scopes": '["read","run"]',
                "created_at": NOON,
                "expires_at": None,
                "last_used_at": None,
            }
        ],
        "audit_trail": [
            {
                "at": NOON,
                "user_name": "me",
                "project_id": PROJECT,
                "project_name": "mine",
                "api_token": "",
                "action": "run.started",
                "subject": "x",
                "address": "127.0.0.1",
                "facts": "{}",
            }
        ],
    },
    "0006": {
        "service_health": [
            {
                "project": SERVICE["project"],
                "uri": SERVICE["uri"],
                "state": "away",
                "since": NOON,
                "checked_at": NOON,
                "seen_at": None,
                "failures": 1,
                "reason": "nobody answers",
                "changes": "[]",
            }
        ]
    },
    "0013": {
        "favourites": [
            {"owner": USER, "project": PROJECT, "workflow": "Twice", "since": NOON},
        ]
    },
}
"""What was added to the tables of a revision when it was new."""


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return made


REVISIONS = [each.revision for each in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def test_migrations_are_named_after_their_revisions() -> None:
    files = sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))

    assert [file.name[:4] for file in files] == REVISIONS
    assert newest_revision() == ScriptDirectory.from_config(config()).get_current_head()


def bring_to(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        made = config()
        made.attributes["connection"] = connection
        command.upgrade(made, revision)


def fill(engine: Engine, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put rows into those of the tables that there are."""
    there = inspect(engine).get_table_names()
    known = MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        for name, rows in tables.items():
            if name not in there:
                continue
            for row in rows:
                # The journal counts by itself, or the next line would collide with these.
                given = {key: it for key, it in row.items() if (name, key) != ("journal", "id")}
                values = {
                    key: value_of(it, isinstance(known.tables[name].c[key].type, DateTime), engine)
                    for key, it in given.items()
                }
                connection.execute(insert(known.tables[name]).values(values))


def value_of(written: Any, is_time: bool, engine: Engine) -> Any:
    if not isinstance(written, dict):
        return written
    if "bytes" in written:
        return base64.b64decode(written["bytes"])
    assert is_time
    instant = datetime.fromisoformat(written["time"])
    return instant if engine.dialect.name == "sqlite" else instant.replace(tzinfo=UTC)


@pytest.fixture(params=KINDS)
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    opened = open_engine(databases.empty_url(request.param))
    yield opened
    opened.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
async def test_what_was_written_at_an_earlier_revision_is_read_today(
    engine: Engine, revision: str
) -> None:
    for each in REVISIONS[: REVISIONS.index(revision) + 1]:
        bring_to(engine, each)
        if each == min(revision, "0004"):
            fill(engine, DATA["tables"])
        fill(engine, LATER.get(each, {}))
    assert revision_of(engine) == revision

    migrate(engine)

    assert revision_of(engine) == newest_revision()
    with closing(Database(engine.url.render_as_string(hide_password=False))) as database:
        caller = await read_accounts(database, revision)
        if revision >= "0003":
            await read_catalogue(database, caller, revision)
        if revision >= "0004":
            await read_executions(database)


async def read_accounts(database: Database, revision: str) -> Caller:
    accounts = SqlTransactions[Accounts](database, SqlAccounts)
    with closing(Argon2Passwords()) as passwords:
        logged_in = await log_in(
            accounts,
            user="me",
            password=DATA["password"],
            passwords=passwords,
            attempts=Attempts(),
        )
    caller = logged_in.caller
    assert caller.roles == {"admin", "developer", "user"}
    assert caller.rights == frozenset(Right), "who was admin goes on managing the platform"
    keys = Keys(bytes.fromhex(DATA["secret"]))
    held = ExecutionId(RUNS["held"])
    of_run = await caller_of(accounts, keys.run_token(held), keys=keys)
    assert (of_run.user, of_run.execution) == (caller.user, held)
    if revision >= "0005":
        (token,) = await list_api_tokens(accounts, caller)
        assert (token.kept.name, token.kept.scopes) == ("ci", frozenset({Right.READ, Right.RUN}))
        trail = await read_trail(accounts, caller)
        assert [entry.action for entry in trail] == ["session.opened", "run.started"]
    return caller


async def read_catalogue(database: Database, caller: Caller, revision: str) -> None:
    catalogue = SqlTransactions[Catalogue](database, SqlCatalogue)
    assert [entry.operation for entry in await list_services(catalogue, caller)] == ["tally"]
    (workflow,) = await list_workflows(catalogue, caller)
    assert (workflow.name, workflow.published_version) == ("Twice", 1)
    published = await BoundWorkflows(catalogue).published(caller, "Twice")
    assert len(published.document.steps) == 2
    assert [port.name for port in published.entry.inputs] == ["tag", "seconds"]
    if revision >= "0006":
        history = await health_history(catalogue, caller, SERVICE["uri"])
        assert [(one.state, one.reason) for one in history] == [("away", "nobody answers")]
    if revision >= "0013":
        assert await list_favourites(catalogue, caller) == ["Twice"]


async def read_executions(database: Database) -> None:
    store = SqlTransactions[ExecutionStore](database, SqlExecutions)

    async def state_of(name: str) -> tuple[str, list[str]]:
        run = await store.read(lambda it: it.run(ExecutionId(RUNS[name])))
        assert run is not None
        return run.state.value, [step.state.value for step in run.steps]

    assert await state_of("done") == ("succeeded", ["succeeded", "succeeded"])
    assert await state_of("aborted") == ("aborted", ["aborted"])
    assert await state_of("held") == ("running", ["running"])
    journal = SqlTransactions[JournalStore](database, SqlJournal)
    (kept,) = await journal.read(lambda it: it.unsettled())
    assert (kept.id, kept.unreadable) == (RUNS["held"], "")
    assert kept.records
    assert await journal.read(lambda it: it.snapshot(kept.snapshot))
