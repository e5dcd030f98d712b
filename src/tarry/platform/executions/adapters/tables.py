"""The tables of the executions."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from tarry.platform.kernel.adapters.columns import JsonText, RowNumber, UtcDateTime

metadata = MetaData()

snapshots = Table(
    "snapshots",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("content", Text, nullable=False),
)
"""Documents with their services, each kept once however many executions carry it out."""

executions = Table(
    "executions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_name", Text, nullable=False),
    Column("snapshot", Text, ForeignKey("snapshots.digest"), nullable=False),
    Column("inputs", JsonText, nullable=False),
    Column("input_ports", JsonText, nullable=False),
    Column("output_ports", JsonText, nullable=False),
    Column("state", Text, nullable=False),
    Column("outputs", JsonText, nullable=False),
    Column("failure", JsonText, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=True),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("settled", Boolean, nullable=False),
    Column("resumed_from", Text, nullable=True),
    Column("rerun_of", Text, nullable=True),
    Column("trial", Text, nullable=True),
    Index("executions_of_a_project", "project", "created_at", "id"),
    Index("executions_by_state", "project", "state", "created_at", "id"),
    Index("executions_by_workflow", "project", "workflow", "created_at", "id"),
    Index("executions_by_owner", "project", "owner_name", "created_at", "id"),
    Index(
        "executions_unsettled",
        "id",
        sqlite_where=text("NOT settled"),
        postgresql_where=text("NOT settled"),
    ),
)
"""One row per execution; from `state` to the end what the journal says, for readers."""

journal = Table(
    "journal",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("execution", Text, ForeignKey("executions.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("step", Text, nullable=True),
    Column("format", Integer, nullable=False),
    Column("data", JsonText, nullable=False),
    # Also what stops a second manager: one of the two writes a number that is taken.
    UniqueConstraint("execution", "seq", name="journal_is_a_sequence"),
    sqlite_autoincrement=True,
)
"""What happened, for ever. Its ids only grow, so that a reader can ask for what is newer."""

step_runs = Table(
    "step_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("execution", Text, ForeignKey("executions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("key", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="asynchronous"),
    Column("hears", Boolean, nullable=False, server_default=false()),
    Column("state", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=True),
    Column("inputs", JsonText, nullable=False),
    Column("outputs", JsonText, nullable=False),
    Column("failure", JsonText, nullable=True),
    Column("folder", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("progress", Float, nullable=True),
    Column("page_tag", Text, nullable=False),
    Column("page", LargeBinary, nullable=True),
    Column("retry_at", UtcDateTime, nullable=True),
    Column("taken_from", Text, nullable=True),
    Column("passed_over", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("execution", "number", name="step_runs_are_numbered"),
)
"""One row per step run, overwritten; it holds the newest page, which is never journalled."""

constructs = Table(
    "constructs",
    metadata,
    Column("execution", Text, ForeignKey("executions.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("side", Text, nullable=True),
    Column("count", Integer, nullable=True),
    Column("over", Boolean, nullable=False),
)
"""One row per branch, loop and for-each that an execution has come to, overwritten, for readers."""

inbox = Table(
    "inbox",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("execution", Text, ForeignKey("executions.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", JsonText, nullable=False),
    sqlite_autoincrement=True,
)
"""Letters to the manager; it takes one out in the commit that writes what came of it."""

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    Column("execution", Text, ForeignKey("executions.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("told", JsonText, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=True),
    Column("last_failure", Text, nullable=False),
    Index("subscriptions_of_a_run", "execution"),
    Index(
        "subscriptions_to_tell",
        "next_try_at",
        sqlite_where=text("next_try_at IS NOT NULL"),
        postgresql_where=text("next_try_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
"""Who wants to be told about a run; without a next time there is nothing more to tell."""

requests = Table(
    "requests",
    metadata,
    Column("project", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("execution", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("requests_by_age", "at"),
)
"""Requests for runs that may arrive again, and the run that they were answered with."""

large_values = Table(
    "large_values",
    metadata,
    Column("execution", Text, ForeignKey("executions.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("content", JsonText, nullable=False),
    Index("large_values_by_digest", "digest"),
)
"""Texts that are too large for the rows that mention them, each once for a run."""
