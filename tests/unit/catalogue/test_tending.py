"""Registered services are read again, reworded, moved and retired."""

from dataclasses import replace

import pytest
from tests.fakes.catalogue import MemoryWsdls
from tests.fakes.mesher import (
    ADMIN,
    ANNA,
    AS_FILES,
    BERT,
    NOW,
    OFFER,
    SIZE,
    URI,
    URL,
    World,
    messages,
    offer,
    text,
)

from tarry.contract.kinds import Kind
from tarry.contract.ports import Port, PortType
from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.errors import BadServiceAddress, InUse
from tarry.platform.catalogue.model import Told
from tarry.platform.catalogue.model.offers import OfferedOperation, OfferedPort
from tarry.platform.catalogue.operations import (
    Edit,
    Saving,
    edit_service,
    import_workflow,
    inspect_wsdl,
    list_services,
    published,
    refresh_service,
    retire_service,
    service_versions,
)
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import write
from tarry.soap.errors import WsdlUnreadable


@pytest.fixture
def world() -> World:
    return World()


# ── reading again ───────────────────────────────────────────────────────────────────────────────


async def test_a_refresh_without_a_change_adds_no_version(world: World) -> None:
    await world.register(title="Mesh it", category="Meshing")

    registered = await refresh_service(world.shelf, ANNA, "Mesher.mesh")

    assert (registered.is_new, registered.entry.version, registered.changes) == (False, 1, ())


async def test_a_dry_run_tells_everything_and_changes_nothing(world: World) -> None:
    entry = (await world.register()).entry
    await world.bring("Published", entry)
    await world.bring("Draft", entry, publish=False)
    world.wsdls.serve(
        offer(
            (text("size", type=PortType.TEXT), text("kind")),
            (text("mesh", pattern=".+"),),
            "abortService",
        )
    )

    told = await refresh_service(world.shelf, ANNA, "Mesher.mesh", dry_run=True)

    assert (told.applied, told.is_new) == (False, True)
    assert messages(told) == [
        ("", "companion-added", "abortService is new"),
        ("inputs/part", "port-removed", "the input part is gone"),
        ("inputs/size", "port-retyped", "the input size is text, no longer decimal"),
        ("inputs/kind", "port-added", "the input kind is new and has to be given"),
        (
            "outputs/mesh",
            "port-rules",
            "the output mesh has other rules: pattern nothing became .+",
        ),
    ]
    assert [(one.workflow, one.version, one.published) for one in told.damage.breaks] == [
        ("Draft", 1, False),
        ("Published", 1, True),
    ]
    places = {(one.place, one.code) for one in told.damage.breaks[1].problems}
    assert {("s1/part", "unknown-port"), ("s1/kind", "unwired-input")} <= places
    assert await world.show() == entry

    done = await refresh_service(world.shelf, ANNA, "Mesher.mesh")

    assert (done.applied, done.entry.version) == (True, 2)
    assert messages(done) == messages(told)
    assert done.damage == told.damage


async def test_what_was_broken_before_is_not_blamed_on_a_change(world: World) -> None:
    entry = (await world.register()).entry
    unknown = replace(entry.interface(), inputs=(*entry.inputs, Port(name="ghost")))
    broken = write(one_step("http://tarry/workflow/Ghost.owl#Ghost", unknown))
    draft = Saving(draft=True)
    await import_workflow(world.catalogue, ANNA, broken, clock=lambda: NOW, saving=draft)
    world.wsdls.serve(offer((text("part"), SIZE, text("note", required=False)), (text("mesh"),)))

    assert (await refresh_service(world.shelf, ANNA, "Mesher.mesh")).damage.breaks == ()


async def test_a_service_that_is_away_stays_as_it_is(world: World) -> None:
    entry = (await world.register()).entry
    away = replace(world.shelf, wsdls=MemoryWsdls())

    with pytest.raises(WsdlUnreadable):
        await refresh_service(away, ANNA, "Mesher.mesh")

    assert await world.show() == entry


async def test_nobody_refreshes_the_services_of_other_projects(world: World) -> None:
    await world.register()

    with pytest.raises(NotFound):
        await refresh_service(world.shelf, BERT, "Mesher.mesh")


async def test_a_shared_service_is_changed_by_administrators_and_others_are_only_counted(
    world: World,
) -> None:
    entry = (await world.register(ADMIN, shared=True)).entry
    await world.bring("Ours", entry)
    await world.bring("Secret", entry, caller=BERT)
    world.wsdls.serve(offer((SIZE,), (text("mesh"),)))

    with pytest.raises(NotAllowed):
        await refresh_service(world.shelf, ANNA, "Mesher.mesh")
    told = await refresh_service(world.shelf, ADMIN, "Mesher.mesh", dry_run=True)

    assert [one.workflow for one in told.damage.breaks] == ["Ours"]
    assert told.damage.elsewhere == 1


# ── saying other things ─────────────────────────────────────────────────────────────────────────


async def test_what_people_say_of_a_service_can_be_changed_while_it_is_away(world: World) -> None:
    await world.register(title="Mesh it")
    away = replace(world.shelf, wsdls=MemoryWsdls())
    said = Told(title="Mesh a part", category="Meshing", company="ACME", repeatable=True)

    registered = await edit_service(away, ANNA, "Mesher.mesh", Edit(told=said))

    entry = await world.show()
    assert entry.version == registered.entry.version == 2
    assert (entry.title, entry.category, entry.company) == ("Mesh a part", "Meshing", "ACME")
    assert (entry.repeatable, entry.description) == (True, "Meshes.")
    assert [one.code for one in registered.changes] == [
        "repeatable",
        "title",
        "category",
        "company",
    ]


