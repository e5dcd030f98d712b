"""The database's schema: at which revision it is, and bringing it to ours."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from tarry.platform.kernel.adapters.engines import opening

MIGRATIONS = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"


def migrate(engine: Engine) -> None:
    """Bring the schema of a database up to date; all of it or nothing.

    Safe to call from several processes at once: one migrates, the others wait and find it done.

    Raises:
        upgrading.SchemaUnknown: the database was used by a newer version.
        DatabaseUnavailable: it cannot be opened, or somebody keeps it locked.
    """
    # Whoever migrates has the lock, so this waits for it; and somebody else's lock is told of here.
    with opening(engine), engine.connect() as plain:
        connection = plain.execution_options(tarry_begin="BEGIN IMMEDIATE")
        with connection.begin():
            found = _revision(connection)
    if found == newest_revision():
        return
    from tarry.app.upgrading import upgrade  # noqa: PLC0415 - as its docstring says

    upgrade(engine, MIGRATIONS)


def revision_of(engine: Engine) -> str | None:
    """Tell the revision that a database is at; `None` if it was never used.

    Raises:
        DatabaseUnavailable: it cannot be opened.
    """
    with opening(engine), engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608
    return None if found is None else str(found)


def newest_revision() -> str:
    """Give the revision that this version of Tarry works with: files are named after theirs."""
    return max(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
