"""What the executions ask of the rooms below, answered by those rooms' own verbs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.accounts.model.tokens import Keys
from tarry.platform.accounts.operations import close_run_token, open_run_token
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import PublishedWorkflow
from tarry.platform.catalogue.operations import alone, published, version_of
from tarry.platform.executions.interfaces import OldRun, Vault
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller, ExecutionId
from tarry.platform.storage.operations import Files, grant
from tarry.platform.storage.operations.retention import remove_run_files


@dataclass(frozen=True)
class BoundWorkflows:
    """`executions.interfaces.Workflows` on the catalogue."""

    catalogue: Transactions[Catalogue]

    async def published(self, caller: Caller, name: str) -> PublishedWorkflow:
        """Give the published version of a workflow."""
        return await published(self.catalogue, caller, name)

    async def version_of(
        self, caller: Caller, name: str, version: int | None = None
    ) -> PublishedWorkflow:
        """Give a version of a workflow, published or not."""
        return await version_of(self.catalogue, caller, name, version)

    async def alone(self, caller: Caller, service: str) -> PublishedWorkflow:
        """Give a workflow that does nothing but use a service."""
        return await alone(self.catalogue, caller, service)


@dataclass(frozen=True, kw_only=True)
class BoundPermits:
    """`executions.interfaces.Permits` on the accounts, the storage and the vault."""

    accounts: Transactions[Accounts]
    files: Files
    keys: Keys
    vault: Vault
    clock: Clock = utc_now

    async def open(
        self,
        execution: ExecutionId,
        caller: Caller,
        files: Collection[str],
        secrets: Mapping[str, str],
    ) -> None:
        """Let the run read its files first: a token that can do nothing yet harms nobody."""
        await grant(self.files, caller, execution, files, clock=self.clock)
        if secrets:
            await self.vault.keep(execution, secrets)
        await open_run_token(self.accounts, execution, caller, keys=self.keys, clock=self.clock)

    async def close(self, execution: ExecutionId) -> None:
        """End the run's token and forget its secrets; twice does no harm."""
        await self.vault.forget(execution)
        await close_run_token(self.accounts, execution, clock=self.clock)


async def remove_files(accounts: Transactions[Accounts], files: Files, run: OldRun) -> None:
    """Remove the files of a run that is no longer kept."""
    name = await accounts.read(lambda store: store.name_of_project(run.project))
    if name is not None:
        await remove_run_files(files, name, run.id)
