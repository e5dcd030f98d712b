"""Favourites in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from tarry.platform.catalogue.adapters.tables import favourites
from tarry.platform.kernel.model import ProjectId, UserId


class SqlFavourites:
    """The favourites on one connection, in its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def favourites(self, user: UserId, project: ProjectId) -> set[str]:
        """Give the names of the workflows that somebody likes best in a project."""
        query = select(favourites.c.workflow).where(_of(user, project))
        return set(self._connection.scalars(query))

    def add_favourite(self, user: UserId, project: ProjectId, name: str, at: datetime) -> None:
        """Note that somebody likes a workflow; that may have been known."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        row = {"owner": user, "project": project, "workflow": name, "since": at}
        self._connection.execute(dialect.insert(favourites).on_conflict_do_nothing(), row)

    def remove_favourite(self, user: UserId, project: ProjectId, name: str) -> None:
        """Note that somebody no longer likes a workflow; that may have been known."""
        self._connection.execute(
            delete(favourites).where(_of(user, project), favourites.c.workflow == name)
        )


def _of(user: UserId, project: ProjectId) -> Any:
    return and_(favourites.c.owner == user, favourites.c.project == project)
