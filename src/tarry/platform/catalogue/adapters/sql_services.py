"""Services in the database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from tarry.platform.catalogue.adapters.searching import services_wanted
from tarry.platform.catalogue.adapters.tables import (
    service_health,
    service_health_changes,
    service_versions,
    services,
)
from tarry.platform.catalogue.errors import Collision
from tarry.platform.catalogue.model import Health, HealthState, ServiceEntry
from tarry.platform.catalogue.model.health import MOST_CHANGES, HealthChange
from tarry.platform.catalogue.model.listing import ALL_VERSIONS, Search, Versions, searchable
from tarry.platform.catalogue.model.snapshots import service_from_json, service_to_json
from tarry.platform.kernel.model import ProjectId

_NEWEST = (
    select(service_versions.c.description)
    .join(
        services,
        and_(
            services.c.project == service_versions.c.project,
            services.c.uri == service_versions.c.uri,
            services.c.version == service_versions.c.version,
        ),
    )
    .where(services.c.retired_at.is_(None))
)


class SqlServices:
    """The services on one connection, in its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def service(
        self, project: ProjectId, uri: str, version: int | None = None
    ) -> ServiceEntry | None:
        """Find a service of this very project by its URI."""
        if version is None:
            return self._one(_NEWEST.where(services.c.project == project, services.c.uri == uri))
        versions = service_versions.c
        return self._one(
            select(versions.description).where(
                versions.project == project, versions.uri == uri, versions.version == version
            )
        )

    def service_named(self, project: ProjectId, name: str) -> ServiceEntry | None:
        """Find a service of this very project by its name."""
        return self._one(_NEWEST.where(services.c.project == project, services.c.name == name))

    def services(self, projects: Collection[ProjectId] | None = None) -> list[ServiceEntry]:
        """Give the services of these projects, or of all, by name."""
        query = _NEWEST if projects is None else _NEWEST.where(services.c.project.in_(projects))
        found = [service_from_json(data) for data in self._connection.scalars(query)]
        # Sorted here: the databases disagree on the order of letters.
        return sorted(found, key=lambda entry: (entry.name, entry.project))

    def find_services(self, scope: Sequence[ProjectId], asked: Search) -> list[ServiceEntry]:
        """Give a piece of the services that are looked for, by name and URI."""
        piece = services_wanted(self._connection, scope, asked).subquery()
        query = select(service_versions.c.description).join(
            piece,
            and_(
                piece.c.project == service_versions.c.project,
                piece.c.uri == service_versions.c.uri,
                piece.c.version == service_versions.c.version,
            ),
        )
        found = [service_from_json(data) for data in self._connection.scalars(query)]
        return sorted(found, key=lambda entry: (entry.name, entry.uri))

    def service_versions(
        self, project: ProjectId, uri: str, versions: Versions = ALL_VERSIONS
    ) -> list[ServiceEntry]:
        """Give versions of a service, newest first, also of a retired one."""
        query = (
            select(service_versions.c.description)
            .where(service_versions.c.project == project, service_versions.c.uri == uri)
            .order_by(service_versions.c.version.desc())
            .limit(versions.limit)
        )
        if versions.before is not None:
            query = query.where(service_versions.c.version < versions.before)
        return [service_from_json(data) for data in self._connection.scalars(query)]

    def add_service(self, entry: ServiceEntry) -> None:
        """Add a version of a service: the first, or the one after the newest; none is retired."""
        key = {"project": entry.project, "uri": entry.uri}
        now = {
            "name": entry.name,
            "version": entry.version,
            "retired_at": None,
            "category": entry.category,
            "company": entry.company,
            "words": searchable(entry),
        }
        try:
            if entry.version == 1:
                self._connection.execute(insert(services).values(**key, **now))
            else:
                self._connection.execute(update(services).where(_is(services, key)).values(**now))
            self._connection.execute(
                insert(service_versions).values(
                    **key, version=entry.version, description=service_to_json(entry)
                )
            )
        except IntegrityError as error:
            raise Collision(what="Service", name=entry.name) from error
        # What was seen of the version before says nothing of this one.
        self._connection.execute(delete(service_health).where(_is(service_health, key)))

    def retire_service(self, project: ProjectId, uri: str, at: datetime) -> None:
        """Let nobody find a service any more; its name is free again."""
        key = {"project": project, "uri": uri}
        self._connection.execute(
            update(services).where(_is(services, key)).values(name=uri, retired_at=at)
        )
        self._connection.execute(delete(service_health).where(_is(service_health, key)))
        changes = service_health_changes
        self._connection.execute(delete(changes).where(_is(changes, key)))

    def healths(
        self,
        projects: Collection[ProjectId] | None = None,
        uris: Collection[str] | None = None,
    ) -> list[Health]:
        """Give what is known of the health of services, of these or of all."""
        query = select(service_health)
        if projects is not None:
            query = query.where(service_health.c.project.in_(projects))
        if uris is not None:
            query = query.where(service_health.c.uri.in_(uris))
        return [_health(row) for row in self._connection.execute(query)]

    def note_health(self, health: Health) -> None:
        """Keep what a look has shown."""
        key = {"project": health.project, "uri": health.uri}
        said = {
            "state": health.state.value,
            "since": health.since,
            "checked_at": health.checked_at,
            "seen_at": health.seen_at,
            "failures": health.failures,
            "reason": health.reason,
            "changes": list(health.changes),
        }
        done = self._connection.execute(
            update(service_health).where(_is(service_health, key)).values(**said)
        )
        if not done.rowcount:
            self._connection.execute(insert(service_health).values(**key, **said))

    def health_changes(
        self, project: ProjectId, uri: str, *, most: int = MOST_CHANGES
    ) -> list[HealthChange]:
        """Give how the health of a service has changed, newest first."""
        query = (
            select(service_health_changes)
            .where(_is(service_health_changes, {"project": project, "uri": uri}))
            .order_by(service_health_changes.c.id.desc())
            .limit(most)
        )
        return [_change(row) for row in self._connection.execute(query)]

    def add_health_change(self, change: HealthChange) -> None:
        """Keep that a service's health has changed; of each service the newest `MOST_CHANGES`."""
        table = service_health_changes
        key = {"project": change.project, "uri": change.uri}
        said = {"at": change.at, "state": change.state.value, "reason": change.reason}
        self._connection.execute(insert(table).values(**key, **said))
        oldest = (
            select(table.c.id)
            .where(_is(table, key))
            .order_by(table.c.id.desc())
            .offset(MOST_CHANGES - 1)
            .limit(1)
            .scalar_subquery()
        )
        self._connection.execute(delete(table).where(_is(table, key), table.c.id < oldest))

    def _one(self, query: Select[Any]) -> ServiceEntry | None:
        data = self._connection.scalars(query).one_or_none()
        return None if data is None else service_from_json(data)


def _is(table: Any, key: dict[str, Any]) -> Any:
    return and_(*(table.c[name] == value for name, value in key.items()))


def _health(row: Row[Any]) -> Health:
    return Health(
        project=ProjectId(row.project),
        uri=row.uri,
        state=HealthState(row.state),
        since=row.since,
        checked_at=row.checked_at,
        seen_at=row.seen_at,
        failures=row.failures,
        reason=row.reason,
        changes=tuple(row.changes),
    )


def _change(row: Row[Any]) -> HealthChange:
    return HealthChange(
        project=ProjectId(row.project),
        uri=row.uri,
        at=row.at,
        state=HealthState(row.state),
        reason=row.reason,
    )
