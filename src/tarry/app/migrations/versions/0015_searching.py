"""What the catalogue is searched for, in the rows that are searched."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AT_ONCE = 500

_SERVICES = sa.text(
    "SELECT s.project, s.uri, s.name, v.description FROM services s JOIN service_versions v"
    " ON v.project = s.project AND v.uri = s.uri AND v.version = s.version"
)
_WORKFLOWS = sa.text(
    "SELECT w.project, w.name, v.uri, v.title, v.description, w.category, w.company"
    " FROM workflows w JOIN workflow_versions v"
    " ON v.project = w.project AND v.name = w.name AND v.version = w.version"
)


def upgrade() -> None:
    for table, columns in (
        ("services", ("category", "company", "words")),
        ("workflows", ("words",)),
    ):
        for name in columns:
            column = sa.Column(name, sa.Text, nullable=False, server_default="")
            op.add_column(table, column)
    connection = op.get_bind()
    _fill(
        connection,
        _SERVICES,
        _service,
        "UPDATE services SET words = :words, category = :category, company = :company"
        " WHERE project = :project AND uri = :uri",
    )
    _fill(
        connection,
        _WORKFLOWS,
        _workflow,
        "UPDATE workflows SET words = :words WHERE project = :project AND name = :name",
    )


def _fill(connection: sa.Connection, found: sa.TextClause, read: Any, change: str) -> None:
    rows = [read(row) for row in connection.execute(found)]
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(sa.text(change), rows[start : start + AT_ONCE])


def _service(row: sa.Row[Any]) -> dict[str, str]:
    said = json.loads(row.description)
    told = said.get("told") or {}
    category, company = told.get("category") or "", told.get("company") or ""
    texts = (row.name, said.get("title", ""), said.get("description", ""), category, company)
    return {
        "project": row.project,
        "uri": row.uri,
        "category": category,
        "company": company,
        "words": _words(*texts, row.uri),
    }


def _workflow(row: sa.Row[Any]) -> dict[str, str]:
    texts = (row.name, row.title, row.description, row.category, row.company, row.uri)
    return {"project": row.project, "name": row.name, "words": _words(*texts)}


def _words(*texts: str) -> str:
    return "\n".join(texts).replace("\0", "").casefold()
