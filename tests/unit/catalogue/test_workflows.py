"""Importing, publishing and finding workflows."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.transactions import MemoryTransactions

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import OF_ADMINISTRATORS, RIGHTS, Role
from tarry.platform.catalogue.errors import NameTaken, NotPublished
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, ServiceEntry, from_snapshot, snapshot
from tarry.platform.catalogue.operations import (
    Publication,
    Report,
    Saving,
    alone,
    check_workflow,
    import_workflow,
    list_workflows,
    publish_workflow,
    published,
    show_workflow,
    version_of,
)
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller, ExecutionId, ProjectId, UserId
from tarry.platform.workflows.errors import DocumentUnreadable, WorkflowInvalid
from tarry.platform.workflows.model import DocumentOutput
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import read, write

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Caller(
    user=UserId("u1"),
    user_name="anna",
    project=ProjectId("p1"),
    project_name="one",
    rights=RIGHTS[Role.DEVELOPER],
)
BERT = replace(ANNA, user=UserId("u2"), project=ProjectId("p2"), project_name="two")
ADMIN = replace(BERT, rights=OF_ADMINISTRATORS)

SECONDS = Port(name="seconds", type=PortType.INTEGER, default="300", unit="s")
WAITER = ServiceEntry(
    name="Waiter.startWaiter",
    uri="http://tarry/async/Waiter.owl#startWaiter_Service",
    wsdl_url="http://127.0.0.1:1/waiter?wsdl",
    operation="startWaiter",
    kind=Kind.ASYNCHRONOUS,
    project=SHARED,
    inputs=(SECONDS,),
    outputs=(Port(name="result"),),
    remote={"format": 1, "operations": []},
    registered_by=UserId("u0"),
    registered_at=NOW,
)
WAIT = one_step("http://tarry/workflow/Wait.owl#Wait", WAITER.interface())


class World:
    """A catalogue that knows a shared waiter, and who acts in it."""

    def __init__(self) -> None:
        store = MemoryCatalogue()
        store.add_service(WAITER)
        self.catalogue = MemoryTransactions[Catalogue](store)

    async def bring(self, data: bytes, caller: Caller = ANNA, **how: Any) -> Report:
        return await import_workflow(
            self.catalogue, caller, data, clock=lambda: NOW, saving=Saving(**how)
        )

    async def change_waiter(self, **facts: object) -> None:
        def work(store: Catalogue) -> None:
            newest = store.service(SHARED, WAITER.uri)
            assert newest is not None
            changed = replace(newest, version=newest.version + 1, **facts)  # type: ignore[arg-type]
            store.add_service(changed)

        await self.catalogue.write(work)


@pytest.fixture
def world() -> World:
    return World()


async def test_an_imported_workflow_can_be_shown_with_its_ports(world: World) -> None:
    report = await world.bring(write(WAIT))

    assert report.is_new
    assert (report.problems, report.notices) == ((), ())
    assert (report.entry.name, report.entry.version) == ("Wait", 1)
    assert report.entry.inputs == (SECONDS,)
    assert report.entry.outputs == (Port(name="result"),)
    assert report.entry.document == write(WAIT)
    assert await show_workflow(world.catalogue, ANNA, "Wait") == report.entry
    assert await list_workflows(world.catalogue, ANNA) == [report.entry]


async def test_a_run_gets_the_document_and_the_services_as_they_are_now(world: World) -> None:
    await world.bring(write(WAIT))
    await publish_workflow(world.catalogue, ANNA, "Wait")
    await world.change_waiter(wsdl_url="http://127.0.0.1:2/waiter?wsdl", inputs=())

    with pytest.raises(WorkflowInvalid, match="no input seconds"):
        await published(world.catalogue, ANNA, "Wait")

    longer = replace(SECONDS, default="9")
    await world.change_waiter(inputs=(longer,))
    found = await published(world.catalogue, ANNA, "Wait")

    assert found.document == WAIT
    assert found.entry.inputs == (longer,)
    assert found.services[WAITER.uri].version == 3
    assert found.services[WAITER.uri].wsdl_url == "http://127.0.0.1:2/waiter?wsdl"


async def test_what_a_run_takes_along_survives_as_json(world: World) -> None:
    await world.bring(write(WAIT))
    await publish_workflow(world.catalogue, ANNA, "Wait")
    found = await published(world.catalogue, ANNA, "Wait")

    assert from_snapshot(json.loads(json.dumps(snapshot(found)))) == found


async def test_a_workflow_that_is_not_published_cannot_be_run(world: World) -> None:
    await world.bring(write(WAIT))

    with pytest.raises(NotPublished, match="Wait is not published: publish it first"):
        await published(world.catalogue, ANNA, "Wait")


async def test_every_version_can_be_tried_out_if_it_has_no_problems(world: World) -> None:
    await world.bring(write(WAIT))
    await publish_workflow(world.catalogue, ANNA, "Wait")
    titled = replace(WAIT, title="Wait well")
    await world.bring(write(titled))
    await world.bring(
        write(replace(WAIT, outputs=(DocumentOutput(name="x", id="none"),))), draft=True
    )

    assert (await version_of(world.catalogue, ANNA, "Wait", 2)).document == titled
    assert (await version_of(world.catalogue, ANNA, "Wait", 1)).entry.is_published
    with pytest.raises(WorkflowInvalid):
        await version_of(world.catalogue, ANNA, "Wait")
    with pytest.raises(NotFound):
        await version_of(world.catalogue, ANNA, "Wait", 9)


async def test_a_service_is_used_alone_by_a_workflow_with_the_same_ports(world: World) -> None:
    found = await alone(world.catalogue, ANNA, WAITER.name)

    assert (found.entry.inputs, found.entry.outputs) == (WAITER.inputs, WAITER.outputs)
    assert (found.entry.project, found.entry.is_published) == (ANNA.project, False)
    assert [step.service for step in found.document.steps] == [WAITER.uri]
    assert from_snapshot(json.loads(json.dumps(snapshot(found)))) == found
    assert snapshot(await alone(world.catalogue, ANNA, WAITER.uri)) == snapshot(found)
    with pytest.raises(NotFound):
        await alone(world.catalogue, ANNA, "Nothing")


async def test_runs_start_from_the_published_version_until_another_is_published(
    world: World,
) -> None:
    await world.bring(write(WAIT))
    await publish_workflow(world.catalogue, ANNA, "Wait")
    report = await world.bring(write(replace(WAIT, title="Better")))

    assert (report.entry.version, report.entry.published_version) == (2, 1)
    assert (await published(world.catalogue, ANNA, "Wait")).entry.title == WAIT.title

    entry = (await publish_workflow(world.catalogue, ANNA, "Wait")).entry

    assert (entry.version, entry.published_version) == (2, 2)
    assert (await published(world.catalogue, ANNA, "Wait")).entry.title == "Better"

    await publish_workflow(world.catalogue, ANNA, "Wait", Publication(version=1))

    assert (await published(world.catalogue, ANNA, "Wait")).entry.version == 1


async def test_importing_the_same_document_again_adds_nothing(world: World) -> None:
    await world.bring(write(WAIT))
    again = await world.bring(write(WAIT))

    assert not again.is_new
    assert again.entry.version == 1


async def test_an_invalid_workflow_is_refused_with_every_problem(world: World) -> None:
    data = write(WAIT).replace(b"Waiter.owl", b"Gone.owl").replace(b'ID="s1io', b'ID="x')

    with pytest.raises(WorkflowInvalid, match=r"no service http://tarry/async/Gone\.owl"):
        await world.bring(data)

    assert await list_workflows(world.catalogue, ANNA) == []


async def test_a_draft_is_kept_with_its_problems_but_not_published(world: World) -> None:
    report = await world.bring(write(WAIT).replace(b"Waiter.owl", b"Gone.owl"), draft=True)

    assert [problem.code for problem in report.problems] == ["unknown-service"]
    checked = await check_workflow(world.catalogue, ANNA, "Wait")
    assert checked.problems == report.problems
    with pytest.raises(WorkflowInvalid):
        await publish_workflow(world.catalogue, ANNA, "Wait")


async def test_what_is_no_document_is_refused(world: World) -> None:
    with pytest.raises(DocumentUnreadable):
        await world.bring(b"<workflow")


async def test_a_document_is_kept_as_it_came_unless_its_encoding_forbids_it(world: World) -> None:
    commented = write(WAIT).replace(b"<services>", b"<!-- why --><services>")
    assert (await world.bring(commented)).entry.document == commented

    text = write(WAIT).decode().replace("UTF-8", "UTF-16")
    recoded = (await world.bring(text.encode("utf-16"))).entry.document
    assert read(recoded) == WAIT
    assert "workflow" in recoded.decode("utf-8")


async def test_unknown_pieces_are_noticed(world: World) -> None:
    report = await world.bring(write(WAIT).replace(b"<services>", b"<colour/><services>"))

    assert [one.code for one in report.notices] == ["unknown-piece"]


async def test_two_workflows_of_a_project_cannot_have_one_name(world: World) -> None:
    await world.bring(write(WAIT))

    with pytest.raises(NameTaken, match="Wait exists already"):
        await world.bring(write(replace(WAIT, uri="http://other/workflow/Wait.owl#Wait")))


async def test_projects_do_not_see_each_others_workflows(world: World) -> None:
    await world.bring(write(WAIT))

    assert await list_workflows(world.catalogue, BERT) == []
    for look in (show_workflow, published, publish_workflow):
        with pytest.raises(NotFound):
            await look(world.catalogue, BERT, "Wait")


async def test_a_shared_workflow_is_seen_by_all_but_published_by_administrators(
    world: World,
) -> None:
    await world.bring(write(WAIT), ADMIN, shared=True)
    assert (await show_workflow(world.catalogue, ANNA, "Wait")).project == SHARED

    with pytest.raises(NotAllowed):
        await publish_workflow(world.catalogue, ANNA, "Wait")
    await publish_workflow(world.catalogue, ADMIN, "Wait")

    assert (await published(world.catalogue, ANNA, "Wait")).entry.project == SHARED


async def test_a_version_that_is_not_there_is_told(world: World) -> None:
    await world.bring(write(WAIT))

    with pytest.raises(NotFound, match="version 2 of workflow Wait"):
        await show_workflow(world.catalogue, ANNA, "Wait", 2)


async def test_the_token_of_a_run_changes_nothing(world: World) -> None:
    run = replace(ANNA, execution=ExecutionId("0" * 32))
    with pytest.raises(NotAllowed):
        await world.bring(write(WAIT), run)
    await world.bring(write(WAIT))
    with pytest.raises(NotAllowed):
        await publish_workflow(world.catalogue, run, "Wait")
