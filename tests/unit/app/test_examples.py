"""What the demo says to try first."""

from decimal import Decimal
from pathlib import Path

from tarry.app.announcing import shown_path
from tarry.app.examples import command_for, examples_folder
from tarry.contract.ports import Port, PortType


def test_the_examples_of_a_clone_are_found() -> None:
    assert (examples_folder() / "waiter" / "waiter.toml").is_file()


def test_a_command_gives_a_value_to_every_input_that_needs_one(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "bracket.step"
    file.parent.mkdir()
    file.touch()
    ports = (
        Port(name="geometry", type=PortType.FILE, accept=(".step",)),
        Port(name="size", type=PortType.DECIMAL, minimum=Decimal(1), maximum=Decimal(5)),
        Port(name="count", type=PortType.INTEGER),
        Port(name="kind", type=PortType.CHOICE, choices=("a b", "c")),
        Port(name="depth", type=PortType.INTEGER, default="3"),
        Port(name="width", type=PortType.DECIMAL, required=False),
        Port(name="title"),
        Port(name="fast", type=PortType.BOOLEAN),
    )
    command = command_for("Demo", ports, tmp_path)
    assert command == (
        f"run Demo geometry=@{shown_path(file)} size=5 count=20 'kind=a b' title=STRING fast=true"
    )


def test_a_trial_does_not_wait_for_the_default_of_minutes(tmp_path: Path) -> None:
    port = Port(name="seconds", type=PortType.INTEGER, default="300")
    assert command_for("Demo_Waiter", (port,), tmp_path) == "run Demo_Waiter seconds=20"
