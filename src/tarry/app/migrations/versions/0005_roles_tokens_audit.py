"""Administrators, API tokens, log-ins that failed, and the audit trail."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import JsonText, RowNumber, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("projects", sa.Column("closed_at", UtcDateTime, nullable=True))
    op.add_column(
        "users",
        sa.Column("administrator", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    # Until now an admin of any project could do what only an administrator of the platform may do
    # from now on: nobody loses anything.
    op.execute(
        "UPDATE users SET administrator = true"
        " WHERE id IN (SELECT user_id FROM granted_roles WHERE role = 'admin')"
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("project_id", sa.Text, sa.ForeignKey("projects.id"), nullable=False),
        sa.Column("scopes", JsonText, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=True),
        sa.Column("last_used_at", UtcDateTime, nullable=True),
        sa.UniqueConstraint("token_hash", name="api_tokens_hash_is_unique"),
        sa.UniqueConstraint("user_id", "name", name="api_tokens_name_is_unique"),
    )
    op.create_table(
        "log_in_attempts",
        sa.Column("id", RowNumber, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        sa.Index("ix_log_in_attempts_name", "name", "at"),
        sa.Index("ix_log_in_attempts_address", "address", "at"),
    )
    op.create_table(
        "audit_trail",
        sa.Column("id", RowNumber, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("user_name", sa.Text, nullable=False),
        sa.Column("project_id", sa.Text, nullable=False),
        sa.Column("project_name", sa.Text, nullable=False),
        sa.Column("api_token", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("facts", JsonText, nullable=False),
        sa.Index("ix_audit_trail_project", "project_id", "id"),
    )
