"""Requests that may arrive again, and long lists of runs that are looked through quickly."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("execution", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("requests_by_age", "requests", ["at"])
    op.drop_index("executions_of_a_project", "executions")
    newest = ["created_at", "id"]
    op.create_index("executions_of_a_project", "executions", ["project", *newest])
    op.create_index("executions_by_state", "executions", ["project", "state", *newest])
    op.create_index("executions_by_workflow", "executions", ["project", "workflow", *newest])
    op.create_index("executions_by_owner", "executions", ["project", "owner_name", *newest])
