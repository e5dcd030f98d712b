"""Make known to the platform what the services' process serves."""

from collections.abc import Sequence
from dataclasses import dataclass

from tarry.app.platform import Platform
from tarry.app.services import ServiceProcess
from tarry.platform.catalogue.model import ServiceEntry
from tarry.platform.catalogue.operations import (
    Publication,
    ServiceRequest,
    import_workflow,
    publish_workflow,
    register_service,
)
from tarry.platform.kernel.interfaces import utc_now
from tarry.platform.kernel.model import Caller
from tarry.service.model.interface import doors
from tarry.service.model.program import Operation, ProgramFile


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One operation that is served here.

    Attributes:
        alone: it is the only one of its program file.
    """

    program: ProgramFile
    operation: Operation
    wsdl_url: str
    alone: bool


def offered(services: ServiceProcess) -> tuple[Offered, ...]:
    """Tell what a process serves, and at which addresses."""
    return tuple(
        Offered(
            program=served.program,
            operation=operation,
            wsdl_url=f"{services.base_url}{served.context_root}/{door.path}?wsdl",
            alone=len(served.program.operations) == 1,
        )
        for served in services.programs()
        for door in doors(served.program)
        for operation in door.operations
    )


async def register(platform: Platform, caller: Caller, service: Offered) -> ServiceEntry:
    """Register an operation that is being served.

    Raises:
        TarryError: it does not answer, or does not keep the contract.
    """
    request = ServiceRequest(
        wsdl_url=service.wsdl_url,
        operation=service.operation.name,
        title=service.operation.shown_title,
        description=service.operation.description,
    )
    registered = await register_service(
        platform.catalogue, platform.wsdls, caller, request, clock=utc_now
    )
    return registered.entry


async def publish(platform: Platform, caller: Caller, documents: Sequence[bytes]) -> list[str]:
    """Import workflow documents and publish their newest versions; gives their names."""
    names: list[str] = []
    for document in documents:
        report = await import_workflow(platform.catalogue, caller, document, clock=utc_now)
        # What is served here is published whatever else uses it: it comes up, and the log tells.
        insisted = Publication(force=True)
        await publish_workflow(platform.catalogue, caller, report.entry.name, insisted)
        names.append(report.entry.name)
    return names
