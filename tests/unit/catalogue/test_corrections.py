"""Ports of foreign services are put right, and stay so."""

import pytest
from tests.fakes.mesher import ANNA, AS_FILES, OFFER, SIZE, World, messages, offer, text

from tarry.contract.ports import Port, PortType
from tarry.platform.catalogue.errors import BadCorrection
from tarry.platform.catalogue.model import Correction, Told
from tarry.platform.catalogue.operations import (
    Edit,
    edit_service,
    list_services,
    refresh_service,
)


@pytest.fixture
def world() -> World:
    return World()


async def test_ports_of_a_foreign_service_are_put_right_at_registration(world: World) -> None:
    entry = (await world.register(corrections=AS_FILES)).entry

    assert entry.inputs == (
        Port(name="part", type=PortType.FILE, title="The part", accept=(".step",)),
        Port(name="size", type=PortType.DECIMAL, unit="mm", default="0.5"),
    )
    assert entry.outputs == (Port(name="mesh", type=PortType.FILE),)
    assert await world.show() == entry


@pytest.mark.parametrize(
    ("place", "correction", "reason"),
    [
        ("inputs/nothing", Correction(title="X"), "there is no such port"),
        ("part", Correction(title="X"), "write inputs/<port> or outputs/<port>"),
        ("inputs/size", Correction(type=PortType.FILE), "cannot carry a file"),
        ("inputs/part", Correction(unit="mm"), "a string has no unit"),
        ("inputs/size", Correction(unit="flurbs"), "flurbs is no unit"),
        ("inputs/size", Correction(default="large"), "'large' is no decimal"),
        ("inputs/part", Correction(type=PortType.CHOICE), "no choices"),
        ("inputs/part", Correction(accept=(".step",)), "no endings"),
        ("outputs/mesh", Correction(default="x"), "an output has no default"),
        ("outputs/mesh", Correction(type=PortType.SECRET), "only a single input"),
        ("inputs/part", Correction(type=PortType.SECRET, default="x"), "a secret has no default"),
    ],
)
async def test_a_correction_that_cannot_be_true_is_refused(
    world: World, place: str, correction: Correction, reason: str
) -> None:
    with pytest.raises(BadCorrection, match=reason):
        await world.register(corrections={place: correction})

    assert await list_services(world.catalogue, ANNA) == []


async def test_corrections_survive_a_refresh(world: World) -> None:
    await world.register(corrections=AS_FILES)
    world.wsdls.serve(offer((text("part"), SIZE, text("name", required=False)), (text("mesh"),)))

    registered = await refresh_service(world.shelf, ANNA, "Mesher.mesh")

    assert messages(registered) == [("inputs/name", "port-added", "the input name is new")]
    assert [port.type for port in (await world.show()).inputs] == ["file", "decimal", "string"]


async def test_a_correction_that_no_longer_fits_is_told_and_waits(world: World) -> None:
    await world.register(corrections=AS_FILES)
    world.wsdls.serve(offer((text("part", type=PortType.INTEGER), SIZE), (text("mesh"),)))

    registered = await refresh_service(world.shelf, ANNA, "Mesher.mesh")

    [notice] = [one for one in registered.notices if "correction" in one]
    assert "inputs/part: the service takes integer, which cannot carry a file" in notice
    assert registered.entry.inputs[0] == Port(name="part", type=PortType.INTEGER)
    world.wsdls.serve(OFFER)
    assert (await refresh_service(world.shelf, ANNA, "Mesher.mesh")).entry.inputs[0].type == "file"


async def test_a_correction_is_taken_back_by_one_that_says_nothing(world: World) -> None:
    await world.register(corrections=AS_FILES)
    edit = Edit(told=Told(corrections={"inputs/part": Correction()}))

    entry = (await edit_service(world.shelf, ANNA, "Mesher.mesh", edit)).entry

    assert entry.inputs[0] == Port(name="part")
    assert entry.outputs[0].type == PortType.FILE
