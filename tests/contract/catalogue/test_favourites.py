"""Favourites keep their promises, in memory and in both databases."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.contract.catalogue.test_store import NOW, OURS, THEIRS, WORKFLOW
from tests.contract.catalogue.test_together import ANNA
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.databases import Databases
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED
from tarry.platform.catalogue.operations import add_favourite, list_favourites, remove_favourite
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller, ExecutionId, UserId

SHARED_ONE = replace(WORKFLOW, project=SHARED, name="Common", uri="http://tarry/c.owl#Common")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def empty(
    request: pytest.FixtureRequest, databases: Databases
) -> Iterator[Transactions[Catalogue]]:
    if request.param == "memory":
        yield MemoryTransactions[Catalogue](MemoryCatalogue())
        return
    database = databases.open(request.param)
    yield SqlTransactions[Catalogue](database, SqlCatalogue)
    database.close()


@pytest.fixture
async def catalogue(empty: Transactions[Catalogue]) -> Transactions[Catalogue]:
    await empty.write(lambda store: store.add_workflow(WORKFLOW))
    await empty.write(lambda store: store.add_workflow(SHARED_ONE))
    return empty


async def like(catalogue: Transactions[Catalogue], name: str, caller: Caller = ANNA) -> None:
    await add_favourite(catalogue, caller, name, clock=lambda: NOW)


async def test_favourites_come_and_go_as_often_as_one_likes(
    catalogue: Transactions[Catalogue],
) -> None:
    assert await list_favourites(catalogue, ANNA) == []
    for name in ("Demo", "Common", "Demo"):
        await like(catalogue, name)
    assert await list_favourites(catalogue, ANNA) == ["Common", "Demo"]
    for name in ("Demo", "Demo", "Never"):
        await remove_favourite(catalogue, ANNA, name)
    assert await list_favourites(catalogue, ANNA) == ["Common"]


async def test_favourites_are_of_one_person_in_one_project(
    catalogue: Transactions[Catalogue],
) -> None:
    await like(catalogue, "Common")

    assert await list_favourites(catalogue, replace(ANNA, user=UserId("u2"))) == []
    elsewhere = replace(ANNA, project=THEIRS)
    assert await list_favourites(catalogue, elsewhere) == []
    with pytest.raises(NotFound):
        await like(catalogue, "Demo", elsewhere)
    assert ANNA.project == OURS


async def test_only_people_themselves_choose_favourites(
    catalogue: Transactions[Catalogue],
) -> None:
    for program in (
        replace(ANNA, api_token="ci"),
        replace(ANNA, execution=ExecutionId("e1")),
        replace(ANNA, rights=frozenset()),
    ):
        with pytest.raises(NotAllowed):
            await like(catalogue, "Demo", program)
        with pytest.raises(NotAllowed):
            await remove_favourite(catalogue, program, "Demo")
