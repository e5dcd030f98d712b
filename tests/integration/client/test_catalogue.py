"""The calls for services and workflows, against a real catalogue behind the real portal."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fakes.mesher import OFFER, SIZE, URL, offer, text
from tests.fakes.portal_rooms import ADA, MORNING, FakeRooms
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import KEYS, PUBLIC_URL

from tarry.client import Platform, PlatformError
from tarry.contract.ports import Port, PortType
from tarry.platform.catalogue.model import ServiceEntry
from tarry.platform.portal.api.app import build
from tarry.platform.portal.operations import BoundCatalogue
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import read, write

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def fake() -> FakeRooms:
    return FakeRooms()


@pytest.fixture
def platform(fake: FakeRooms) -> Iterator[Platform]:
    fake.wsdls.serve(OFFER)
    real = BoundCatalogue(catalogue=fake.shelf.catalogue, wsdls=fake.wsdls, clock=lambda: MORNING)
    app = build(replace(fake.rooms(), catalogue=real), keys=KEYS, public_url=PUBLIC_URL)
    with serving(app) as address, Platform(address, "token-of-ada") as client:
        yield client


def document(fake: FakeRooms, title: str = "Wait") -> bytes:
    store = fake.shelf.catalogue.store  # type: ignore[attr-defined]
    entry: ServiceEntry = store.service_named(ADA.project, "Mesher.mesh")
    made = one_step("http://tarry/workflow/Wait.owl#Wait", entry.interface())
    return write(replace(made, title=title))


def test_a_service_is_inspected_registered_refreshed_edited_and_retired(
    platform: Platform, fake: FakeRooms
) -> None:
    [offered] = platform.inspect(URL).operations
    assert (offered.operation, offered.problems, offered.registered) == ("mesh", (), "")
    corrections = {"inputs/part": {"type": "file", "accept": [".step"]}}
    made = platform.register_service(URL, "mesh", category="Meshing", corrections=corrections)
    assert made.inputs[0] == Port(name="part", type=PortType.FILE, accept=(".step",))
    assert (made.category, made.health, made.is_new) == ("Meshing", None, True)
    platform.import_workflow(document(fake))
    platform.publish("Wait")
    fake.wsdls.serve(offer((text("part"),), (text("mesh"),)))

    told = platform.refresh_service(made.name, dry_run=True)
    assert [str(change) for change in told.changes] == ["inputs/size: the input size is gone"]
    assert [(one.workflow, one.published) for one in told.breaks] == [("Wait", True)]
    assert told.breaks[0].problems[0].code == "unknown-port"
    assert platform.refresh_service(made.name).version == 2
    assert platform.edit_service(made.name, title="Mesh it").title == "Mesh it"
    assert [one.version for one in platform.service_versions(made.name)] == [3, 2, 1]
    with pytest.raises(PlatformError) as refused:
        platform.retire_service(made.name)
    assert refused.value.code == "in-use"
    assert not platform.retire_service(made.name, dry_run=True).applied
    assert platform.retire_service(made.name, force=True).applied
    assert platform.services() == []


def test_versions_of_a_workflow_are_saved_restored_published_and_deleted(
    platform: Platform, fake: FakeRooms
) -> None:
    platform.register_service(URL, "mesh")
    first = platform.import_workflow(document(fake), comment="first", expected_version=0)
    assert (first.version, first.author, first.comment, first.problems) == (1, "ada", "first", ())
    platform.import_workflow(document(fake, "Two"), expected_version=1)
    with pytest.raises(PlatformError) as refused:
        platform.import_workflow(document(fake, "Three"), expected_version=1)
    assert refused.value.code == "newer-version"

    published = platform.publish("Wait", 1, category="Meshing", company="ACME")
    assert (published.published_version, published.category) == (1, "Meshing")
    assert platform.workflow("Wait", 1).title == "Wait"
    assert read(platform.document("Wait", 2)).title == "Two"
    assert platform.document("Wait", form="json").lstrip().startswith(b"{")
    assert platform.restore("Wait", 1).version == 3
    platform.delete_draft("Wait", 2)
    found = platform.workflow_versions("Wait")
    assert [(one.version, one.draft, one.published) for one in found] == [
        (3, True, False),
        (1, False, True),
    ]
    assert platform.retract("Wait").published_version is None
    assert platform.label_workflow("Wait", company="Other").company == "Other"
    platform.set_picture("Wait", PNG)
    assert platform.picture("Wait") == PNG
    platform.set_picture("Wait", None)
    with pytest.raises(PlatformError):
        platform.picture("Wait")


def test_a_draft_is_saved_with_its_problems(platform: Platform, fake: FakeRooms) -> None:
    platform.register_service(URL, "mesh")
    broken = document(fake).replace(b"mesh_Service", b"gone_Service")
    with pytest.raises(PlatformError):
        platform.import_workflow(broken)
    assert "unknown-service" in {
        one.code for one in platform.import_workflow(broken, draft=True).problems
    }
    assert platform.check_workflow("Wait").problems


def test_long_lists_are_read_to_their_end(platform: Platform, fake: FakeRooms) -> None:
    platform.register_service(URL, "mesh")
    store = fake.shelf.catalogue.store  # type: ignore[attr-defined]
    entry = store.service_named(ADA.project, "Mesher.mesh")
    for number in range(250):
        uri = f"http://acme/async/m{number}.owl#mesh_Service"
        store.add_service(replace(entry, name=f"M{number}.mesh", uri=uri, inputs=(SIZE.port,)))

    found = platform.services()

    assert len(found) == len({one.uri for one in found}) == 251
    assert [one.name for one in platform.services("m17.mesh")] == ["M17.mesh"]
