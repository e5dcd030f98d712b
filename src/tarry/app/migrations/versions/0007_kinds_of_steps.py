"""What kind of service a step run uses, and whether messages reach it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "step_runs",
        sa.Column("kind", sa.Text, nullable=False, server_default="asynchronous"),
    )
    op.add_column(
        "step_runs",
        sa.Column("hears", sa.Boolean, nullable=False, server_default=sa.false()),
    )
