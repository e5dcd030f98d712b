"""Workflows in the database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from tarry.platform.catalogue.adapters.searching import workflows_wanted
from tarry.platform.catalogue.adapters.tables import (
    workflow_pictures,
    workflow_versions,
    workflows,
)
from tarry.platform.catalogue.errors import Collision
from tarry.platform.catalogue.model import Picture, WorkflowEntry
from tarry.platform.catalogue.model.listing import ALL_VERSIONS, Search, Versions, searchable
from tarry.platform.catalogue.model.snapshots import ports_from_json, ports_to_json
from tarry.platform.kernel.model import ProjectId, UserId

_WORKFLOWS = (
    select(
        workflow_versions,
        workflows.c.published_version,
        workflows.c.category,
        workflows.c.company,
        workflow_pictures.c.tag,
    )
    .join(
        workflows,
        and_(
            workflows.c.project == workflow_versions.c.project,
            workflows.c.name == workflow_versions.c.name,
        ),
    )
    .outerjoin(
        workflow_pictures,
        and_(
            workflow_pictures.c.project == workflows.c.project,
            workflow_pictures.c.name == workflows.c.name,
        ),
    )
)
_IS_NEWEST = workflows.c.version == workflow_versions.c.version


class SqlWorkflows:
    """The workflows on one connection, in its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def workflow(
        self, project: ProjectId, name: str, version: int | None = None
    ) -> WorkflowEntry | None:
        """Find a version of a workflow of this very project."""
        which = _IS_NEWEST if version is None else workflow_versions.c.version == version
        query = _WORKFLOWS.where(_is(workflows, project, name), which)
        row = self._connection.execute(query).one_or_none()
        return _workflow(row) if row else None

    def workflows(self, projects: Collection[ProjectId] | None = None) -> list[WorkflowEntry]:
        """Give the workflows of these projects, or of all, by name."""
        query = _WORKFLOWS.where(_IS_NEWEST)
        if projects is not None:
            query = query.where(workflows.c.project.in_(projects))
        found = [_workflow(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda entry: (entry.name, entry.project))

    def find_workflows(self, scope: Sequence[ProjectId], asked: Search) -> list[WorkflowEntry]:
        """Give a piece of the workflows that are looked for, by name."""
        piece = workflows_wanted(self._connection, scope, asked).subquery()
        query = _WORKFLOWS.join(
            piece,
            and_(
                piece.c.project == workflow_versions.c.project,
                piece.c.name == workflow_versions.c.name,
                piece.c.version == workflow_versions.c.version,
            ),
        )
        found = [_workflow(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda entry: entry.name)

    def workflow_versions(
        self, project: ProjectId, name: str, versions: Versions = ALL_VERSIONS
    ) -> list[WorkflowEntry]:
        """Give versions of a workflow, newest first."""
        query = _WORKFLOWS.where(_is(workflows, project, name)).order_by(
            workflow_versions.c.version.desc()
        )
        if versions.before is not None:
            query = query.where(workflow_versions.c.version < versions.before)
        query = query.limit(versions.limit)
        return [_workflow(row) for row in self._connection.execute(query)]

    def next_version(self, project: ProjectId, name: str) -> int:
        """Give the number of the next version: none is ever given twice."""
        query = select(workflows.c.last_version).where(_is(workflows, project, name))
        return (self._connection.scalars(query).one_or_none() or 0) + 1

    def add_workflow(self, entry: WorkflowEntry) -> None:
        """Add a version of a workflow; what is published stays, and so do its card and picture."""
        now = {"version": entry.version, "last_version": entry.version}
        try:
            if entry.version == 1:
                key = {"project": entry.project, "name": entry.name}
                self._connection.execute(insert(workflows).values(**key, **now))
            else:
                self._connection.execute(
                    update(workflows).where(_is(workflows, entry.project, entry.name)).values(**now)
                )
            self._connection.execute(insert(workflow_versions).values(**_columns(entry)))
            self._note_words(entry.project, entry.name)
        except IntegrityError as error:
            raise Collision(what="Workflow", name=entry.name) from error

    def publish(self, project: ProjectId, name: str, version: int | None, at: datetime) -> None:
        """Let runs start from this version from now on, or from none."""
        self._connection.execute(
            update(workflows).where(_is(workflows, project, name)).values(published_version=version)
        )
        if version is not None:
            self._connection.execute(
                update(workflow_versions)
                .where(
                    _is(workflow_versions, project, name),
                    workflow_versions.c.version == version,
                    workflow_versions.c.published_at.is_(None),
                )
                .values(published_at=at)
            )

    def delete_version(self, project: ProjectId, name: str, version: int) -> None:
        """Forget a version of a workflow; that it is a draft the caller has seen to."""
        ours = _is(workflow_versions, project, name)
        self._connection.execute(
            delete(workflow_versions).where(ours, workflow_versions.c.version == version)
        )
        newest = select(func.max(workflow_versions.c.version)).where(ours)
        self._connection.execute(
            update(workflows)
            .where(_is(workflows, project, name))
            .values(version=self._connection.scalars(newest).one() or 0)
        )
        self._note_words(project, name)

    def label_workflow(self, project: ProjectId, name: str, category: str, company: str) -> None:
        """Say where people look for a workflow, and who offers it."""
        self._connection.execute(
            update(workflows)
            .where(_is(workflows, project, name))
            .values(category=category, company=company)
        )
        self._note_words(project, name)

    def picture(self, project: ProjectId, name: str) -> Picture | None:
        """Give the picture of a workflow."""
        query = select(workflow_pictures).where(_is(workflow_pictures, project, name))
        row = self._connection.execute(query).one_or_none()
        return Picture(media_type=row.media_type, data=bytes(row.data)) if row else None

    def set_picture(self, project: ProjectId, name: str, picture: Picture | None) -> None:
        """Give a workflow a picture, or none."""
        ours = _is(workflow_pictures, project, name)
        self._connection.execute(delete(workflow_pictures).where(ours))
        if picture is not None:
            self._connection.execute(
                insert(workflow_pictures).values(
                    project=project,
                    name=name,
                    tag=picture.tag,
                    media_type=picture.media_type,
                    data=picture.data,
                )
            )

    def _note_words(self, project: ProjectId, name: str) -> None:
        """Let a workflow be found by what its newest version and its card say now."""
        newest = self.workflow(project, name)
        words = "" if newest is None else searchable(newest)
        self._connection.execute(
            update(workflows).where(_is(workflows, project, name)).values(words=words)
        )


def _is(table: Any, project: ProjectId, name: str) -> Any:
    return and_(table.c.project == project, table.c.name == name)


def _columns(entry: WorkflowEntry) -> dict[str, Any]:
    return {
        "project": entry.project,
        "name": entry.name,
        "version": entry.version,
        "uri": entry.uri,
        "document": entry.document,
        "title": entry.title,
        "description": entry.description,
        "inputs": ports_to_json(entry.inputs),
        "outputs": ports_to_json(entry.outputs),
        "imported_by": entry.imported_by,
        "imported_at": entry.imported_at,
        "author": entry.author,
        "comment": entry.comment,
    }


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
        author=row.author,
        comment=row.comment,
        published_at=row.published_at,
        category=row.category,
        company=row.company,
        picture=row.tag or "",
    )
