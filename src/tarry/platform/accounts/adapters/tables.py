"""The tables of the accounts."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)
from sqlalchemy import UniqueConstraint as Unique

from tarry.platform.kernel.adapters.columns import JsonText, RowNumber, UtcDateTime

metadata = MetaData()

projects = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime, nullable=True),
    Unique("name", name="projects_name_is_unique"),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("administrator", Boolean, nullable=False, server_default=false()),
    Unique("name", name="users_name_is_unique"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id"), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

granted_roles = Table(
    "granted_roles",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("project_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    ForeignKeyConstraint(
        ["user_id", "project_id"],
        ["memberships.user_id", "memberships.project_id"],
        name="granted_roles_to_members",
        ondelete="CASCADE",
    ),
)

sessions = Table(
    "sessions",
    metadata,
    # The token itself is nowhere: who reads the database cannot log in with what stands here.
    Column("token_hash", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

run_tokens = Table(
    "run_tokens",
    metadata,
    Column("execution", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=True),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("project_id", Text, ForeignKey("projects.id"), nullable=False),
    Column("scopes", JsonText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("last_used_at", UtcDateTime, nullable=True),
    Unique("token_hash", name="api_tokens_hash_is_unique"),
    Unique("user_id", "name", name="api_tokens_name_is_unique"),
)

log_in_attempts = Table(
    "log_in_attempts",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Index("ix_log_in_attempts_name", "name", "at"),
    Index("ix_log_in_attempts_address", "address", "at"),
)

# Requests that their senders have named, what they did, and what they were answered with.
named_requests = Table(
    "named_requests",
    metadata,
    Column("project", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("attempt", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status", Integer, nullable=True),
    Column("headers", JsonText, nullable=True),
    Column("body", LargeBinary, nullable=True),
    Index("named_requests_by_age", "at"),
)

audit_trail = Table(
    "audit_trail",
    metadata,
    # No reference to users or projects: the trail outlives them.
    Column("id", RowNumber, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_name", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("project_name", Text, nullable=False),
    Column("api_token", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("facts", JsonText, nullable=False),
    Index("ix_audit_trail_project", "project_id", "id"),
)
