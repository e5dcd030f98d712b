"""Loops, lists, branches and workflows in workflows, built by hand in the editor, and run."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.app import Place, visitor
from tests.e2e.browser import chromium, needs_chromium
from tests.e2e.editing import Author, needs_front_end, run_to_the_end

pytestmark = [
    needs_chromium,
    needs_front_end,
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def author(browser: Browser, workshop: Place) -> Iterator[Author]:
    # the browser tells of a workflow that is not there before it is saved
    with visitor(browser, workshop, width=1400, expects="status of 404") as who:
        yield Author(who.page, workshop.url)


def test_a_loop_repeats_until_and_while_a_condition_of_its_own_value_holds(author: Author) -> None:
    page = author.page
    author.open("Doubling")
    author.add("workflow input", "^Workflow input")
    page.get_by_label("Name", exact=True).fill("start")
    author.press("Escape", "Escape")
    author.add("repeat", "^Repeat")
    page.get_by_role("button", name="Carry a value").click()
    expect(author.socket("^Input first → r1io1 of Repeat")).to_be_visible()
    author.press("Escape")
    author.add("multiply", "^Multiply.*Service")
    page.get_by_label("Second factor of Multiply", exact=True).fill("2")
    author.put_into("Multiply")
    author.arrange()
    author.wire("^Output start of Workflow input", "^Input first → r1io1 of Repeat")
    author.wire("^Output r1io1 of Repeat", "^Input First factor of Multiply")
    author.wire("^Output The product of Multiply", "^Input next → r1io1 of Repeat")
    choose_condition(author, value="r1io1", comparison="is less than", compared="100")
    expect(page.get_by_role("button", name="Condition: again while r1io1 < 100")).to_be_visible()
    author.wire_to_an_output("^Output r1io1 of Repeat")
    author.publish()

    [loop] = author.document("Doubling")["body"]
    assert (loop["kind"], [one["kind"] for one in loop["body"]]) == ("repeat", ["step"])
    assert the_number(author, "Doubling", start="1") == 128
    assert the_number(author, "Doubling", start="300") == 600  # it asks after its first round

    page.get_by_role("button", name="Steps", exact=True).click()
    page.locator(".outline-entry", has_text="Repeat").click()
    page.get_by_role("button", name="Details", exact=True).click()
    page.get_by_label("Ask before the first round, too").check()
    expect(page.get_by_role("button", name="Condition: while r1io1 < 100")).to_be_visible()
    author.publish()
    assert the_number(author, "Doubling", start="1") == 128
    assert the_number(author, "Doubling", start="300") == 300


def test_each_item_of_a_list_goes_through_a_step_and_the_results_are_a_list(
    author: Author,
) -> None:
    page = author.page
    author.open("Each")
    author.add("workflow input", "^Workflow input")
    page.get_by_label("Name", exact=True).fill("sizes")
    author.press("Escape", "Escape")
    author.add("for each", "^For each")
    page.get_by_role("button", name="Gather a list").click()
    author.press("Escape")
    author.add("multiply", "^Multiply.*Service")
    page.get_by_label("Second factor of Multiply", exact=True).fill("10")
    author.put_into("Multiply")
    author.arrange()
    author.wire("^Output item of For each", "^Input First factor of Multiply")
    author.wire("^Output sizes of Workflow input", "^Input list of For each")
    gathered = page.locator(".container-foot .socket")
    author.drag(author.socket("^Output The product of Multiply"), gathered.first)
    author.drop()
    author.wire_to_an_output(r"^Output f1io\d of For each")
    author.publish()

    [[name]] = [[one["name"] for one in author.document("Each")["outputs"]]]
    outputs = run_to_the_end(author, "Each", {"sizes": '["1", "2.5", "4"]'})
    assert [float(one) for one in json.loads(outputs[name])] == [10, 25, 40]


def test_two_sides_run_at_once_and_what_they_give_meets_behind_them(author: Author) -> None:
    page = author.page
    author.open("Both_sides")
    author.add("side by side", "^Side by side")
    author.add("add a + b", "^Add.*Service")  # into the container, which is chosen
    page.get_by_label("First summand of Add", exact=True).fill("1")
    page.get_by_label("Second summand of Add", exact=True).fill("2")
    author.press("Escape", "Escape")
    author.add("multiply", "^Multiply.*Service")
    page.get_by_label("First factor of Multiply", exact=True).fill("3")
    page.get_by_label("Second factor of Multiply", exact=True).fill("4")
    author.put_into("Multiply", lane=1)
    author.press("Escape", "Escape")
    author.add("subtract", "^Subtract.*Service")
    author.arrange()
    author.wire("^Output The product of Multiply", "^Input What is subtracted from of Subtract")
    author.wire("^Output The sum of Add", "^Input What is subtracted of Subtract")
    author.wire_to_an_output("^Output The difference of Subtract")
    author.publish()

    sides, last = author.document("Both_sides")["body"]
    assert [[one["kind"] for one in side] for side in sides["branches"]] == [["step"], ["step"]]
    assert last["kind"] == "step"
    assert the_number(author, "Both_sides") == 9


def test_a_branch_with_a_workflow_on_one_side_and_a_step_on_the_other(author: Author) -> None:
    page = author.page
    author.open("Sorted")
    author.add("workflow input", "^Workflow input")
    page.get_by_label("Name", exact=True).fill("n")
    author.press("Escape", "Escape")
    author.add("if else", "^If . else")
    author.add("Calculator_add", "^Add.*Workflow")  # `up` has published it
    page.get_by_label(re.compile("^Second summand of Calculator_add")).fill("100")
    author.press("Escape", "Escape")
    author.add("multiply", "^Multiply.*Service")
    page.get_by_label("Second factor of Multiply", exact=True).fill("10")
    author.put_into("Multiply", lane=1)
    author.arrange()
    author.wire("^Output n of Workflow input", "^Input First summand of Calculator_add")
    author.wire("^Output n of Workflow input", "^Input First factor of Multiply")
    page.get_by_role("button", name="Merge a value").click()
    author.wire("^Output The sum of Calculator_add", "^Input then → i1io1 of If")
    author.wire("^Output The product of Multiply", "^Input else → i1io1 of If")
    choose_condition(author, value="n", comparison="is at least", compared="5")
    author.wire_to_an_output("^Output i1io1 of If")
    author.publish()

    [branch] = author.document("Sorted")["body"]
    assert [one["kind"] for one in branch["then"] + branch["else"]] == ["nested", "step"]
    assert the_number(author, "Sorted", n="5") == 105
    assert the_number(author, "Sorted", n="4") == 40


def choose_condition(author: Author, *, value: str, comparison: str, compared: str) -> None:
    """Build a condition from ports, in its dialog."""
    page = author.page
    page.get_by_role("button", name=re.compile("^Condition: Choose")).click()
    page.get_by_label("Value", exact=True).select_option(label=value)
    page.get_by_label("Comparison", exact=True).select_option(label=comparison)
    page.get_by_label("Compared with: a value…").fill(compared)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def the_number(author: Author, workflow: str, **inputs: str) -> float:
    """Run a workflow to its end, and give its only result."""
    [result] = run_to_the_end(author, workflow, inputs).values()
    return float(result)
