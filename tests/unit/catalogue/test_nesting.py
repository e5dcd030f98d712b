"""Workflows in the place of services: a run takes the published versions of its start along."""

import json
from dataclasses import replace

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.transactions import MemoryTransactions
from tests.unit.catalogue.test_workflows import ADMIN, ANNA, BERT, NOW, WAIT, WAITER

from tarry.platform.catalogue.errors import BreaksOthers
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
from tarry.platform.catalogue.operations.breaking import damage, may_name
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
    await retract_workflow(world.catalogue, ANNA, "Wait", force=True)

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


def without(document: Document, output: str) -> Document:
    """The same workflow, but one of its outputs is gone."""
    kept = tuple(shown for shown in document.outputs if shown.name != output)
    return replace(document, outputs=kept)


async def test_publishing_tells_which_workflows_that_use_it_it_breaks(world: World) -> None:
    gone = WAIT.outputs[0].name
    await world.bring(without(WAIT, gone))
    trial = Publication(dry_run=True)
    told = await publish_workflow(world.catalogue, ANNA, "Wait", trial)

    assert not told.applied
    assert [(one.workflow, one.published) for one in told.damage.breaks] == [
        ("Thrice", True),
        ("Twice", True),
    ]
    assert all(gone in str(one.problems) for one in told.damage.breaks[1:])
    assert (await published(world.catalogue, ANNA, "Wait")).entry.version == 1


async def test_what_would_break_others_is_published_only_if_somebody_insists(world: World) -> None:
    await world.bring(without(WAIT, WAIT.outputs[0].name))
    with pytest.raises(BreaksOthers, match=r"Version 2 of workflow Wait .* Thrice, Twice"):
        await publish_workflow(world.catalogue, ANNA, "Wait")
    assert (await published(world.catalogue, ANNA, "Wait")).entry.version == 1

    done = await publish_workflow(world.catalogue, ANNA, "Wait", Publication(force=True))
    assert (done.applied, done.damage.published) == (True, ("Thrice", "Twice"))
    with pytest.raises(WorkflowInvalid):
        await published(world.catalogue, ANNA, "Twice")
    # What is broken already is not broken again, and whoever mends it is not held up.
    await world.bring(WAIT)
    assert (await publish_workflow(world.catalogue, ANNA, "Wait")).damage.breaks == ()


async def test_a_version_that_breaks_nothing_is_published_as_before(world: World) -> None:
    await world.bring(replace(WAIT, title="Wait longer"))
    done = await publish_workflow(world.catalogue, ANNA, "Wait")
    assert (done.applied, done.damage.breaks) == (True, ())


async def test_a_draft_that_breaks_is_told_and_holds_nothing_up(world: World) -> None:
    for name in ("Thrice", "Twice"):
        await retract_workflow(world.catalogue, ANNA, name)
    await world.bring(without(WAIT, WAIT.outputs[0].name))
    done = await publish_workflow(world.catalogue, ANNA, "Wait")
    assert [(one.workflow, one.published) for one in done.damage.breaks] == [("Twice", False)]


async def test_a_workflow_that_others_use_is_retracted_only_if_somebody_insists(
    world: World,
) -> None:
    with pytest.raises(BreaksOthers, match="The end of workflow Wait"):
        await retract_workflow(world.catalogue, ANNA, "Wait")
    told = await retract_workflow(world.catalogue, ANNA, "Wait", dry_run=True)
    assert (told.applied, told.damage.published) == (False, ("Thrice", "Twice"))
    assert (await published(world.catalogue, ANNA, "Wait")).entry.version == 1
    done = await retract_workflow(world.catalogue, ANNA, "Wait", force=True)
    assert (done.applied, done.entry.published_version) == (True, None)


async def test_what_is_published_in_a_project_can_break_what_used_the_shared_one() -> None:
    world = World()
    await world.bring(WAIT, ADMIN, shared=True)
    await publish_workflow(world.catalogue, ADMIN, "Wait")
    await world.publish(TWICE)
    await world.bring(without(WAIT, WAIT.outputs[0].name))
    with pytest.raises(BreaksOthers, match="Twice"):
        await publish_workflow(world.catalogue, ANNA, "Wait")


async def test_of_other_projects_only_the_number_is_told() -> None:
    world = World()
    await world.bring(WAIT, ADMIN, shared=True)
    await publish_workflow(world.catalogue, ADMIN, "Wait")
    await world.publish(TWICE)
    await world.bring(without(WAIT, WAIT.outputs[0].name), ADMIN, shared=True)
    other = replace(ADMIN, project=BERT.project)
    with pytest.raises(BreaksOthers, match="1 of other projects") as refused:
        await publish_workflow(world.catalogue, other, "Wait")
    assert "Twice" not in str(refused.value)


def test_only_what_may_name_a_thing_is_read_to_see_whether_it_breaks() -> None:
    uri = THRICE.uri
    assert may_name(write(THRICE), {uri})
    assert may_name(write(THRICE), {TWICE.uri})
    assert not may_name(write(TWICE), {uri})
    assert not may_name(b'<?xml version="1.0" encoding="UTF-8"?>' + write(TWICE)[-50:], {uri})
    # where it may be written in another way, it has to be read
    assert may_name(b"<workflow URI='http:&#47;&#47;'/>", {uri})
    assert may_name(b"<?xml version='1.0' encoding='UTF-7'?><workflow/>", {uri})
    assert may_name("<workflow/>".encode("utf-16-le"), {uri})
    assert may_name(b"<workflow/>", {"http://a/b?c&d#E"})
    assert may_name(b"<workflow/>", {"http://a/\u00e9#E"})
