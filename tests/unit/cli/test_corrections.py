"""What is typed of the ports of foreign services."""

import click
import pytest

from tarry.cli.corrections import read_corrections

PORTS = {"inputs": ["part", "both", "a.b"], "outputs": ["mesh", "both"]}


def test_each_port_gets_what_is_said_of_it() -> None:
    written = ["part.type=file", "part.accept=.step,.stp", "mesh.title=The = mesh", "a.b.unit=mm"]

    assert read_corrections(written, PORTS) == {
        "inputs/part": {"type": "file", "accept": [".step", ".stp"]},
        "outputs/mesh": {"title": "The = mesh"},
        "inputs/a.b": {"unit": "mm"},
    }


def test_what_was_said_of_a_port_is_taken_back() -> None:
    assert read_corrections(["part="], PORTS) == {"inputs/part": {}}


def test_a_port_on_both_sides_is_named_with_its_side() -> None:
    assert read_corrections(["outputs/both.type=file"], PORTS) == {"outputs/both": {"type": "file"}}
    with pytest.raises(click.UsageError, match="inputs/both"):
        read_corrections(["both.type=file"], PORTS)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("part", "part.type=file"),
        ("part.size=3", "one of: type, title"),
        ("part=file", "one of"),
        ("ghost.type=file", "There are: part, both, a.b, mesh, both"),
        (".type=file", "one of"),
    ],
)
def test_what_cannot_be_understood_is_told(written: str, reason: str) -> None:
    with pytest.raises(click.UsageError, match=reason):
        read_corrections([written], PORTS)
