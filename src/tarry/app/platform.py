"""The wiring of the platform: which adapter stands behind which interface."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from starlette.types import ASGIApp

from tarry.app.bindings import BoundPermits, BoundWorkflows
from tarry.app.doors import Doors, endpoints, extra_parameters
from tarry.app.folder import DataFolder
from tarry.app.leading import Lead, Leading, Led
from tarry.app.schema import migrate
from tarry.app.settings import Role, Settings
from tarry.platform.accounts.adapters.argon2 import Argon2Passwords
from tarry.platform.accounts.adapters.sql import SqlAccounts
from tarry.platform.accounts.api.authmanager import AuthManager
from tarry.platform.accounts.api.projects import Projects
from tarry.platform.accounts.api.users import Users
from tarry.platform.accounts.interfaces import Accounts, Passwords
from tarry.platform.accounts.model.attempts import Attempts
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import AccountsTrail, Callers, list_projects
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.adapters.wsdl import SoapWsdls
from tarry.platform.catalogue.interfaces import Catalogue, Wsdls
from tarry.platform.catalogue.model.services import SHARED
from tarry.platform.executions.adapters.mail import Mail, MailServer
from tarry.platform.executions.adapters.soap_services import SoapServices
from tarry.platform.executions.adapters.sql import SqlExecutions
from tarry.platform.executions.adapters.sql_announcing import SqlAnnouncements
from tarry.platform.executions.adapters.sql_journal import SqlJournal
from tarry.platform.executions.adapters.vault import FileVault
from tarry.platform.executions.adapters.webhooks import Webhooks
from tarry.platform.executions.api.herald import Herald
from tarry.platform.executions.api.push import PushDoor
from tarry.platform.executions.api.worker import Manager
from tarry.platform.executions.api.workflow_manager import WorkflowManager
from tarry.platform.executions.interfaces import JournalStore, Messenger
from tarry.platform.executions.model.announcing import Channel
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations import Room
from tarry.platform.kernel.adapters.database import (
    Database,
    SqlTransactions,
)
from tarry.platform.kernel.adapters.engines import open_engine, sqlite_url
from tarry.platform.kernel.adapters.leadership import hold_leadership, win_leadership
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.portal.interfaces import Rooms
from tarry.platform.portal.operations import (
    BoundAccounts,
    BoundCatalogue,
    BoundFiles,
    BoundRuns,
)
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

JournalAround = Callable[[Transactions[JournalStore]], Transactions[JournalStore]]
"""Puts something around the manager's journal: tests let the process die between two writes."""


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
    files: LocalFiles = field(repr=False)
    soap: SoapClient = field(repr=False)
    webhooks: Transport = field(repr=False)

    async def count_unfinished(self) -> int:
        """Count the runs that are not over."""
        return len(await self.journal.read(lambda store: store.unsettled()))

    async def close(self) -> None:
        """Close what was opened: connections, files, the database."""
        await self.soap.close()
        await self.webhooks.close()
        await asyncio.to_thread(self.files.close)
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
    catalogue = SqlTransactions(database, SqlCatalogue)
    local_files = LocalFiles(folder.path / FILES_FOLDER)
    files = _files(settings, database, local_files)
    vault = FileVault(folder.path / VAULT_FOLDER)
    permits = BoundPermits(accounts=accounts, files=files, keys=keys, vault=vault)
    services = SoapServices(soap, keys, extra_parameters=extra_parameters(settings), vault=vault)
    room = Room(
        store=SqlTransactions(database, SqlExecutions),
        workflows=BoundWorkflows(catalogue),
        permits=permits,
        capabilities=keys,
        intercom=services,
    )
        trail=AccountsTrail(accounts),
    journal = SqlTransactions(database, SqlJournal)
    await _forget_orphans(vault, journal, timedelta(0) if folder.alone else _ADRIFT)

    herald = Herald(
        store=SqlTransactions(database, SqlAnnouncements),
        messengers=_messengers(settings, webhooks),
        bell=room.bell,
        link=lambda run: f"{settings.url}/runs/{run}",
    )

    def make(journal: Transactions[JournalStore]) -> Manager:
        return Manager(
            journal=journal, services=services, permits=permits, bell=room.bell, patience=patience
        )

    platform = Platform(
        settings=settings,
        folder=folder,
        leading=None,
        journal=journal,
        room=room,
        accounts=accounts,
        passwords=Argon2Passwords(),
        catalogue=catalogue,
        wsdls=SoapWsdls(soap),
        database=database,
        files=local_files,
        soap=soap,
        webhooks=webhooks,
    )
    if settings.role is not Role.DOORS:
        lead = _how_to_lead(settings, database, around_journal or _as_it_is)
        platform.leading = Leading(lead, make, room.bell, beside=[herald.run])
    platform.asgi = _doors(platform, keys, files).build()
    return platform


