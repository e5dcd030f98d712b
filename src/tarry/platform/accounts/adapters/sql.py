"""Accounts in the database."""

from sqlalchemy import Connection

from tarry.platform.accounts.adapters.sql_people import SqlPeople
from tarry.platform.accounts.adapters.sql_records import SqlRecords
from tarry.platform.accounts.adapters.sql_tokens import SqlTokens


class SqlAccounts(SqlPeople, SqlTokens, SqlRecords):
    """The accounts, in the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
