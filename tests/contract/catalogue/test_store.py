"""The catalogue's store keeps its promises, in memory and in both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.databases import Databases
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.catalogue.adapters.sql import SqlCatalogue
from tarry.platform.catalogue.errors import Collision
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import (
    SHARED,
    Correction,
    Health,
    HealthChange,
    HealthState,
    Picture,
    Polling,
    ServiceEntry,
    Told,
    WorkflowEntry,
)
from tarry.platform.catalogue.model.health import MOST_CHANGES
from tarry.platform.kernel.adapters.database import SqlTransactions
from tarry.platform.kernel.interfaces import Transactions
from tarry.platform.kernel.model import ProjectId, UserId

NOW = datetime(2026, 11, 24, 12, 30, 15, 123456, tzinfo=UTC)
OURS, THEIRS = ProjectId("p1"), ProjectId("p2")

SIZE = Port(
    name="size",
    type=PortType.DECIMAL,
    title="Größe",
    default="0.10",
    minimum=Decimal("0.01"),
    maximum=Decimal("1e6"),
    unit="mm",
)
KIND = Port(name="kind", type=PortType.CHOICE, choices=("tet", "hex"), required=False)
SERVICE = ServiceEntry(
    name="Mesher.mesh",
    uri="http://tarry/async/Mesher.owl#mesh_Service",
    wsdl_url="http://127.0.0.1:1/mesher?wsdl",
    operation="mesh",
    kind=Kind.ASYNCHRONOUS,
    project=OURS,
    title="Mesh a part",
    description="many\nlines \x00 and ☃",
    inputs=(SIZE, KIND),
    outputs=(Port(name="mesh", type=PortType.FILE, accept=(".msh",)),),
    remote={"format": 1, "operations": [{"name": "mesh", "inputs": []}]},
    repeatable=True,
    at_most_once=True,
    polling=Polling(first=timedelta(milliseconds=250), slowest=timedelta(seconds=3)),
    told=Told(
        kind=Kind.ASYNCHRONOUS,
        title="Mesh a part",
        category="Meshing",
        company="Größenwahn & Co",
        repeatable=True,
        polling=Polling(first=timedelta(milliseconds=250), slowest=timedelta(seconds=3)),
        corrections={
            "outputs/mesh": Correction(type=PortType.FILE, accept=(".msh",)),
            "inputs/size": Correction(unit="mm", title="", default="0.10"),
        },
    ),
    registered_by=UserId("u1"),
    registered_at=NOW,
)
WORKFLOW = WorkflowEntry(
    name="Demo",
    uri="http://tarry/workflow/Demo.owl#Demo",
    project=OURS,
    document="<workflow URI='#Demo'>☃</workflow>".encode(),
    title="A demo",
    description="of it",
    inputs=(SIZE,),
    outputs=(KIND,),
    imported_by=UserId("u1"),
    imported_at=NOW,
    author="anna",
    comment="☃ first",
)


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


async def add(catalogue: Transactions[Catalogue], *entries: ServiceEntry | WorkflowEntry) -> None:
    def work(store: Catalogue) -> None:
        for entry in entries:
            if isinstance(entry, ServiceEntry):
                store.add_service(entry)
            else:
                store.add_workflow(entry)

    await catalogue.write(work)


async def test_a_service_comes_back_exactly_as_it_was_added(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, SERVICE)

    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri)) == SERVICE
    assert await catalogue.read(lambda store: store.service_named(OURS, "Mesher.mesh")) == SERVICE


async def test_a_service_of_another_project_is_not_found(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, SERVICE)

    assert await catalogue.read(lambda store: store.service(THEIRS, SERVICE.uri)) is None
    assert await catalogue.read(lambda store: store.service_named(THEIRS, SERVICE.name)) is None
    assert await catalogue.read(lambda store: store.services([THEIRS, SHARED])) == []
    assert await catalogue.read(lambda store: store.services([])) == []


async def test_the_newest_version_of_a_service_answers(
    catalogue: Transactions[Catalogue],
) -> None:
    second = replace(SERVICE, version=2, name="Mesher2.mesh", inputs=(KIND,))
    await add(catalogue, SERVICE, second)

    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri)) == second
    assert await catalogue.read(lambda store: store.service_named(OURS, "Mesher2.mesh")) == second
    assert await catalogue.read(lambda store: store.service_named(OURS, "Mesher.mesh")) is None
    assert await catalogue.read(lambda store: store.services([OURS])) == [second]


async def test_services_come_by_name(catalogue: Transactions[Catalogue]) -> None:
    small = replace(SERVICE, name="a", uri="http://tarry/a.owl#a")
    large = replace(SERVICE, name="B", uri="http://tarry/b.owl#b")
    theirs = replace(SERVICE, project=THEIRS)
    shared = replace(SERVICE, project=SHARED)
    await add(catalogue, small, SERVICE, shared, theirs, large)

    found = await catalogue.read(lambda store: store.services([OURS, SHARED]))

    assert found == [large, SERVICE, shared, small]


async def test_two_services_of_a_project_cannot_have_one_name(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, SERVICE)

    with pytest.raises(Collision, match=r"Mesher\.mesh was changed by somebody else"):
        await add(catalogue, replace(SERVICE, uri="http://tarry/other.owl#mesh"))

    assert await catalogue.read(lambda store: store.services([OURS])) == [SERVICE]


async def test_a_version_cannot_be_added_twice(catalogue: Transactions[Catalogue]) -> None:
    await add(catalogue, SERVICE, WORKFLOW)

    with pytest.raises(Collision):
        await add(catalogue, replace(SERVICE, title="other"))
    with pytest.raises(Collision):
        await add(catalogue, replace(WORKFLOW, title="other"))

    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri)) == SERVICE
    assert await catalogue.read(lambda store: store.workflow(OURS, "Demo")) == WORKFLOW


async def test_a_workflow_comes_back_exactly_as_it_was_added(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, WORKFLOW)

    assert await catalogue.read(lambda store: store.workflow(OURS, "Demo")) == WORKFLOW
    assert await catalogue.read(lambda store: store.workflow(OURS, "Demo", 1)) == WORKFLOW
    assert await catalogue.read(lambda store: store.workflow(OURS, "Demo", 2)) is None
    assert await catalogue.read(lambda store: store.workflow(OURS, "demo")) is None
    assert await catalogue.read(lambda store: store.workflow(THEIRS, "Demo")) is None


async def test_what_is_published_stays_when_a_version_is_added(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, WORKFLOW)
    await catalogue.write(lambda store: store.publish(OURS, "Demo", 1, NOW))
    second = replace(WORKFLOW, version=2, title="A better demo", document=b"<workflow/>")
    await add(catalogue, second)

    newest = await catalogue.read(lambda store: store.workflow(OURS, "Demo"))
    first = await catalogue.read(lambda store: store.workflow(OURS, "Demo", 1))

    assert newest == replace(second, published_version=1)
    assert not newest.is_published
    assert first == replace(WORKFLOW, published_version=1, published_at=NOW)
    assert first.is_published


async def test_the_newest_versions_of_workflows_come_by_name(
    catalogue: Transactions[Catalogue],
) -> None:
    second = replace(WORKFLOW, version=2)
    other = replace(WORKFLOW, name="Another")
    await add(catalogue, WORKFLOW, second, other, replace(WORKFLOW, project=THEIRS))

    found = await catalogue.read(lambda store: store.workflows([OURS, SHARED]))

    assert found == [other, second]


async def test_every_version_of_a_service_is_kept(catalogue: Transactions[Catalogue]) -> None:
    second = replace(SERVICE, version=2, title="other")
    await add(catalogue, SERVICE, second)

    found = await catalogue.read(lambda store: store.service_versions(OURS, SERVICE.uri))

    assert found == [second, SERVICE]
    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri, 1)) == SERVICE
    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri, 3)) is None


async def test_a_retired_service_is_found_by_its_version_only_and_gives_up_its_name(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, SERVICE)
    await catalogue.write(lambda store: store.retire_service(OURS, SERVICE.uri, NOW))
    heir = replace(SERVICE, uri="http://tarry/async/Other.owl#mesh_Service")
    await add(catalogue, heir)

    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri)) is None
    assert await catalogue.read(lambda store: store.service_named(OURS, SERVICE.name)) == heir
    assert await catalogue.read(lambda store: store.services([OURS])) == [heir]
    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri, 1)) == SERVICE


async def test_a_retired_service_comes_back_with_its_next_version(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, SERVICE)
    await catalogue.write(lambda store: store.retire_service(OURS, SERVICE.uri, NOW))
    second = replace(SERVICE, version=2)
    await add(catalogue, second)

    assert await catalogue.read(lambda store: store.service(OURS, SERVICE.uri)) == second
    assert await catalogue.read(lambda store: store.service_named(OURS, SERVICE.name)) == second


HEALTH = Health(
    project=OURS,
    uri=SERVICE.uri,
    state=HealthState.CHANGED,
    since=NOW,
    checked_at=NOW + timedelta(seconds=1),
    seen_at=NOW,
    failures=3,
    reason="no answer ☃",
    changes=("the input size is gone",),
)


async def test_the_newest_look_at_a_service_is_kept(catalogue: Transactions[Catalogue]) -> None:
    await add(catalogue, SERVICE, replace(SERVICE, project=THEIRS))
    theirs = replace(HEALTH, project=THEIRS, seen_at=None)
    for health in (replace(HEALTH, state=HealthState.OK), HEALTH, theirs):
        await catalogue.write(lambda store, it=health: store.note_health(it))  # type: ignore[misc]

    assert await catalogue.read(lambda store: store.healths([OURS, SHARED])) == [HEALTH]
    found = await catalogue.read(lambda store: store.healths())
    assert sorted(found, key=lambda one: one.project) == [HEALTH, theirs]


async def test_what_was_seen_of_a_service_says_nothing_of_its_next_version(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, SERVICE)
    await catalogue.write(lambda store: store.note_health(HEALTH))
    await add(catalogue, replace(SERVICE, version=2))

    assert await catalogue.read(lambda store: store.healths([OURS])) == []


async def test_changes_of_health_are_kept_newest_first_and_not_without_end(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, SERVICE, replace(SERVICE, project=THEIRS))
    states = (HealthState.OK, HealthState.AWAY)
    all_ = [
        HealthChange(
            project=OURS,
            uri=SERVICE.uri,
            at=NOW + timedelta(minutes=number),
            state=states[number % 2],
            reason="no answer ☃",
        )
        for number in range(MOST_CHANGES + 3)
    ]
    theirs = replace(all_[0], project=THEIRS)

    def work(store: Catalogue) -> None:
        for change in (theirs, *all_):
            store.add_health_change(change)

    await catalogue.write(work)
    await add(catalogue, replace(SERVICE, version=2))

    found = await catalogue.read(lambda store: store.health_changes(OURS, SERVICE.uri))
    assert found == all_[:2:-1]
    newest = await catalogue.read(lambda store: store.health_changes(OURS, SERVICE.uri, most=1))
    assert newest == all_[-1:]
    await catalogue.write(lambda store: store.retire_service(OURS, SERVICE.uri, NOW))
    assert await catalogue.read(lambda store: store.health_changes(OURS, SERVICE.uri)) == []
    others = await catalogue.read(lambda store: store.health_changes(THEIRS, SERVICE.uri))
    assert others == [theirs]


async def test_a_deleted_draft_is_gone_and_its_number_is_not_given_again(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, WORKFLOW, replace(WORKFLOW, version=2))
    await catalogue.write(lambda store: store.delete_version(OURS, "Demo", 2))

    assert await catalogue.read(lambda store: store.workflow(OURS, "Demo")) == WORKFLOW
    assert await catalogue.read(lambda store: store.workflow_versions(OURS, "Demo")) == [WORKFLOW]
    assert await catalogue.read(lambda store: store.next_version(OURS, "Demo")) == 3
    await add(catalogue, replace(WORKFLOW, version=3))
    found = await catalogue.read(lambda store: store.workflow_versions(OURS, "Demo"))
    assert [entry.version for entry in found] == [3, 1]


async def test_a_workflow_whose_every_version_was_deleted_is_not_there(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, WORKFLOW)
    await catalogue.write(lambda store: store.delete_version(OURS, "Demo", 1))

    assert await catalogue.read(lambda store: store.workflow(OURS, "Demo")) is None
    assert await catalogue.read(lambda store: store.workflows()) == []
    second = replace(WORKFLOW, version=2)
    await add(catalogue, second)
    assert await catalogue.read(lambda store: store.workflow(OURS, "Demo")) == second


async def test_a_publication_can_be_taken_back_and_yet_the_version_is_no_draft(
    catalogue: Transactions[Catalogue],
) -> None:
    await add(catalogue, WORKFLOW)
    later = NOW + timedelta(days=1)
    await catalogue.write(lambda store: store.publish(OURS, "Demo", 1, NOW))
    await catalogue.write(lambda store: store.publish(OURS, "Demo", None, later))

    found = await catalogue.read(lambda store: store.workflow(OURS, "Demo"))
    assert found == replace(WORKFLOW, published_at=NOW)
    await catalogue.write(lambda store: store.publish(OURS, "Demo", 1, later))
    found = await catalogue.read(lambda store: store.workflow(OURS, "Demo"))
    assert found == replace(WORKFLOW, published_version=1, published_at=NOW)


async def test_card_and_picture_belong_to_all_versions_of_a_workflow(
    catalogue: Transactions[Catalogue],
) -> None:
    picture = Picture(media_type="image/png", data=b"\x89PNG\r\n\x1a\n\x00rest")
    await add(catalogue, WORKFLOW)
    await catalogue.write(lambda store: store.label_workflow(OURS, "Demo", "Meshing", "ACME"))
    await catalogue.write(lambda store: store.set_picture(OURS, "Demo", picture))
    second = replace(WORKFLOW, version=2)
    await add(catalogue, second)

    found = await catalogue.read(lambda store: store.workflow(OURS, "Demo"))
    assert found == replace(second, category="Meshing", company="ACME", picture=picture.tag)
    assert await catalogue.read(lambda store: store.picture(OURS, "Demo")) == picture
    await catalogue.write(lambda store: store.set_picture(OURS, "Demo", None))
    assert await catalogue.read(lambda store: store.picture(OURS, "Demo")) is None
