"""The catalogue's verbs."""

from tarry.platform.catalogue.model.listing import Search
from tarry.platform.catalogue.operations.breaking import Break, Damage
from tarry.platform.catalogue.operations.drawing_workflows import Preview, preview_workflow
from tarry.platform.catalogue.operations.favourites import (
    add_favourite,
    list_favourites,
    remove_favourite,
)
from tarry.platform.catalogue.operations.inspecting import Inspected, Inspection, inspect_wsdl
from tarry.platform.catalogue.operations.publishing import (
    Publication,
    Published,
    label_workflow,
    picture_of,
    publish_workflow,
    retract_workflow,
    set_picture,
)
from tarry.platform.catalogue.operations.reporting import Report
from tarry.platform.catalogue.operations.saving import (
    Saving,
    delete_draft,
    import_workflow,
    restore_workflow,
)
from tarry.platform.catalogue.operations.services import (
    Registered,
    ServiceRequest,
    health_history,
    healths,
    list_services,
    register_service,
    service_versions,
    show_service,
)
from tarry.platform.catalogue.operations.shelf import Shelf
from tarry.platform.catalogue.operations.tending import (
    Edit,
    edit_service,
    refresh_service,
    retire_service,
)
from tarry.platform.catalogue.operations.trying import alone, version_of
from tarry.platform.catalogue.operations.workflows import (
    check_workflow,
    list_workflows,
    published,
    show_workflow,
    workflow_versions,
)

__all__ = [
    "Break",
    "Damage",
    "Edit",
    "Inspected",
    "Inspection",
    "Preview",
    "Publication",
    "Published",
    "Registered",
    "Report",
    "Saving",
    "Search",
    "ServiceRequest",
    "Shelf",
    "add_favourite",
    "alone",
    "check_workflow",
    "delete_draft",
    "edit_service",
    "health_history",
    "healths",
    "import_workflow",
    "inspect_wsdl",
    "label_workflow",
    "list_favourites",
    "list_services",
    "list_workflows",
    "picture_of",
    "preview_workflow",
    "publish_workflow",
    "published",
    "refresh_service",
    "register_service",
    "remove_favourite",
    "restore_workflow",
    "retire_service",
    "retract_workflow",
    "service_versions",
    "set_picture",
    "show_service",
    "show_workflow",
    "version_of",
    "workflow_versions",
]
