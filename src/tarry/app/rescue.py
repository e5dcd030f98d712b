"""A way in for who runs the machine, when nobody can log in as an administrator any more."""

import secrets
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

from tarry.app.platform import DATABASE_FILE
from tarry.app.schema import newest_revision, revision_of
from tarry.app.settings import Settings
from tarry.contract.errors import Sort, TarryError
from tarry.platform.accounts.adapters.argon2 import Argon2Passwords
from tarry.platform.accounts.adapters.sql import SqlAccounts
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.audit import Entry
from tarry.platform.accounts.model.people import password_from
from tarry.platform.accounts.operations.rights import user_called
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.adapters.engines import open_engine, sqlite_url


class SchemaBehind(TarryError):
    """The database is not at the revision that this version works with."""

    code = "schema-behind"
    sort = Sort.CONFLICT
    message = "The database is at revision {revision}, not {wanted}: run 'tarry admin migrate'"


class NoPlatform(TarryError):
    """There is no platform."""

    code = "no-platform"
    sort = Sort.NOT_FOUND
    message = "There is no platform in {place}: it has no database yet"


def database_url(settings: Settings) -> str:
    """Tell where a platform's database is.

    Raises:
        NoPlatform: it is nowhere yet.
    """
    file = settings.data.expanduser() / DATABASE_FILE
    if not settings.database and not file.is_file():
        raise NoPlatform(place=file.parent)
    return settings.database or sqlite_url(file)


async def rescue(settings: Settings, name: str) -> str:
    """Make a user an active administrator with another password, and give that.

    The platform may go on meanwhile.

    Raises:
        NoPlatform: there is none.
        SchemaBehind: its database is to be migrated first.
        NotFound: there is no such user.
    """
    url = database_url(settings)
    engine = open_engine(url)
    try:
        revision = revision_of(engine)
    finally:
        engine.dispose()
    if revision != newest_revision():
        raise SchemaBehind(revision=revision, wanted=newest_revision())
    password = password_from(secrets.token_bytes(32))
    with closing(Argon2Passwords()) as passwords:
        hashed = await passwords.hash(password)

    def work(store: Accounts) -> None:
        user = user_called(store, name)
        store.change_user(replace(user, active=True, administrator=True))
        store.set_password(user.id, hashed)
        store.end_sessions(user.id)
        store.forget_attempts(user.name)
        store.add_entry(Entry(at=datetime.now(UTC), action="user.rescued", subject=user.name))

    with closing(Database(url)) as database:
        await SqlTransactions[Accounts](database, SqlAccounts).write(work)
    return password
