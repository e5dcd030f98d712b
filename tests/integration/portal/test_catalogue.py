"""Services and workflows over REST: looks, refreshes, edits, versions, drafts, pictures."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.fakes.mesher import OFFER, SIZE, URL, offer, text
from tests.fakes.portal_rooms import ADA, MORNING, FakeRooms
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor
from tests.integration.portal.test_rest import problem
from tests.unit.catalogue.test_nesting import using

from tarry.platform.catalogue.model import Health, HealthState, ServiceEntry
from tarry.platform.catalogue.model.health import change_to
from tarry.platform.portal.api.app import build
from tarry.platform.portal.operations import BoundCatalogue
from tarry.platform.workflows import json_form
from tarry.platform.workflows.operations import one_step
from tarry.platform.workflows.xml import read, write

ORDER = {
    "wsdl": URL,
    "operation": "mesh",
    "category": "Meshing",
    "corrections": {"inputs/part": {"type": "file", "accept": [".step"]}},
}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
API = "/api/v1"


@pytest.fixture
def url(fake: FakeRooms) -> Iterator[str]:
    """The address of a portal with a real catalogue behind it."""
    fake.wsdls.serve(OFFER)
    real = BoundCatalogue(catalogue=fake.shelf.catalogue, wsdls=fake.wsdls, clock=lambda: MORNING)
    rooms = replace(fake.rooms(), catalogue=real)
    with serving(build(rooms, keys=KEYS, public_url=PUBLIC_URL)) as address:
        yield address


def registered(ada: Visitor) -> dict[str, object]:
    answer = ada.post(f"{API}/services", json=ORDER)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def document(fake: FakeRooms, title: str = "Wait") -> bytes:
    store = fake.shelf.catalogue.store  # type: ignore[attr-defined]
    entry: ServiceEntry = store.service_named(ADA.project, "Mesher.mesh")
    made = one_step("http://tarry/workflow/Wait.owl#Wait", entry.interface())
    return write(replace(made, title=title))


def test_a_wsdl_is_looked_at_before_anything_is_registered(ada: Visitor) -> None:
    look = ada.post(f"{API}/services/inspect", json={"wsdl": URL}).json()

    assert (look["service"], look["companions"]) == ("Mesher", ["getServiceStatus"])
    [mesh] = look["operations"]
    assert (mesh["operation"], mesh["kind"], mesh["problems"]) == ("mesh", "asynchronous", [])
    assert [port["name"] for port in mesh["inputs"]] == ["part", "size"]
    assert ada.get(f"{API}/services").json() == {"items": [], "next": ""}
    away = ada.post(f"{API}/services/inspect", json={"wsdl": "http://127.0.0.1:1/x?wsdl"})
    assert problem(away) == (422, "wsdl-unreadable")


def test_a_registration_says_more_of_the_ports_than_the_wsdl(ada: Visitor) -> None:
    service = registered(ada)

    assert service["inputs"] == [
        {"name": "part", "type": "file", "accept": [".step"]},
        {"name": "size", "type": "decimal"},
    ]
    assert service["category"] == "Meshing"
    bad = ORDER | {"corrections": {"inputs/size": {"type": "file"}}}
    assert problem(ada.post(f"{API}/services", json=bad)) == (422, "bad-correction")


def test_a_refresh_is_told_before_it_is_done(ada: Visitor, fake: FakeRooms) -> None:
    registered(ada)
    ada.post(f"{API}/workflows", data=document(fake))
    ada.post(f"{API}/workflows/Wait/publish")
    fake.wsdls.serve(offer((SIZE,), (text("mesh"),)))

    told = ada.post(f"{API}/services/Mesher.mesh/refresh?dry_run=true").json()

    assert (told["applied"], told["is_new"]) == (False, True)
    assert told["changes"] == [
        {"place": "inputs/part", "code": "port-removed", "message": "the input part is gone"}
    ]
    [broken] = told["breaks"]
    assert (broken["workflow"], broken["version"], broken["published"]) == ("Wait", 1, True)
    assert broken["problems"][0]["place"] == "s1/part"
    assert ada.get(f"{API}/services/Mesher.mesh").json()["version"] == 1
    done = ada.post(f"{API}/services/Mesher.mesh/refresh").json()
    assert (done["applied"], done["version"]) == (True, 2)
    assert "inputs/part: there is no such port" in done["notices"][-1]
    found = ada.get(f"{API}/services/Mesher.mesh/versions").json()["items"]
    assert [one["version"] for one in found] == [2, 1]
    checked = ada.get(f"{API}/workflows/Wait/check").json()
    assert [one["code"] for one in checked["problems"]] == ["unknown-port"]


def test_what_is_said_of_a_service_is_edited(ada: Visitor) -> None:
    registered(ada)
    order = {"title": "Mesh it", "company": "ACME", "corrections": {"inputs/part": {}}}

    answer = ada.call("PATCH", f"{API}/services/Mesher.mesh", json=order)

    service = answer.json()
    assert (service["title"], service["company"], service["category"]) == (
        "Mesh it",
        "ACME",
        "Meshing",
    )
    assert service["inputs"][0] == {"name": "part", "type": "string"}
    assert service["corrections"] == {}
    wrong = ada.call("PATCH", f"{API}/services/Mesher.mesh", json={"titel": "x"})
    assert problem(wrong) == (422, "invalid-request")


def test_a_service_in_use_is_retired_only_by_force(ada: Visitor, fake: FakeRooms) -> None:
    registered(ada)
    ada.post(f"{API}/workflows", data=document(fake))
    ada.post(f"{API}/workflows/Wait/publish")

    told = ada.call("DELETE", f"{API}/services/Mesher.mesh?dry_run=true").json()
    assert (told["applied"], [one["workflow"] for one in told["breaks"]]) == (False, ["Wait"])
    assert problem(ada.call("DELETE", f"{API}/services/Mesher.mesh")) == (409, "in-use")
    done = ada.call("DELETE", f"{API}/services/Mesher.mesh?force=true")
    assert done.json()["applied"] is True
    assert problem(ada.get(f"{API}/services/Mesher.mesh")) == (404, "not-found")


def test_the_health_of_a_service_is_shown(ada: Visitor, fake: FakeRooms) -> None:
    service = registered(ada)
    assert service["health"] is None
    health = Health(
        project=ADA.project,
        uri=str(service["uri"]),
        state=HealthState.AWAY,
        since=MORNING,
        checked_at=MORNING + timedelta(minutes=5),
        failures=2,
        reason="connection refused",
    )
    fake.shelf.catalogue.store.note_health(health)  # type: ignore[attr-defined]

    [listed] = ada.get(f"{API}/services").json()["items"]

    assert listed["health"] == {
        "state": "away",
        "since": "2026-11-24T09:00:00Z",
        "checked_at": "2026-11-24T09:05:00Z",
        "seen_at": None,
        "reason": "connection refused",
        "changes": [],
    }
    assert ada.get(f"{API}/services/Mesher.mesh").json()["health"] == listed["health"]
    assert ada.get(f"{API}/services/Mesher.mesh/health").json() == {"items": []}
    change = change_to(health, None)
    fake.shelf.catalogue.store.add_health_change(change)  # type: ignore[attr-defined]
    [told] = ada.get(f"{API}/services/Mesher.mesh/health").json()["items"]
    assert told == {
        "at": "2026-11-24T09:05:00Z",
        "state": "away",
        "reason": "connection refused",
    }
    assert problem(ada.get(f"{API}/services/Nobody/health")) == (404, "not-found")


def test_lists_come_in_pages_and_are_searched(ada: Visitor) -> None:
    for number in range(5):
        uri = f"http://acme/async/mesher{number}.owl#mesh_Service"
        order = ORDER | {"uri": uri, "category": "Odd" if number % 2 else "Even"}
        made = ada.post(f"{API}/services", json=order)
        if number:  # names of one project differ
            assert problem(made) == (409, "name-taken")
    first = ada.get(f"{API}/services?limit=1&q=mesh").json()
    assert (len(first["items"]), first["next"]) == (1, "")
    assert ada.get(f"{API}/services?category=Odd").json()["items"] == []
    assert problem(ada.get(f"{API}/services?after=nonsense")) == (422, "bad-place")
    assert problem(ada.get(f"{API}/services?limit=0")) == (422, "invalid-request")


def test_a_save_names_the_version_that_it_starts_from(ada: Visitor, fake: FakeRooms) -> None:
    registered(ada)
    new = {"If-None-Match": "*"}
    made = ada.post(f"{API}/workflows?comment=first", data=document(fake), headers=new)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert problem(ada.post(f"{API}/workflows", data=document(fake, "Other"), headers=new)) == (
        412,
        "newer-version",
    )
    tag = {"If-Match": ada.get(f"{API}/workflows/Wait").headers["ETag"]}
    second = ada.post(f"{API}/workflows", data=document(fake, "Two"), headers=tag)
    assert (second.status_code, second.headers["ETag"]) == (201, '"2"')
    late = ada.post(f"{API}/workflows", data=document(fake, "Three"), headers=tag)
    assert problem(late) == (412, "newer-version")
    assert late.json()["facts"]["newest"] == "2"
    assert "version 2 by ada" in late.json()["detail"]
    late = ada.post(f"{API}/workflows?expected_version=1", data=document(fake, "Three"))
    assert problem(late) == (412, "newer-version")
    odd = ada.post(f"{API}/workflows", data=document(fake), headers={"If-Match": '"x"'})
    assert problem(odd) == (422, "bad-etag")
    found = ada.get(f"{API}/workflows/Wait/versions").json()["items"]
    assert [(one["version"], one["author"], one["comment"]) for one in found] == [
        (2, "ada", ""),
        (1, "ada", "first"),
    ]


def test_drafts_are_kept_with_their_problems_restored_and_deleted(
    ada: Visitor, fake: FakeRooms
) -> None:
    registered(ada)
    ada.post(f"{API}/workflows", data=document(fake))
    ada.post(f"{API}/workflows/Wait/publish", json={"category": "Waiting"})
    draft = document(fake, "Draft").replace(b"mesh_Service", b"gone_Service")
    refused = ada.post(f"{API}/workflows", data=draft)
    assert problem(refused) == (422, "workflow-invalid")
    assert "unknown-service" in {one["code"] for one in refused.json()["problems"]}
    assert all(one["place"] and one["message"] for one in refused.json()["problems"])
    made = ada.post(f"{API}/workflows?draft=true", data=draft).json()
    assert (made["version"], made["published_version"]) == (2, 1)
    assert "unknown-service" in {one["code"] for one in made["problems"]}

    assert problem(ada.post(f"{API}/workflows/Wait/publish")) == (422, "workflow-invalid")
    restored = ada.post(f"{API}/workflows/Wait/versions/1/restore")
    assert (restored.status_code, restored.json()["version"]) == (201, 3)
    assert ada.call("DELETE", f"{API}/workflows/Wait/versions/2").status_code == 204
    assert problem(ada.call("DELETE", f"{API}/workflows/Wait/versions/1")) == (409, "not-a-draft")
    found = ada.get(f"{API}/workflows/Wait/versions").json()["items"]
    assert [(one["version"], one["draft"], one["published"]) for one in found] == [
        (3, True, False),
        (1, False, True),
    ]
    stale = ada.post(f"{API}/workflows/Wait/publish", json={"expected_version": 2})
    assert problem(stale) == (412, "newer-version")
    shown = ada.get(f"{API}/workflows?category=Waiting").json()["items"]
    assert [one["name"] for one in shown] == ["Wait"]
    assert ada.post(f"{API}/workflows/Wait/retract").json()["published_version"] is None
    card = ada.call("PATCH", f"{API}/workflows/Wait", json={"company": "ACME"}).json()
    assert (card["category"], card["company"]) == ("Waiting", "ACME")


def test_a_document_is_given_in_both_forms_and_for_each_version(
    ada: Visitor, fake: FakeRooms
) -> None:
    registered(ada)
    first = document(fake)
    ada.post(f"{API}/workflows", data=first)
    ada.post(f"{API}/workflows", data=document(fake, "Two"))

    old = ada.get(f"{API}/workflows/Wait/document?version=1")
    assert (old.content, old.headers["ETag"]) == (first, '"1"')
    same = ada.get(f"{API}/workflows/Wait/document?version=1", headers={"If-None-Match": '"1"'})
    assert (same.status_code, same.content) == (304, b"")
    as_json = ada.get(f"{API}/workflows/Wait/document?form=json")
    assert as_json.headers["Content-Type"] == "application/json"
    assert json_form.read(as_json.content).title == "Two"
    again = ada.post(f"{API}/workflows", data=as_json.content)
    assert again.json()["title"] == "Two"
    assert problem(ada.get(f"{API}/workflows/Wait/document?version=9")) == (404, "not-found")


def test_a_picture_is_given_as_what_it_is_and_can_do_nothing(
    ada: Visitor, bob: Visitor, fake: FakeRooms
) -> None:
    registered(ada)
    ada.post(f"{API}/workflows", data=document(fake))
    path = f"{API}/workflows/Wait/picture"

    assert problem(ada.get(path)) == (404, "not-found")
    assert ada.call("PUT", path, data=PNG).status_code == 204
    back = ada.get(path)
    assert (back.content, back.headers["Content-Type"]) == (PNG, "image/png")
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Content-Security-Policy"].startswith("sandbox")
    assert ada.get(path, headers={"If-None-Match": back.headers["ETag"]}).status_code == 304
    assert ada.get(f"{API}/workflows/Wait").json()["picture"] == back.headers["ETag"].strip('"')
    svg = ada.call("PUT", path, data=b"<svg onload='alert(1)'/>")
    assert problem(svg) == (422, "bad-picture")
    assert problem(ada.call("PUT", path, data=PNG + b"\x00" * 300_000)) == (422, "bad-picture")
    assert problem(bob.get(path)) == (404, "not-found")
    assert ada.call("DELETE", path).status_code == 204
    assert problem(ada.get(path)) == (404, "not-found")


def test_every_call_of_the_catalogue_has_a_name_and_says_how_it_is_refused(ada: Visitor) -> None:
    paths = ada.get(f"{API}/openapi.json").json()["paths"]
    ours = [
        operation
        for path, found in paths.items()
        if path.startswith((f"{API}/services", f"{API}/workflows"))
        for operation in found.values()
    ]

    names = [operation["operationId"] for operation in ours]
    assert len(names) == len(set(names)) >= 20
    assert all(name.isidentifier() and "_" not in name for name in names)
    for operation in ours:
        assert "application/problem+json" in operation["responses"]["401"]["content"]


def test_a_publication_that_breaks_others_is_refused_unless_somebody_insists(
    ada: Visitor, fake: FakeRooms
) -> None:
    registered(ada)
    inner = read(document(fake))
    for made in (inner, using(inner, "Outer")):
        ada.post(f"{API}/workflows", data=write(made))
        assert ada.post(f"{API}/workflows/{made.name}/publish").json()["breaks"] == []
    ada.post(f"{API}/workflows", data=write(replace(inner, outputs=())))

    refused = ada.post(f"{API}/workflows/Wait/publish")
    assert problem(refused) == (409, "breaks-workflows")
    assert refused.json()["facts"]["workflows"] == "Outer"
    told = ada.post(f"{API}/workflows/Wait/publish?dry_run=true").json()
    assert (told["applied"], told["published_version"], told["breaks_elsewhere"]) == (False, 1, 0)
    [broken] = told["breaks"]
    assert (broken["workflow"], broken["published"]) == ("Outer", True)
    assert "mesh" in broken["problems"][0]["message"]
    assert problem(ada.post(f"{API}/workflows/Wait/retract")) == (409, "breaks-workflows")

    done = ada.post(f"{API}/workflows/Wait/publish?force=true").json()
    assert (done["applied"], done["published_version"]) == (True, 2)
    gone = ada.post(f"{API}/workflows/Wait/retract?force=true").json()
    assert (gone["applied"], gone["published_version"]) == (True, None)
