"""Workflows in the place of services: a run takes the published versions of its start along."""

import json
from dataclasses import replace

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.transactions import MemoryTransactions
from tests.unit.catalogue.test_workflows import ADMIN, ANNA, NOW, WAIT, WAITER

from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import SHARED, from_snapshot, snapshot
from tarry.platform.catalogue.operations import (
    Publication,
    Report,
    Saving,
    import_workflow,
    publish_workflow,
    published,
    retract_workflow,
)
from tarry.platform.catalogue.operations.breaking import damage
from tarry.platform.executions.model.terms import Patience
from tarry.platform.executions.operations.plans import plan_from
from tarry.platform.kernel.model import Caller
from tarry.platform.workflows.errors import WorkflowInvalid
from tarry.platform.workflows.model import (
    Document,
    DocumentInput,
    DocumentOutput,
    Nested,
    Sequence,
    Wire,
)
from tarry.platform.workflows.xml import write


def using(inner: Document, name: str) -> Document:
    """A workflow that does nothing but use another one."""
    use = Nested(
        key="n1",
        workflow=inner.uri,
        inputs={given.name: Wire(given.name) for given in inner.inputs},
        outputs={shown.name: shown.name for shown in inner.outputs},
    )
    return Document(
        uri=f"http://tarry/workflow/{name}.owl#{name}",
        inputs=tuple(DocumentInput(name=given.name, id=given.name) for given in inner.inputs),
        outputs=tuple(DocumentOutput(name=shown.name, id=shown.name) for shown in inner.outputs),
        body=Sequence(nodes=(use,)),
    )


TWICE = using(WAIT, "Twice")
THRICE = using(TWICE, "Thrice")


class World:
    """A catalogue that knows a shared waiter."""

    def __init__(self) -> None:
        store = MemoryCatalogue()
        store.add_service(WAITER)
        self.catalogue = MemoryTransactions[Catalogue](store)

    async def bring(
        self, document: Document, caller: Caller = ANNA, draft: bool = False, shared: bool = False
    ) -> Report:
        saving = Saving(draft=draft, shared=shared)
        return await import_workflow(
            self.catalogue, caller, write(document), clock=lambda: NOW, saving=saving
        )

    async def publish(self, document: Document) -> None:
        await self.bring(document)
        await publish_workflow(self.catalogue, ANNA, document.name)


@pytest.fixture
async def world() -> World:
    made = World()
    for document in (WAIT, TWICE, THRICE):
        await made.publish(document)
    return made


async def test_a_run_gets_the_steps_of_nested_workflows_and_their_services(world: World) -> None:
    found = await published(world.catalogue, ANNA, "Thrice")

    assert [step.key for step in found.document.steps] == ["n1/n1/s1"]
    assert list(found.services) == [WAITER.uri]
    assert {uri: entry.version for uri, entry in found.nested.items()} == {
        TWICE.uri: 1,
        WAIT.uri: 1,
    }


async def test_the_ports_of_a_workflow_follow_from_those_nested_in_it(world: World) -> None:
    found = await published(world.catalogue, ANNA, "Thrice")

    assert found.entry.inputs == WAITER.inputs
    assert found.entry.outputs == WAITER.outputs


async def test_what_a_run_takes_along_survives_as_json(world: World) -> None:
    found = await published(world.catalogue, ANNA, "Thrice")

    assert from_snapshot(json.loads(json.dumps(snapshot(found)))) == found


async def test_a_run_takes_the_published_version_and_not_a_newer_draft(world: World) -> None:
    await world.bring(replace(WAIT, title="Wait longer"), draft=True)

    found = await published(world.catalogue, ANNA, "Twice")
    assert found.nested[WAIT.uri].version == 1

    await publish_workflow(world.catalogue, ANNA, "Wait", Publication(version=2))
    found = await published(world.catalogue, ANNA, "Twice")
    assert found.nested[WAIT.uri].version == 2


async def test_a_workflow_over_one_that_is_retracted_cannot_be_run(world: World) -> None:
    await retract_workflow(world.catalogue, ANNA, "Wait")

    with pytest.raises(WorkflowInvalid, match=f"n1: there is no published workflow {WAIT.uri}"):
        await published(world.catalogue, ANNA, "Twice")


async def test_workflows_that_would_contain_each_other_cannot_be_saved(world: World) -> None:
    circle = replace(using(THRICE, "Wait"), uri=WAIT.uri)

    with pytest.raises(WorkflowInvalid, match="contains itself: Wait → Thrice → Twice → Wait"):
        await world.bring(circle)


async def test_a_shared_workflow_can_be_used_by_every_project() -> None:
    world = World()
    await world.bring(WAIT, ADMIN, shared=True)
    await publish_workflow(world.catalogue, ADMIN, "Wait")
    await world.publish(TWICE)

    found = await published(world.catalogue, ANNA, "Twice")
    assert found.nested[WAIT.uri].project == SHARED


async def test_a_service_that_goes_breaks_the_workflows_around_those_that_use_it(
    world: World,
) -> None:
    found = await world.catalogue.read(lambda store: damage(store, ANNA, WAITER, None))

    assert set(found.published) == {"Wait", "Twice", "Thrice"}


async def test_a_run_is_planned_over_the_steps_of_nested_workflows(world: World) -> None:
    found = await published(world.catalogue, ANNA, "Thrice")

    plan = plan_from(json.loads(json.dumps(snapshot(found))), Patience())

    assert list(plan.steps) == ["n1/n1/s1"]
    assert plan.terms_of(plan.steps["n1/n1/s1"]).operation == WAITER.operation
