"""The wiring of the platform: which adapter stands behind which interface."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection
from starlette.types import ASGIApp

from tarry.app.bindings import BoundPermits, BoundWorkflows
from tarry.app.doors import extra_parameters
from tarry.app.entrance import doors_of
from tarry.app.folder import DataFolder
from tarry.app.leader import JournalAround, leading
from tarry.app.leading import Leading
from tarry.app.metrics import Figures, Tally
from tarry.app.schema import migrate
from tarry.app.settings import Settings
from tarry.platform.accounts.adapters.argon2 import Argon2Passwords
from tarry.platform.accounts.adapters.sql import SqlAccounts
from tarry.platform.accounts.adapters.sql_records import SqlRecords
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.adapters.wsdl import SoapWsdls
from tarry.platform.catalogue.interfaces import Catalogue, Wsdls
from tarry.platform.catalogue.operations import Shelf
from tarry.platform.executions.adapters.reach import ReachAsSetUp
from tarry.platform.executions.adapters.soap_services import SoapServices
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.adapters.vault import FileVault
from tarry.platform.executions.interfaces import JournalStore
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations import Room
from tarry.platform.kernel.adapters.database import (
    Database,
    SqlTransactions,
)
from tarry.platform.kernel.adapters.engines import open_engine, sqlite_url
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.storage.adapters.local import LocalFiles
from tarry.platform.storage.adapters.sql import SqlGrants
from tarry.platform.storage.operations import Files
from tarry.soap.addresses import AllowedAddresses
from tarry.soap.client import SoapClient
from tarry.soap.transport import Transport

DATABASE_FILE = "tarry.sqlite3"
FILES_FOLDER = "files"
VAULT_FOLDER = "vault"
_ADRIFT = timedelta(hours=1)
"""How long another process may take between keeping a run's secrets and adding the run."""


@dataclass(kw_only=True)
class Platform:
    """A platform that is wired and ready to run.

    Attributes:
        asgi: what answers HTTP: the portal, the SOAP endpoints, the push.
        leading: the workflow manager, while this process leads; `None` if it never does.
        journal: for reading; only the leader writes it.
    """

    settings: Settings
    folder: DataFolder
    asgi: ASGIApp = field(init=False)
    leading: Leading | None
    journal: Transactions[JournalStore]
    room: Room
    accounts: Transactions[Accounts]
    passwords: Passwords
    catalogue: Transactions[Catalogue]
    wsdls: Wsdls
    database: Database = field(repr=False)
    files: Files = field(repr=False)
    soap: SoapClient = field(repr=False)
    webhooks: Transport = field(repr=False)
    tally: Tally = field(default_factory=Tally, repr=False)

    @property
    def shelf(self) -> Shelf:
        """What the catalogue's verbs work with."""
        return Shelf(catalogue=self.catalogue, wsdls=self.wsdls)

    @property
    def leads(self) -> bool:
        """Whether the manager of this process is the one that works."""
        return self.leading is not None and self.leading.leads

    def figures(self) -> Figures:
        """Give what is measured here."""
        return Figures(
            database=self.database,
            tally=self.tally,
            leads=lambda: self.leads,
            readers=lambda: self.room.bell.readers,
        )

    async def count_unfinished(self) -> int:
        """Count the runs that are not over."""
        return len(await self.journal.read(lambda store: store.unsettled()))

    async def close(self) -> None:
        """Close what was opened: connections, files, the database."""
        await self.soap.close()
        await self.webhooks.close()
        await asyncio.to_thread(self.files.back_end.close)
        await asyncio.to_thread(self.database.close)


async def build(
    settings: Settings,
    folder: DataFolder,
    *,
    around_journal: JournalAround | None = None,
    patience: Patience | None = None,
) -> Platform:
    """Wire a platform on its data folder, and bring its database up to date.

    Args:
        settings: of the platform.
        folder: locked for it.
        around_journal: what stands between the manager and its journal.
        patience: how long the manager puts up with services.

    Raises:
        InvalidSetting: a setting cannot be used.
        SchemaUnknown: the database was used by a newer version.
    """
    keys = Keys(folder.secret())
    allowed = AllowedAddresses.parse(settings.allowed_addresses)
    soap = SoapClient(allowed)
    webhooks = Transport(allowed)
    database = await _open_database(settings, folder)
    accounts = SqlTransactions(database, SqlAccounts)
    catalogue = SqlTransactions(database, _catalogue)
    files = _files(settings, database, folder)
    vault = FileVault(folder.path / VAULT_FOLDER)
    permits = BoundPermits(accounts=accounts, files=files, keys=keys, vault=vault)
    services = SoapServices(soap, keys, extra_parameters=extra_parameters(settings), vault=vault)
    room = Room(
        store=SqlTransactions(database, _executions),
        workflows=BoundWorkflows(catalogue),
        permits=permits,
        capabilities=keys,
        intercom=services,
        reach=ReachAsSetUp(allowed=allowed, mail=bool(settings.mail_server)),
    )
    await _forget_orphans(vault, database, timedelta(0) if folder.alone else _ADRIFT)
    platform = Platform(
        settings=settings,
        folder=folder,
        leading=None,
        journal=SqlTransactions(database, SqlJournal),
        room=room,
        accounts=accounts,
        passwords=Argon2Passwords(),
        catalogue=catalogue,
        wsdls=SoapWsdls(soap),
        database=database,
        files=files,
        soap=soap,
        webhooks=webhooks,
    )
    platform.leading = leading(platform, services, around_journal=around_journal, patience=patience)
    platform.asgi = doors_of(platform, keys).build()
    return platform


# What is done in these rooms stands in the audit trail of the accounts in the same transaction.
def _catalogue(connection: Connection) -> SqlCatalogue:
    return SqlCatalogue(connection, SqlRecords(connection))


def _executions(connection: Connection) -> SqlExecutions:
    return SqlExecutions(connection, SqlRecords(connection))


async def _forget_orphans(vault: FileVault, database: Database, older_than: timedelta) -> None:
    """Remove the secrets of runs that never came to be, or were over when we were killed."""
    known = set(await vault.known(older_than))
    if known:
        journal = SqlTransactions(database, SqlJournal)
        going_on = await journal.read(lambda store: {run.id for run in store.kept(known)})
        for execution in known - going_on:
            await vault.forget(execution)


def _files(settings: Settings, database: Database, folder: DataFolder) -> Files:
    return Files(
        back_end=LocalFiles(folder.path / FILES_FOLDER),
        grants=SqlTransactions(database, SqlGrants),
        limit=settings.upload_limit,
    )


async def _open_database(settings: Settings, folder: DataFolder) -> Database:
    """Bring the schema up to date first, on a connection of its own; then open for work."""
    url = settings.database or sqlite_url(folder.path / DATABASE_FILE)
    engine = open_engine(url)
    try:
        await asyncio.to_thread(migrate, engine)
    finally:
        engine.dispose()
    # No leadership hangs on this connection: the leader has one of its own.
    return Database(url, replaceable=True)
