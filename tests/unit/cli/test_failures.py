"""What the command line says when something goes wrong."""

import click
import pytest
from click.testing import CliRunner

from tarry.cli.failures import Failure, TarryGroup, near, no_such
from tarry.client import PlatformError
from tarry.contract.errors import MissingValue


@click.group(cls=TarryGroup)
def group() -> None:
    """Test."""


@group.command()
def publish() -> None:
    """Fail as a room does."""
    raise MissingValue(port="size")


@group.command()
def needs_extra() -> None:
    """Fail as the base install does."""
    raise ModuleNotFoundError("No module named 'sqlalchemy'", name="sqlalchemy")


@group.command()
def broken() -> None:
    """Fail as a bug does."""
    raise ModuleNotFoundError("No module named 'nonsense'", name="nonsense")


def test_an_error_of_a_room_is_a_sentence_and_exit_code_1() -> None:
    result = CliRunner().invoke(group, ["publish"])
    assert result.exit_code == 1
    assert "size: a value is required" in result.stderr
    assert "Traceback" not in result.stderr


def test_each_problem_of_a_workflow_stands_in_a_line_of_its_own() -> None:
    problems = [
        {"place": "s1/size", "code": "units", "message": "kg and s; both"},
        {"place": "", "code": "name", "message": "no name"},
    ]

    @group.command("import")
    def import_() -> None:
        detail = "Wrong is not valid: s1/size: kg and s; both; no name"
        raise PlatformError(
            code="workflow-invalid", detail=detail, status=422, problem={"problems": problems}
        )

    lines = CliRunner().invoke(group, ["import"]).stderr.splitlines()

    assert lines == [
        "Error: Wrong is not valid:",
        "  s1/size: kg and s; both",
        "  no name",
    ]


def test_a_mistyped_command_is_answered_with_the_near_one_and_exit_code_2() -> None:
    result = CliRunner().invoke(group, ["publsh"])
    assert result.exit_code == 2
    assert "publish" in result.stderr


def test_a_command_like_no_other_is_answered_with_where_to_look() -> None:
    result = CliRunner().invoke(group, ["zzzzzz"])
    assert result.exit_code == 2
    assert "--help" in result.stderr


def test_a_missing_extra_is_answered_with_how_to_install_it() -> None:
    result = CliRunner().invoke(group, ["needs-extra"])
    assert result.exit_code == 1
    assert "pip install 'tarry[platform]'" in result.stderr


def test_a_bug_is_not_dressed_up_as_a_missing_extra() -> None:
    assert isinstance(CliRunner().invoke(group, ["broken"]).exception, ModuleNotFoundError)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Demo_Waitr", "Demo_Waiter"),
        ("demo_mesh", "Demo_Mesh"),
        ("DemoMesh", "Demo_Mesh"),
        ("nothing", None),
    ],
)
def test_near_names_are_found_whatever_their_case(typed: str, meant: str | None) -> None:
    assert near(typed, ["Demo_Waiter", "Demo_Mesh", "Demo_Calculator"]) == meant


def test_an_unknown_name_is_answered_with_the_near_one_or_with_all() -> None:
    assert "Did you mean 'Demo_Mesh'?" in no_such("workflow", "Demo_Msh", ["Demo_Mesh"]).message
    assert "There are: Demo_Mesh" in no_such("workflow", "x", ["Demo_Mesh"]).message
    assert "none at all" in no_such("workflow", "x", []).message


def test_what_to_do_stands_on_a_line_of_its_own() -> None:
    @click.group(cls=TarryGroup)
    def other() -> None: ...

    @other.command()
    def fail() -> None:
        raise Failure("It failed.", hint="Try again.")

    result = CliRunner().invoke(other, ["fail"])
    assert result.stderr.splitlines() == ["Error: It failed.", "  Try again."]
