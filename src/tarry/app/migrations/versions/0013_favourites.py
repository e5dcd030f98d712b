"""Workflows that people like best."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "favourites",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, primary_key=True),
        sa.Column("workflow", sa.Text, primary_key=True),
        sa.Column("since", UtcDateTime, nullable=False),
    )
