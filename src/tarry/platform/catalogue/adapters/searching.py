"""Looking through the catalogue: the database finds, and cuts out the piece that is shown."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from tarry.platform.catalogue.adapters.tables import services, workflows
from tarry.platform.catalogue.model.listing import Search
from tarry.platform.kernel.adapters.stretches import cut
from tarry.platform.kernel.model import ProjectId

_OWN_SERVICE = services.alias()
_OWN_WORKFLOW = workflows.alias()


def services_wanted(
    connection: Connection, scope: Sequence[ProjectId], asked: Search
) -> Select[Any]:
    """Select the keys of services, by name and URI; a project's own hide the shared ones."""
    rows, own = services.c, _OWN_SERVICE
    hidden = select(own.c.uri).where(
        own.c.project == scope[0], own.c.uri == rows.uri, own.c.retired_at.is_(None)
    )
    query = select(rows.project, rows.uri, rows.version).where(
        _seen(rows.project, scope, hidden.exists()), rows.retired_at.is_(None), *_like(rows, asked)
    )
    return cut(connection, query, asked.stretch, rows.name, rows.uri)


def workflows_wanted(
    connection: Connection, scope: Sequence[ProjectId], asked: Search
) -> Select[Any]:
    """Select the keys of workflows, by name; a project's own hide the shared ones."""
    rows, own = workflows.c, _OWN_WORKFLOW
    hidden = select(own.c.name).where(
        own.c.project == scope[0], own.c.name == rows.name, own.c.version > 0
    )
    query = select(rows.project, rows.name, rows.version).where(
        _seen(rows.project, scope, hidden.exists()), rows.version > 0, *_like(rows, asked)
    )
    return cut(connection, query, asked.stretch, rows.name)


def _seen(
    project: ColumnElement[str], scope: Sequence[ProjectId], hidden: ColumnElement[bool]
) -> ColumnElement[bool]:
    return or_(project == scope[0], and_(project.in_(scope[1:]), ~hidden))


def _like(rows: Any, asked: Search) -> list[ColumnElement[bool]]:
    found = [rows.words.contains(word, autoescape=True) for word in asked.words]
    if asked.category:
        found.append(rows.category == asked.category)
    if asked.company:
        found.append(rows.company == asked.company)
    return found
