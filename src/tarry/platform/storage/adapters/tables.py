"""The table of the grants: which files a run may read beside its own."""

from sqlalchemy import Column, MetaData, Table, Text

from tarry.platform.kernel.adapters.columns import UtcDateTime

metadata = MetaData()

file_grants = Table(
    "file_grants",
    metadata,
    Column("execution", Text, primary_key=True),
    Column("uri", Text, primary_key=True),
    Column("granted_at", UtcDateTime, nullable=False),
)
