"""Accounts in memory and in both databases."""

from collections.abc import Iterator

import pytest
from tests.fakes.account_world import World
from tests.fakes.accounts import MemoryAccounts
from tests.fakes.databases import Databases
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.accounts.adapters.sql import SqlAccounts
from tarry.platform.accounts.interfaces import Accounts
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import Transactions


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def accounts(
    request: pytest.FixtureRequest, databases: Databases
) -> Iterator[Transactions[Accounts]]:
    """The store, empty."""
    if request.param == "memory":
        yield MemoryTransactions[Accounts](MemoryAccounts())
        return
    database = databases.open(request.param)
    yield SqlTransactions[Accounts](database, SqlAccounts)
    database.close()


@pytest.fixture
async def world(accounts: Transactions[Accounts]) -> World:
    """A platform with Anna, who works in the mill."""
    made = World(accounts)
    await made.add("anna", "mill")
    return made
