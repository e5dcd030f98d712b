"""Documents from files over REST: what they would become, and under which name they are saved."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.fakes.mesher import OFFER
from tests.fakes.portal_rooms import MORNING, FakeRooms
from tests.fakes.uvicorn_server import serving
from tests.integration.portal.conftest import KEYS, PUBLIC_URL, Visitor
from tests.integration.portal.test_catalogue import API, document, registered
from tests.integration.portal.test_rest import problem

from tarry.platform.portal.api.app import build
from tarry.platform.portal.operations import BoundCatalogue
from tarry.platform.workflows import json_form
from tarry.platform.workflows.xml import read

PREVIEW = f"{API}/workflows/preview"


@pytest.fixture
def url(fake: FakeRooms) -> Iterator[str]:
    """The address of a portal with a real catalogue behind it."""
    fake.wsdls.serve(OFFER)
    real = BoundCatalogue(catalogue=fake.shelf.catalogue, wsdls=fake.wsdls, clock=lambda: MORNING)
    rooms = replace(fake.rooms(), catalogue=real)
    with serving(build(rooms, keys=KEYS, public_url=PUBLIC_URL)) as address:
        yield address


@pytest.mark.parametrize("as_json", [False, True])
def test_a_document_is_shown_before_anything_is_saved(
    ada: Visitor, fake: FakeRooms, as_json: bool
) -> None:
    registered(ada)
    data = document(fake)

    seen = ada.post(PREVIEW, data=json_form.write(read(data)) if as_json else data).json()

    assert (seen["readable"], seen["is_new"], seen["there"]) == (True, True, None)
    assert (seen["name"], seen["title"], seen["steps"]) == ("Wait", "Wait", 1)
    assert [port["name"] for port in seen["inputs"]] == ["part", "size"]
    assert seen["problems"] == []
    assert seen["document"]["uri"] == "http://tarry/workflow/Wait.owl#Wait"
    assert ada.get(f"{API}/workflows").json()["items"] == []


def test_all_that_is_wrong_with_a_document_is_told_with_its_places(
    ada: Visitor, fake: FakeRooms
) -> None:
    registered(ada)
    text = document(fake).decode()
    lost = text.replace("mesh_Service", "gone_Service").replace('ID="s1io1"', 'ID="nowhere"')
    seen = ada.post(PREVIEW, data=lost).json()
    assert seen["readable"] is True
    assert "s1" in {one["place"].split("/")[0] for one in seen["problems"]}

    bad = b'{"format": 1, "uri": "a#B", "body": [{"kind": "stop"}], "titel": 1}'
    told = ada.post(PREVIEW, data=bad).json()
    assert (told["readable"], told["document"]) == (False, None)
    assert {one["place"] for one in told["problems"]} == {"/body/0/kind", "/titel"}
    neither = ada.post(PREVIEW, data=b"hello").json()
    assert [one["code"] for one in neither["problems"]] == ["not-xml"]


def test_a_document_is_told_whom_it_would_follow(ada: Visitor, fake: FakeRooms) -> None:
    registered(ada)
    data = document(fake)
    ada.post(f"{API}/workflows", data=data)

    same = ada.post(PREVIEW, data=data).json()
    assert (same["there"]["version"], same["there"]["author"], same["is_new"]) == (1, "ada", False)
    other = ada.post(PREVIEW, data=document(fake, "Other")).json()
    assert (other["there"]["version"], other["is_new"]) == (1, True)
    renamed = ada.post(f"{PREVIEW}?name=Other", data=data).json()
    assert (renamed["name"], renamed["there"]) == ("Other", None)
    assert renamed["document"]["uri"] == "http://tarry/workflow/Other.owl#Other"


def test_a_document_is_saved_under_another_name(ada: Visitor, fake: FakeRooms) -> None:
    registered(ada)
    data = document(fake)
    query = "draft=true&expected_version=0"
    made = ada.post(f"{API}/workflows?{query}&name=Mine", data=data)
    assert (made.status_code, made.json()["uri"]) == (
        201,
        "http://tarry/workflow/Mine.owl#Mine",
    )

    # One that has the name already keeps its address, whatever that of the file is.
    theirs = data.replace(b"http://tarry/workflow/Wait.owl", b"http://acme/workflow/Own.owl")
    assert ada.post(f"{API}/workflows", data=theirs).json()["uri"].startswith("http://acme/")
    again = ada.post(f"{API}/workflows?name=Wait", data=document(fake, "Two")).json()
    assert (again["uri"], again["version"], again["title"]) == (
        "http://acme/workflow/Own.owl#Wait",
        2,
        "Two",
    )
    bad = ada.post(f"{API}/workflows?name=no/name", data=data)
    assert problem(bad) == (422, "bad-workflow-name")
    late = ada.post(f"{API}/workflows?{query}&name=Wait", data=document(fake, "Three"))
    assert problem(late) == (412, "newer-version")
