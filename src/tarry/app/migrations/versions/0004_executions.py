"""Executions, their journal, step runs and the manager's inbox."""

import sqlalchemy as sa
from alembic import op

from tarry.platform.kernel.adapters.columns import JsonText, RowNumber, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshots",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "executions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("workflow", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("project", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("owner_name", sa.Text, nullable=False),
        sa.Column("snapshot", sa.Text, sa.ForeignKey("snapshots.digest"), nullable=False),
        sa.Column("inputs", JsonText, nullable=False),
        sa.Column("input_ports", JsonText, nullable=False),
        sa.Column("output_ports", JsonText, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("outputs", JsonText, nullable=False),
        sa.Column("failure", JsonText, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=True),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("settled", sa.Boolean, nullable=False),
    )
    op.create_index("executions_of_a_project", "executions", ["project", "created_at"])
    op.create_index(
        "executions_unsettled",
        "executions",
        ["id"],
        sqlite_where=sa.text("NOT settled"),
        postgresql_where=sa.text("NOT settled"),
    )
    _create_journal()
    _create_step_runs()
    op.create_table(
        "inbox",
        sa.Column("id", RowNumber, primary_key=True, autoincrement=True),
        sa.Column("execution", sa.Text, sa.ForeignKey("executions.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", JsonText, nullable=False),
        sqlite_autoincrement=True,
    )


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", RowNumber, primary_key=True, autoincrement=True),
        sa.Column("execution", sa.Text, sa.ForeignKey("executions.id"), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=True),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("data", JsonText, nullable=False),
        sa.UniqueConstraint("execution", "seq", name="journal_is_a_sequence"),
        sqlite_autoincrement=True,
    )


def _create_step_runs() -> None:
    op.create_table(
        "step_runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("execution", sa.Text, sa.ForeignKey("executions.id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("inputs", JsonText, nullable=False),
        sa.Column("outputs", JsonText, nullable=False),
        sa.Column("failure", JsonText, nullable=True),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("progress", sa.Float, nullable=True),
        sa.Column("page_tag", sa.Text, nullable=False),
        sa.Column("page", sa.LargeBinary, nullable=True),
        sa.UniqueConstraint("execution", "number", name="step_runs_are_numbered"),
    )
