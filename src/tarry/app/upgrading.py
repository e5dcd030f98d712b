"""Migrations are made, in one transaction, by one process.

`schema.migrate` comes here only if there is something to migrate: Alembic costs 10 MB and 0.1 s.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from tarry.contract.errors import Sort, TarryError
from tarry.platform.kernel.adapters.engines import opening

_LOCK = 8_278_791  # names the advisory lock of PostgreSQL; any number that nobody else uses


class SchemaUnknown(TarryError):
    """The database was made by a version of Tarry that this one does not know."""

    code = "schema-unknown"
    sort = Sort.CONFLICT
    message = (
        "The database is at revision {revision}, which this version of Tarry does not know: "
        "it was used by a newer one. Install that version again, or restore a back-up"
    )


def upgrade(engine: Engine, migrations: Path) -> None:
    """Make all migrations that a database has not seen; all of them or nothing.

    Safe to call from several processes at once: one migrates, the others wait and find it done.

    Args:
        engine: of the database.
        migrations: the folder in which they are.

    Raises:
        SchemaUnknown: the database was used by a newer version.
        DatabaseUnavailable: it cannot be opened, or somebody keeps it locked.
    """
    with opening(engine), engine.connect() as plain:
        connection = plain.execution_options(tarry_begin="BEGIN IMMEDIATE")
        if engine.dialect.name == "sqlite":
            _migrate_sqlite(connection, _config(migrations))
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                _upgrade(connection, _config(migrations))


def _migrate_sqlite(connection: Connection, config: Config) -> None:
    # A table is changed by copying it, and dropping the old one must not cascade into others. The
    # switch does nothing inside a transaction, so it is thrown on the driver's own connection.
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            _upgrade(connection, config)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                reason = f"a migration left references to nothing: {broken[:5]}"
                raise RuntimeError(reason)
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _upgrade(connection: Connection, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    for revision in MigrationContext.configure(connection).get_current_heads():
        if revision not in known:
            raise SchemaUnknown(revision=revision)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config
