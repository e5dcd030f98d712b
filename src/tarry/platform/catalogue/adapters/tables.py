"""The tables of the catalogue.

A row per thing with what is unique about it, and a row per version with what it says. Versions are
only ever added; drafts of workflows may be deleted, as a trial of one keeps what it runs itself.

`words` is what the newest version is found by (`model.listing.searchable`): the database looks
through it, so that a page of a list reads no more rows than it shows.
"""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy import UniqueConstraint as Unique

from tarry.platform.kernel.adapters.columns import JsonText, RowNumber, UtcDateTime

metadata = MetaData()

# The project is no foreign key: that table belongs to another room, and `shared` is not in it.
services = Table(
    "services",
    metadata,
    Column("project", Text, primary_key=True),
    Column("uri", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("retired_at", UtcDateTime, nullable=True),
    Column("category", Text, nullable=False, server_default=""),
    Column("company", Text, nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    # One that is retired has its URI for a name, which no other can have, and so gives its own up.
    Unique("project", "name", name="services_name_is_unique"),
)

service_versions = Table(
    "service_versions",
    metadata,
    Column("project", Text, primary_key=True),
    Column("uri", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("description", JsonText, nullable=False),
    ForeignKeyConstraint(
        ["project", "uri"],
        ["services.project", "services.uri"],
        name="service_versions_of_services",
    ),
)

service_health = Table(
    "service_health",
    metadata,
    Column("project", Text, primary_key=True),
    Column("uri", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=True),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changes", JsonText, nullable=False),
    ForeignKeyConstraint(
        ["project", "uri"],
        ["services.project", "services.uri"],
        name="service_health_of_services",
    ),
)

service_health_changes = Table(
    "service_health_changes",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("project", Text, nullable=False),
    Column("uri", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    ForeignKeyConstraint(
        ["project", "uri"],
        ["services.project", "services.uri"],
        name="service_health_changes_of_services",
    ),
    Index("service_health_changes_of_a_service", "project", "uri", "id"),
    sqlite_autoincrement=True,
)

# `version` is the newest that is there (0: none any more), `last_version` the last number given:
# a number is never given twice, so that nobody takes one draft for another.
workflows = Table(
    "workflows",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("published_version", Integer, nullable=True),
    Column("last_version", Integer, nullable=False, server_default="0"),
    Column("category", Text, nullable=False, server_default=""),
    Column("company", Text, nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
)

workflow_versions = Table(
    "workflow_versions",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("uri", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("inputs", JsonText, nullable=False),
    Column("outputs", JsonText, nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    Column("author", Text, nullable=False, server_default=""),
    Column("comment", Text, nullable=False, server_default=""),
    Column("published_at", UtcDateTime, nullable=True),
    ForeignKeyConstraint(
        ["project", "name"],
        ["workflows.project", "workflows.name"],
        name="workflow_versions_of_workflows",
    ),
)

workflow_pictures = Table(
    "workflow_pictures",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("tag", Text, nullable=False),  # names the picture and changes with it
    Column("media_type", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["project", "name"],
        ["workflows.project", "workflows.name"],
        name="workflow_pictures_of_workflows",
    ),
)

# By the workflow's name as its owner sees it: their project's own, or else the shared one.
favourites = Table(
    "favourites",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("project", Text, primary_key=True),
    Column("workflow", Text, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)
