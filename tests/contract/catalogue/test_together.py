"""Several that write the same thing at the same moment, each on a connection of its own."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection
from tests.contract.catalogue.test_store import OURS, SERVICE, WORKFLOW
from tests.fakes.catalogue import MemoryWsdls
from tests.fakes.databases import Databases

from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.errors import NameTaken, NewerVersion
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.offers import Offer, OfferedOperation, OfferedPort
from tarry.platform.catalogue.operations import (
    Registered,
    Report,
    Saving,
    ServiceRequest,
    import_workflow,
    register_service,
    service_versions,
    workflow_versions,
)
from tarry.platform.kernel.adapters.database import Database, SqlTransactions
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Caller, ProjectId, UserId
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import write

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=OURS,
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)
URL = "http://127.0.0.1:1/calculator?wsdl"
ADD = OfferedOperation(
    name="add", inputs=(OfferedPort(port=Port(name="a", type=PortType.DECIMAL)),)
)


class Meeting(SqlCatalogue):
    """A store whose first look waits until the other side has looked as well.

    Both then know the same, and each is about to write something that the other does not expect.
    """

    def __init__(self, connection: Connection, barrier: threading.Barrier) -> None:
        super().__init__(connection)
        self._barrier = barrier

    def service(
        self, project: ProjectId, uri: str, version: int | None = None
    ) -> ServiceEntry | None:
        found = super().service(project, uri, version)
        self._meet()
        return found

    def workflow(
        self, project: ProjectId, name: str, version: int | None = None
    ) -> WorkflowEntry | None:
        found = super().workflow(project, name, version)
        self._meet()
        return found

    def _meet(self) -> None:
        try:
            self._barrier.wait(timeout=20)
        except threading.BrokenBarrierError:
            return  # they have met before
        self._barrier.abort()


@pytest.fixture
def two(databases: Databases) -> Iterator[tuple[Transactions[Catalogue], Transactions[Catalogue]]]:
    """One PostgreSQL database, as two processes see it."""
    url = databases.url("postgresql")
    barrier = threading.Barrier(2)
    both = [Database(url), Database(url)]
    first, second = (
        SqlTransactions[Catalogue](one, lambda connection: Meeting(connection, barrier))
        for one in both
    )
    yield first, second
    for one in both:
        one.close()


def register(
    catalogue: Transactions[Catalogue], *, service: str = "Calculator", uri: str = "", title: str
) -> "asyncio.Future[Registered]":
    offer = Offer(
        url=URL, service=service, operations={"add": ADD}, remote={"format": 1, "operations": []}
    )
    request = ServiceRequest(wsdl_url=URL, operation="add", title=title, uri=uri)
    return asyncio.ensure_future(
        register_service(catalogue, MemoryWsdls(offer), ANNA, request, clock=lambda: NOW)
    )


async def test_two_that_register_one_service_at_once_make_two_versions(
    two: tuple[Transactions[Catalogue], Transactions[Catalogue]],
) -> None:
    done = await asyncio.gather(register(two[0], title="A"), register(two[1], title="B"))

    assert sorted(one.entry.version for one in done) == [1, 2]
    kept = await service_versions(two[0], ANNA, "Calculator.add")
    assert [entry.version for entry in kept] == [2, 1]


async def test_two_that_register_the_very_same_at_once_make_one_version(
    two: tuple[Transactions[Catalogue], Transactions[Catalogue]],
) -> None:
    done = await asyncio.gather(register(two[0], title="A"), register(two[1], title="A"))

    assert sorted(one.is_new for one in done) == [False, True]
    assert len(await service_versions(two[0], ANNA, "Calculator.add")) == 1


async def test_two_that_take_one_name_for_different_services_are_told(
    two: tuple[Transactions[Catalogue], Transactions[Catalogue]],
) -> None:
    done = await asyncio.gather(
        register(two[0], title="A", uri="http://acme/sync/a.owl#add_Service"),
        register(two[1], title="B", uri="http://acme/sync/b.owl#add_Service"),
        return_exceptions=True,
    )

    [refused] = [one for one in done if isinstance(one, BaseException)]
    assert isinstance(refused, NameTaken)


def save(
    catalogue: Transactions[Catalogue], title: str, expected: int | None
) -> "asyncio.Future[Report]":
    document = replace(one_step(WORKFLOW.uri, SERVICE.interface()), title=title)
    saving = Saving(draft=True, expected=expected)
    return asyncio.ensure_future(
        import_workflow(catalogue, ANNA, write(document), clock=lambda: NOW, saving=saving)
    )


async def test_two_that_save_from_one_version_at_once_do_not_cover_each_other(
    two: tuple[Transactions[Catalogue], Transactions[Catalogue]],
) -> None:
    done = await asyncio.gather(save(two[0], "A", 0), save(two[1], "B", 0), return_exceptions=True)

    [refused] = [one for one in done if isinstance(one, BaseException)]
    assert isinstance(refused, NewerVersion)
    assert len(await workflow_versions(two[0], ANNA, "Demo")) == 1


async def test_two_imports_at_once_make_two_versions(
    two: tuple[Transactions[Catalogue], Transactions[Catalogue]],
) -> None:
    await asyncio.gather(save(two[0], "A", None), save(two[1], "B", None))

    kept = await workflow_versions(two[0], ANNA, "Demo")
    assert [entry.version for entry in kept] == [2, 1]
    assert {entry.title for entry in kept} == {"A", "B"}
