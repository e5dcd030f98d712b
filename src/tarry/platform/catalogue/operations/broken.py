"""Which workflows a changed service breaks."""

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.operations.sight import seen_by, services_of
from tarry.platform.kernel.model import Caller
from tarry.platform.workflows.validation import problems
from tarry.platform.workflows.xml import read


def broken_workflows(store: Catalogue, caller: Caller, uri: str) -> tuple[str, ...]:
    """Give the names of published workflows that use a service and can no longer run."""
    found: list[str] = []
    for newest in store.workflows(seen_by(caller)):
        if newest.published_version is None:
            continue
        entry = store.workflow(newest.project, newest.name, newest.published_version)
        if entry is None:
            continue
        document = read(entry.document)
        if all(step.service != uri for step in document.steps):
            continue
        services = services_of(store, caller, document)
        if problems(document, {known: one.interface() for known, one in services.items()}):
            found.append(entry.name)
    return tuple(found)
