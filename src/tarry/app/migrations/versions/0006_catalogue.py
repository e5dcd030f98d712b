"""Retired services and their health; drafts, cards and pictures of workflows."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import JsonText, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("services", sa.Column("retired_at", UtcDateTime, nullable=True))
    for name in ("category", "company"):
        op.add_column("workflows", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column(
        "workflows", sa.Column("last_version", sa.Integer, nullable=False, server_default="0")
    )
    for name in ("author", "comment"):
        column = sa.Column(name, sa.Text, nullable=False, server_default="")
        op.add_column("workflow_versions", column)
    op.add_column("workflow_versions", sa.Column("published_at", UtcDateTime, nullable=True))
    _fill()
    op.create_table(
        "service_health",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("uri", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("checked_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changes", JsonText, nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "uri"],
            ["services.project", "services.uri"],
            name="service_health_of_services",
        ),
    )
    op.create_table(
        "workflow_pictures",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "name"],
            ["workflows.project", "workflows.name"],
            name="workflow_pictures_of_workflows",
        ),
    )


def _fill() -> None:
    """Say of what is there what is known of it."""
    op.execute("UPDATE workflows SET last_version = version")
    # Which older versions were published once nobody wrote down: none of them counts as a draft.
    op.execute(
        "UPDATE workflow_versions SET published_at = imported_at WHERE version <="
        " (SELECT published_version FROM workflows WHERE workflows.project ="
        " workflow_versions.project AND workflows.name = workflow_versions.name)"
    )
