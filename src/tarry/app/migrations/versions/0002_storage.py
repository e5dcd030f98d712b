"""The files that a run may read beside its own."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_grants",
        sa.Column("execution", sa.Text, primary_key=True),
        sa.Column("uri", sa.Text, primary_key=True),
        sa.Column("granted_at", UtcDateTime, nullable=False),
    )
