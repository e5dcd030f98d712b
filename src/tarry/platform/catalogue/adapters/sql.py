"""The catalogue in the database."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, insert, select, update

from tarry.platform.catalogue.adapters.tables import (
    service_versions,
    services,
    workflow_versions,
    workflows,
)
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.snapshots import (
    ports_from_json,
    ports_to_json,
    service_from_json,
    service_to_json,
)
from tarry.platform.kernel.model import ProjectId, UserId

_NEWEST_SERVICES = select(service_versions.c.description).join(
    services,
    and_(
        services.c.project == service_versions.c.project,
        services.c.uri == service_versions.c.uri,
        services.c.version == service_versions.c.version,
    ),
)
_WORKFLOWS = select(workflow_versions, workflows.c.published_version).join(
    workflows,
    and_(
        workflows.c.project == workflow_versions.c.project,
        workflows.c.name == workflow_versions.c.name,
    ),
)
_IS_NEWEST = workflows.c.version == workflow_versions.c.version


class SqlCatalogue:
    """The store on one connection, in its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def service(self, project: ProjectId, uri: str) -> ServiceEntry | None:
        """Find a service of this very project by its URI."""
        return self._service(
            _NEWEST_SERVICES.where(services.c.project == project, services.c.uri == uri)
        )

    def service_named(self, project: ProjectId, name: str) -> ServiceEntry | None:
        """Find a service of this very project by its name."""
        return self._service(
            _NEWEST_SERVICES.where(services.c.project == project, services.c.name == name)
        )

    def services(self, projects: Collection[ProjectId]) -> list[ServiceEntry]:
        """Give the services of these projects, by name."""
        query = _NEWEST_SERVICES.where(services.c.project.in_(projects))
        found = [service_from_json(data) for data in self._connection.scalars(query)]
        # Sorted here: the databases disagree on the order of letters.
        return sorted(found, key=lambda entry: (entry.name, entry.project))

    def add_service(self, entry: ServiceEntry) -> None:
        """Add a version of a service: the first, or the one after the newest."""
        key = {"project": entry.project, "uri": entry.uri}
        now = {"name": entry.name, "version": entry.version}
        if entry.version == 1:
            self._connection.execute(insert(services).values(**key, **now))
        else:
            self._connection.execute(
                update(services)
                .where(services.c.project == entry.project, services.c.uri == entry.uri)
                .values(**now)
            )
        self._connection.execute(
            insert(service_versions).values(
                **key, version=entry.version, description=service_to_json(entry)
            )
        )

    def workflow(
        self, project: ProjectId, name: str, version: int | None = None
    ) -> WorkflowEntry | None:
        """Find a version of a workflow of this very project."""
        which = _IS_NEWEST if version is None else workflow_versions.c.version == version
        query = _WORKFLOWS.where(workflows.c.project == project, workflows.c.name == name, which)
        row = self._connection.execute(query).one_or_none()
        return _workflow(row) if row else None

    def workflows(self, projects: Collection[ProjectId]) -> list[WorkflowEntry]:
        """Give the workflows of these projects, by name."""
        query = _WORKFLOWS.where(workflows.c.project.in_(projects), _IS_NEWEST)
        found = [_workflow(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda entry: (entry.name, entry.project))

    def add_workflow(self, entry: WorkflowEntry) -> None:
        """Add a version of a workflow; what is published stays."""
        key = {"project": entry.project, "name": entry.name}
        if entry.version == 1:
            self._connection.execute(insert(workflows).values(**key, version=1))
        else:
            self._connection.execute(
                update(workflows)
                .where(workflows.c.project == entry.project, workflows.c.name == entry.name)
                .values(version=entry.version)
            )
        self._connection.execute(
            insert(workflow_versions).values(
                **key,
                version=entry.version,
                uri=entry.uri,
                document=entry.document,
                title=entry.title,
                description=entry.description,
                inputs=ports_to_json(entry.inputs),
                outputs=ports_to_json(entry.outputs),
                imported_by=entry.imported_by,
                imported_at=entry.imported_at,
            )
        )

    def publish(self, project: ProjectId, name: str, version: int) -> None:
        """Let runs start from this version from now on."""
        self._connection.execute(
            update(workflows)
            .where(workflows.c.project == project, workflows.c.name == name)
            .values(published_version=version)
        )

    def _service(self, query: Select[Any]) -> ServiceEntry | None:
        data = self._connection.scalars(query).one_or_none()
        return None if data is None else service_from_json(data)


def _workflow(row: Row[Any]) -> WorkflowEntry:
    return WorkflowEntry(
        name=row.name,
        uri=row.uri,
        project=ProjectId(row.project),
        document=bytes(row.document),
        title=row.title,
        description=row.description,
        inputs=ports_from_json(row.inputs),
        outputs=ports_from_json(row.outputs),
        version=row.version,
        published_version=row.published_version,
        imported_by=UserId(row.imported_by),
        imported_at=row.imported_at,
    )