def _how_to_lead(settings: Settings, database: Database, around: JournalAround) -> Lead:
    """Decide how leadership is won: on SQLite the locked data folder is it."""

    @asynccontextmanager
    async def alone() -> AsyncIterator[Led]:
        yield Led(around(SqlTransactions(database, SqlJournal)), asyncio.Event().wait)

    @asynccontextmanager
    async def among_others() -> AsyncIterator[Led]:
        won = await win_leadership(settings.database)
        try:
            yield Led(around(SqlTransactions(won, SqlJournal)), partial(hold_leadership, won))
        finally:
            await asyncio.to_thread(won.close)

    return among_others if settings.database else alone


def _messengers(settings: Settings, webhooks: Transport) -> Mapping[Channel, Messenger]:
    found: dict[Channel, Messenger] = {Channel.WEBHOOK: Webhooks(webhooks)}
    if settings.mail_server:
        server = MailServer.parse(settings.mail_server)
        found[Channel.MAIL] = Mail(server, sender=settings.mail_from)
    return found


async def _forget_orphans(
    vault: FileVault, journal: Transactions[JournalStore], older_than: timedelta
) -> None:
    """Remove the secrets of runs that never came to be, or were over when we were killed."""
    known = set(await vault.known(older_than))
    if known:
        going_on = await journal.read(lambda store: {run.id for run in store.kept(known)})
        for execution in known - going_on:
            await vault.forget(execution)


def _files(settings: Settings, database: Database, back_end: LocalFiles) -> Files:
    grants = SqlTransactions(database, SqlGrants)
    return Files(back_end=back_end, grants=grants, limit=settings.upload_limit)


def _as_it_is(journal: Transactions[JournalStore]) -> Transactions[JournalStore]:
    return journal


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


def _doors(platform: Platform, keys: Keys, files: Files) -> Doors:
    callers = Callers(accounts=platform.accounts, keys=keys)
    attempts = Attempts()

    async def count_workflows() -> int:
        projects = [project.id for project in await list_projects(platform.accounts)]
        found = await platform.catalogue.read(lambda store: store.workflows([*projects, SHARED]))
        return len(found)

    return Doors(
        settings=platform.settings,
        keys=keys,
        rooms=Rooms(
            accounts=BoundAccounts(
                accounts=platform.accounts,
                callers=callers,
                passwords=platform.passwords,
                attempts=attempts,
            ),
            catalogue=BoundCatalogue(
                catalogue=platform.catalogue, wsdls=platform.wsdls, trail=platform.room.trail
            ),
            runs=BoundRuns(platform.room),
            files=BoundFiles(files),
        ),
        authentication=AuthManager(
            accounts=platform.accounts,
            callers=callers,
            passwords=platform.passwords,
            attempts=attempts,
            keys=keys,
            endpoints=endpoints(platform.settings),
            count_workflows=count_workflows,
        ),
        workflow_manager=WorkflowManager(room=platform.room, callers=callers, keys=keys),
        push=PushDoor(platform.room),
        healthy=platform.database.is_alive,
    )
        users=Users(
            accounts=platform.accounts,
            callers=callers,
            passwords=platform.passwords,
            attempts=attempts,
        ),
        projects=Projects(accounts=platform.accounts, callers=callers),
