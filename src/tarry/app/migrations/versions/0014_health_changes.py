"""When services were there and when not; it begins with what is known of them now."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import RowNumber, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_health_changes",
        sa.Column("id", RowNumber, primary_key=True, autoincrement=True),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("uri", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["project", "uri"],
            ["services.project", "services.uri"],
            name="service_health_changes_of_services",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "service_health_changes_of_a_service", "service_health_changes", ["project", "uri", "id"]
    )
    op.execute(
        "INSERT INTO service_health_changes (project, uri, at, state, reason)"
        " SELECT project, uri, since, state, reason FROM service_health"
    )
