"""Long lists of services and workflows are searched and cut by the store, on every store."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from tests.contract.catalogue.test_store import NOW, OURS, SERVICE, THEIRS, WORKFLOW
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.counting import Counting
from tests.fakes.databases import Databases
from tests.fakes.transactions import MemoryTransactions

from tarry.platform.catalogue.adapters import tables
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, Health, HealthState, ServiceEntry, WorkflowEntry
from tarry.platform.catalogue.model.listing import Search
from tarry.platform.catalogue.model.snapshots import service_to_json
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import Stretch

SCOPE = (OURS, SHARED)
MANY = 5_000


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def catalogue(
    request: pytest.FixtureRequest, databases: Databases
) -> Iterator[Transactions[Catalogue]]:
    if request.param == "memory":
        yield MemoryTransactions[Catalogue](MemoryCatalogue())
        return
    database = databases.open(request.param)
    yield SqlTransactions[Catalogue](database, SqlCatalogue)
    database.close()


def service(name: str, uri: str = "", **facts: Any) -> ServiceEntry:
    said = {"category": facts.pop("category", ""), "company": facts.pop("company", "")}
    told = replace(SERVICE.told, **said)
    blank = {"title": "", "description": ""} | facts
    return replace(SERVICE, name=name, uri=uri or f"http://s/{name}.owl#{name}", told=told, **blank)


def workflow(name: str, **facts: Any) -> WorkflowEntry:
    return replace(WORKFLOW, name=name, uri=f"http://w/{name}.owl#{name}", title=name, **facts)


async def keep(
    catalogue: Transactions[Catalogue], entries: Iterable[ServiceEntry | WorkflowEntry]
) -> None:
    def work(store: Catalogue) -> None:
        for entry in entries:
            if isinstance(entry, ServiceEntry):
                store.add_service(entry)
            else:
                store.add_workflow(entry)

    await catalogue.write(work)


async def services(catalogue: Transactions[Catalogue], **asked: Any) -> list[str]:
    found = await catalogue.read(lambda store: store.find_services(SCOPE, Search(**asked)))
    return [entry.name for entry in found]


async def workflows(catalogue: Transactions[Catalogue], **asked: Any) -> list[str]:
    found = await catalogue.read(lambda store: store.find_workflows(SCOPE, Search(**asked)))
    return [entry.name for entry in found]


async def test_pieces_follow_each_other_in_one_order_everywhere(
    catalogue: Transactions[Catalogue],
) -> None:
    names = ["b", "B", "a", "ä", "Z", "a b", "a.b", "ß", "☃", "𝄞"]
    await keep(catalogue, [*map(service, names), *map(workflow, names)])

    for listed in (services, workflows):
        seen: list[str] = []
        while piece := await listed(
            catalogue, stretch=Stretch(after=seen[-1] if seen else "", after_id="~", limit=3)
        ):
            seen += piece
        assert seen == sorted(names)


async def test_a_piece_begins_between_two_of_one_name(catalogue: Transactions[Catalogue]) -> None:
    shared = replace(service("same", "http://s/2"), project=SHARED)
    await keep(catalogue, [service("same", "http://s/1"), shared])

    async def uris(**place: Any) -> list[str]:
        asked = Search(stretch=Stretch(limit=1, **place))
        found = await catalogue.read(lambda store: store.find_services(SCOPE, asked))
        return [entry.uri for entry in found]

    assert await uris() == ["http://s/1"]
    assert await uris(after="same", after_id="http://s/1") == ["http://s/2"]
    assert await uris(after="same", after_id="http://s/2") == []


async def test_all_words_have_to_be_there_in_any_case_and_place(
    catalogue: Transactions[Catalogue],
) -> None:
    await keep(
        catalogue,
        [
            service("Mesh", title="Vernetzung GROẞ", description="of 100%_\x00", category="M"),
            service("Solve", title="Solver", company="ACME"),
        ],
    )

    assert await services(catalogue, text="groß VERNETZUNG") == ["Mesh"]
    assert await services(catalogue, text="acme") == ["Solve"]
    assert await services(catalogue, text="mesh acme") == []
    assert await services(catalogue, text="0%_") == ["Mesh"]
    assert await services(catalogue, text="0%_x") == []
    assert await services(catalogue, text="_esh") == []
    assert await services(catalogue, text="mesh.owl \x00") == ["Mesh"]
    assert await services(catalogue, category="M") == ["Mesh"]
    assert await services(catalogue, category="M", company="ACME") == []


async def test_what_is_said_later_is_what_is_found(catalogue: Transactions[Catalogue]) -> None:
    await keep(catalogue, [workflow("Demo", description="old words"), service("One", title="Old")])
    await keep(
        catalogue,
        [
            workflow("Demo", description="newer words", version=2),
            replace(service("One", title="Newer"), version=2),
        ],
    )
    assert await workflows(catalogue, text="old") == []
    assert await services(catalogue, text="old") == []
    assert await services(catalogue, text="newer") == ["One"]

    await catalogue.write(lambda store: store.label_workflow(OURS, "Demo", "Bridges", "ACME"))
    assert await workflows(catalogue, text="newer acme bridges", company="ACME") == ["Demo"]
    await catalogue.write(lambda store: store.delete_version(OURS, "Demo", 2))
    assert await workflows(catalogue, text="old acme") == ["Demo"]
    await catalogue.write(lambda store: store.delete_version(OURS, "Demo", 1))
    assert await workflows(catalogue) == []


async def test_what_a_project_has_itself_hides_what_is_shared(
    catalogue: Transactions[Catalogue],
) -> None:
    own, shared = service("Own", "http://s/1"), service("Shared", "http://s/1")
    own_flow = workflow("Demo", description="own")
    await keep(
        catalogue,
        [
            own,
            replace(shared, project=SHARED),
            replace(service("Foreign"), project=THEIRS),
            own_flow,
            replace(own_flow, project=SHARED, description="shared"),
            replace(workflow("Foreign"), project=THEIRS),
        ],
    )
    assert await services(catalogue) == ["Own"]
    assert await services(catalogue, text="shared") == []
    assert await workflows(catalogue) == ["Demo"]
    assert await workflows(catalogue, text="shared") == []

    await catalogue.write(lambda store: store.retire_service(OURS, "http://s/1", NOW))
    await catalogue.write(lambda store: store.delete_version(OURS, "Demo", 1))
    assert await services(catalogue) == ["Shared"]
    assert await workflows(catalogue, text="shared") == ["Demo"]


def fill(connection: Connection, numbers: list[str]) -> None:
    """Keep services and workflows by the thousand, quicker than one by one."""
    key = {"project": OURS, "version": 1}
    one, other = service("00000"), workflow("00000")
    for table, rows in (
        (
            tables.services,
            [
                {"uri": f"http://s/{n}", "name": n, "words": "odd" * (int(n) % 2)} | key
                for n in numbers
            ],
        ),
        (
            tables.service_versions,
            [
                {
                    "uri": f"http://s/{n}",
                    "description": service_to_json(replace(one, name=n, uri=f"http://s/{n}")),
                }
                | key
                for n in numbers
            ],
        ),
        (tables.workflows, [{"name": n, "last_version": 1} | key for n in numbers]),
        (
            tables.workflow_versions,
            [
                {
                    "name": n,
                    "uri": other.uri,
                    "document": other.document,
                    "title": "",
                    "description": "",
                    "inputs": [],
                    "outputs": [],
                    "imported_by": "u1",
                    "imported_at": NOW,
                }
                | key
                for n in numbers
            ],
        ),
    ):
        connection.execute(insert(table), rows)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_page_of_a_long_list_reads_what_it_shows(databases: Databases, kind: str) -> None:
    database = databases.open(kind)
    numbers = [f"{number:05}" for number in range(MANY)]
    try:
        await database.write(lambda connection: fill(connection, numbers))
        catalogue = SqlTransactions[Catalogue](database, SqlCatalogue)
        seen: dict[str, Any] = {"state": HealthState.OK, "since": NOW, "checked_at": NOW}

        def watched(store: Catalogue) -> None:
            for n in numbers[:50]:
                store.note_health(Health(project=OURS, uri=f"http://s/{n}", **seen))

        await catalogue.write(watched)

        def work(connection: Connection) -> None:
            counting = Counting(connection)
            store = SqlCatalogue(counting)  # type: ignore[arg-type]
            stretch = Stretch(after="04000", after_id="~", limit=21)
            found = store.find_services(SCOPE, Search(stretch=stretch))
            assert [entry.name for entry in found] == numbers[4001:4022]
            odd = store.find_services(SCOPE, Search(text="odd", stretch=stretch))
            assert [entry.name for entry in odd] == numbers[4001:4042:2]
            flows = store.find_workflows(SCOPE, Search(stretch=stretch))
            assert [entry.name for entry in flows] == numbers[4001:4022]
            assert counting.rows == 63
            healths = store.healths(SCOPE, [f"http://s/{n}" for n in numbers[:5]])
            assert (len(healths), counting.rows) == (5, 68)

        await database.read(work)
    finally:
        database.close()
