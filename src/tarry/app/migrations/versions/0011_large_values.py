"""Large values, apart from the rows that mention them."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import JsonText

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "large_values",
        sa.Column("execution", sa.Text, sa.ForeignKey("executions.id"), primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("content", JsonText, nullable=False),
    )
    op.create_index("large_values_by_digest", "large_values", ["digest"])
