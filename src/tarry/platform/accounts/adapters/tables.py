"""The tables of the accounts."""

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, MetaData, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from tarry.platform.kernel.adapters.columns import UtcDateTime

metadata = MetaData()

projects = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
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
