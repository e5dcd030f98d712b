"""What was decided on the way through documents, attempts at steps, and resumed runs."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("executions", sa.Column("resumed_from", sa.Text, nullable=True))
    op.add_column("executions", sa.Column("rerun_of", sa.Text, nullable=True))
    op.add_column("step_runs", sa.Column("retry_at", UtcDateTime, nullable=True))
    op.add_column("step_runs", sa.Column("taken_from", sa.Text, nullable=True))
    op.add_column(
        "step_runs",
        sa.Column("passed_over", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "constructs",
        sa.Column("execution", sa.Text, sa.ForeignKey("executions.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=True),
        sa.Column("count", sa.Integer, nullable=True),
        sa.Column("over", sa.Boolean, nullable=False),
    )