async def test_an_empty_title_lets_the_wsdl_tell_again(world: World) -> None:
    await world.register(title="Mesh it", description="Really.")

    edit = Edit(told=Told(title="", description=""))
    entry = (await edit_service(world.shelf, ANNA, "Mesher.mesh", edit)).entry

    assert (entry.title, entry.description) == ("mesh", "Meshes.")


async def test_what_was_said_before_stays_when_a_service_is_registered_again(
    world: World,
) -> None:
    await world.register(title="Mesh it", category="Meshing", corrections=AS_FILES)

    registered = await world.register(company="ACME")

    entry = registered.entry
    assert (entry.title, entry.category, entry.company) == ("Mesh it", "Meshing", "ACME")
    assert entry.inputs[0].type == PortType.FILE


async def test_the_wsdl_may_move_to_another_address(world: World) -> None:
    await world.register(title="Mesh it")
    moved = replace(OFFER, url="http://127.0.0.1:2/mesher?wsdl")
    world.wsdls.serve(moved)

    registered = await edit_service(world.shelf, ANNA, "Mesher.mesh", Edit(wsdl_url=moved.url))

    assert [one.code for one in registered.changes] == ["address"]
    assert (registered.entry.wsdl_url, registered.entry.title) == (moved.url, "Mesh it")


async def test_a_service_gets_another_uri_only_if_no_published_workflow_needs_it(
    world: World,
) -> None:
    entry = (await world.register()).entry
    await world.bring("Wait", entry)
    new = "http://acme/async/mesher.owl#mesh_Service"

    with pytest.raises(InUse, match="Wait"):
        await edit_service(world.shelf, ANNA, "Mesher.mesh", Edit(uri=new, told=Told(title="X")))
    assert await world.show() == entry

    registered = await edit_service(world.shelf, ANNA, "Mesher.mesh", Edit(uri=new), force=True)

    assert registered.damage.published == ("Wait",)
    assert (await world.show()).uri == new
    with pytest.raises(NotFound):
        await world.show(URI)


async def test_a_uri_that_documents_cannot_use_is_refused(world: World) -> None:
    await world.register()

    with pytest.raises(BadServiceAddress):
        await edit_service(world.shelf, ANNA, "Mesher.mesh", Edit(uri="no uri"))

    assert (await world.show()).uri == URI


# ── letting go ──────────────────────────────────────────────────────────────────────────────────


async def test_a_service_that_published_workflows_use_is_kept(world: World) -> None:
    entry = (await world.register()).entry
    await world.bring("Wait", entry)

    with pytest.raises(InUse, match=r"Mesher\.mesh is used by published workflows: Wait"):
        await retire_service(world.shelf, ANNA, "Mesher.mesh")
    told = await retire_service(world.shelf, ANNA, "Mesher.mesh", dry_run=True)

    assert told.published == ("Wait",)
    assert await world.show() == entry


async def test_what_a_run_took_along_outlives_the_service(world: World) -> None:
    entry = (await world.register()).entry
    await world.bring("Wait", entry)
    taken = await published(world.catalogue, ANNA, "Wait")

    await retire_service(world.shelf, ANNA, "Mesher.mesh", force=True)

    assert taken.services[URI] == entry
    assert await service_versions(world.catalogue, ANNA, URI) == [entry]
    with pytest.raises(NotFound):
        await world.show()


async def test_a_retired_service_comes_back_as_its_next_version(world: World) -> None:
    await world.register()
    await retire_service(world.shelf, ANNA, "Mesher.mesh")

    assert (await world.register()).entry.version == 2
    versions = await service_versions(world.catalogue, ANNA, "Mesher.mesh")
    assert [entry.version for entry in versions] == [2, 1]


# ── a look before ───────────────────────────────────────────────────────────────────────────────


async def test_a_look_tells_what_could_be_registered_and_stores_nothing(world: World) -> None:
    world.wsdls.serve(
        replace(
            OFFER,
            operations={
                **OFFER.operations,
                "add": OfferedOperation(name="add", inputs=(SIZE,), outputs=(text("sum"),)),
                "bad": OfferedOperation(
                    name="bad", inputs=(OfferedPort(port=Port(name="x"), shape="a structure"),)
                ),
            },
        )
    )
    await world.register()

    look = await inspect_wsdl(world.shelf, ANNA, URL)

    assert (look.service, look.companions) == ("Mesher", ("getServiceStatus",))
    mesh, add, bad = look.operations
    assert (mesh.found.kind, mesh.uri, mesh.registered) == (Kind.ASYNCHRONOUS, URI, "Mesher.mesh")
    assert [port.name for port in mesh.found.inputs] == ["part", "size"]
    assert (add.found.kind, add.registered, add.found.violations) == (Kind.SYNCHRONOUS, "", ())
    assert "x is a structure" in bad.found.violations[0]
    assert [entry.name for entry in await list_services(world.catalogue, ANNA)] == ["Mesher.mesh"]


async def test_only_developers_look_at_addresses(world: World) -> None:
    with pytest.raises(NotAllowed):
        await inspect_wsdl(world.shelf, replace(ANNA, rights=RIGHTS[Role.USER]), URL)
