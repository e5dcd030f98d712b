"""The tables of the catalogue.

A row per thing with what is unique about it, and a row per version with what it says. Versions are
only ever added: a run may have been started from any of them.
"""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy import UniqueConstraint as Unique

from tarry.platform.kernel.adapters.columns import JsonText, UtcDateTime

metadata = MetaData()

# The project is no foreign key: that table belongs to another room, and `shared` is not in it.
services = Table(
    "services",
    metadata,
    Column("project", Text, primary_key=True),
    Column("uri", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
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

workflows = Table(
    "workflows",
    metadata,
    Column("project", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("published_version", Integer, nullable=True),
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
    ForeignKeyConstraint(
        ["project", "name"],
        ["workflows.project", "workflows.name"],
        name="workflow_versions_of_workflows",
    ),
)
