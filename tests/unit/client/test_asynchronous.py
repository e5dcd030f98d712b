"""Both clients have the same verbs, with the same arguments."""

import ast
import inspect
import runpy
from pathlib import Path

import pytest

import tarry.client
from tarry.client import AsyncPlatform, Platform
from tarry.client.asynchronous.people import AsyncPeople
from tarry.client.people import People

TOOL = runpy.run_path(str(Path(__file__).parents[3] / "tools" / "async_client.py"))


@pytest.mark.parametrize("name", TOOL["SOURCES"])
def test_what_is_made_of_the_other_client_is_up_to_date(name: str) -> None:
    """After a change: python tools/async_client.py."""
    kept = (TOOL["TARGET"] / f"{name}.py").read_text("utf-8")
    assert TOOL["generated"](name) == kept


@pytest.mark.parametrize(("one", "other"), [(Platform, AsyncPlatform), (People, AsyncPeople)])
def test_both_have_the_same_verbs_with_the_same_arguments(one: type, other: type) -> None:
    verbs = {name for name in dir(one) if not name.startswith("_")}
    assert verbs == {name for name in dir(other) if not name.startswith("_")}
    for name in verbs:
        mine, theirs = inspect.getattr_static(one, name), inspect.getattr_static(other, name)
        if isinstance(mine, property):
            continue
        assert list(inspect.signature(mine).parameters) == list(
            inspect.signature(theirs).parameters
        )
        assert inspect.iscoroutinefunction(theirs) or inspect.isasyncgenfunction(theirs), name


def test_nothing_is_generated_by_hand() -> None:
    for name in TOOL["SOURCES"]:
        text = (TOOL["TARGET"] / f"{name}.py").read_text("utf-8")
        assert (ast.get_docstring(ast.parse(text)) or "").startswith("Written by `tools/")


def test_the_module_has_nothing_that_it_has_not() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        _ = tarry.client.Nothing
