"""The catalogue, as a visitor uses it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarry.platform.catalogue import operations
from tarry.platform.catalogue.interfaces import Catalogue, Wsdls
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.operations import (
    Publication,
    Published,
    Registered,
    Report,
    Saving,
    Search,
    ServiceRequest,
)
from tarry.platform.kernel.interfaces import Clock, Transactions, utc_now
from tarry.platform.kernel.model import Caller


@dataclass(frozen=True, kw_only=True)
class BoundCatalogue:
    """`portal.interfaces.Catalogue` on the catalogue's own verbs."""

    catalogue: Transactions[Catalogue]
    wsdls: Wsdls
    clock: Clock = utc_now

    async def services(self, caller: Caller, asked: Search) -> Sequence[ServiceEntry]:
        """List the services that are looked for."""
        return await operations.list_services(self.catalogue, caller, asked)

    async def service(self, caller: Caller, name: str) -> ServiceEntry:
        """Show one service."""
        return await operations.show_service(self.catalogue, caller, name)

    async def register(self, caller: Caller, request: ServiceRequest) -> Registered:
        """Register a service."""
        return await operations.register_service(
            self.catalogue, self.wsdls, caller, request, clock=self.clock
        )

    async def workflows(self, caller: Caller, asked: Search) -> Sequence[WorkflowEntry]:
        """List the workflows that are looked for, newest versions."""
        return await operations.list_workflows(self.catalogue, caller, asked)

    async def workflow(
        self, caller: Caller, name: str, version: int | None = None
    ) -> WorkflowEntry:
        """Show a workflow, its newest version unless another is named."""
        return await operations.show_workflow(self.catalogue, caller, name, version)

    async def published(self, caller: Caller, name: str) -> WorkflowEntry:
        """Show the version of a workflow that runs start from."""
        return (await operations.published(self.catalogue, caller, name)).entry

    async def import_workflow(self, caller: Caller, document: bytes, saving: Saving) -> Report:
        """Bring in a workflow document (XML or JSON)."""
        return await operations.import_workflow(
            self.catalogue, caller, document, clock=self.clock, saving=saving
        )

    async def publish(self, caller: Caller, name: str, publication: Publication) -> Published:
        """Make a version the one that is run."""
        return await operations.publish_workflow(
            self.catalogue, caller, name, publication, clock=self.clock
        )
