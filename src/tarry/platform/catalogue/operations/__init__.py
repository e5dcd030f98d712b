"""The catalogue's verbs."""

from tarry.platform.catalogue.operations.services import (
    Registered,
    ServiceRequest,
    list_services,
    register_service,
    show_service,
)
from tarry.platform.catalogue.operations.workflows import (
    Report,
    check_workflow,
    import_workflow,
    list_workflows,
    publish_workflow,
    published,
    show_workflow,
)

__all__ = [
    "Registered",
    "Report",
    "ServiceRequest",
    "check_workflow",
    "import_workflow",
    "list_services",
    "list_workflows",
    "publish_workflow",
    "published",
    "register_service",
    "show_service",
    "show_workflow",
]
