"""The migrations and the tables that the rooms work with agree, on both databases."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, text
from tests.fakes.databases import KINDS, Databases

import tarry.platform
from tarry.app.schema import migrate, newest_revision
from tarry.app.upgrading import SchemaUnknown
from tarry.platform.kernel.adapters.database import open_engine


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    engine = open_engine(databases.empty_url(request.param))
    yield engine
    engine.dispose()


def all_tables() -> MetaData:
    """Gather the tables of all rooms."""
    gathered = MetaData()
    for file in Path(tarry.platform.__file__).parent.glob("*/adapters/tables.py"):
        module = import_module(f"tarry.platform.{file.parent.parent.name}.adapters.tables")
        for table in module.metadata.tables.values():
            table.to_metadata(gathered)
    return gathered


def revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def test_the_migrations_make_exactly_the_tables_of_the_rooms(empty: Engine) -> None:
    migrate(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, all_tables()) == []


def test_migrating_again_changes_nothing(empty: Engine) -> None:
    migrate(empty)
    migrate(empty)

    assert revision(empty) == newest_revision()


def test_several_that_migrate_at_once_do_it_once(empty: Engine) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(empty)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert revision(empty) == newest_revision()


def test_a_database_of_a_newer_version_is_left_alone(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))

    with pytest.raises(SchemaUnknown, match="future"):
        migrate(empty)

    assert revision(empty) == "future"
    assert "users" in inspect(empty).get_table_names()


def test_foreign_keys_hold_again_after_migrating(empty: Engine) -> None:
    migrate(empty)

    with pytest.raises(Exception, match=r"(?i)foreign key"), empty.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO memberships (user_id, project_id, since)"
                " VALUES ('nobody', 'nowhere', '2026-01-01')"
            )
        )


_MIGRATE = """
import sys
from tarry.app.schema import migrate
from tarry.platform.kernel.adapters.engines import open_engine
migrate(open_engine(sys.argv[1]))
"""


def test_several_processes_that_migrate_at_once_do_it_once(empty: Engine) -> None:
    url = empty.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _MIGRATE, url]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]

    assert [process.communicate()[1] for process in processes] == [""] * 3
    assert [process.returncode for process in processes] == [0] * 3
    assert revision(empty) == newest_revision()


def test_a_migration_that_breaks_leaves_the_database_as_it_was(empty: Engine) -> None:
    with empty.begin() as connection:
        # In the way of the last but one: so some have been done by then.
        connection.execute(text("CREATE TABLE services (n INTEGER)"))

    with pytest.raises(Exception, match="services"):
        migrate(empty)

    assert inspect(empty).get_table_names() == ["services"]
