"""Services and workflows, each with its versions."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import JsonText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("uri", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("project", "name", name="services_name_is_unique"),
    )
    op.create_table(
        "service_versions",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("uri", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("description", JsonText, nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "uri"],
            ["services.project", "services.uri"],
            name="service_versions_of_services",
        ),
    )
    op.create_table(
        "workflows",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("published_version", sa.Integer, nullable=True),
    )
    op.create_table(
        "workflow_versions",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("uri", sa.Text, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("inputs", JsonText, nullable=False),
        sa.Column("outputs", JsonText, nullable=False),
        sa.Column("imported_by", sa.Text, nullable=False),
        sa.Column("imported_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "name"],
            ["workflows.project", "workflows.name"],
            name="workflow_versions_of_workflows",
        ),
    )
