"""Who wants to be told about a run, and what they have been told."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import JsonText, RowNumber, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", RowNumber, primary_key=True, autoincrement=True),
        sa.Column("execution", sa.Text, sa.ForeignKey("executions.id"), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("told", JsonText, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", UtcDateTime, nullable=True),
        sa.Column("last_failure", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("subscriptions_of_a_run", "subscriptions", ["execution"])
    op.create_index(
        "subscriptions_to_tell",
        "subscriptions",
        ["next_try_at"],
        sqlite_where=sa.text("next_try_at IS NOT NULL"),
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
