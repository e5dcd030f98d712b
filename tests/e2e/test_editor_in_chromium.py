"""The workflow editor in a real browser: built by mouse, built by keyboard, published, run."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from tests.e2e.app import Place
from tests.e2e.browser import PATIENCE_MS, chromium, needs_chromium
from tests.e2e.conftest import wait_for
from tests.e2e.editing import (
    AXE,
    NOTE_CHANGES,
    Author,
    chain,
    middle,
    needs_front_end,
    run_to_the_end,
    see_at_rest,
)

pytestmark = [
    needs_chromium,
    needs_front_end,
    pytest.mark.timeout(300),
]

WAIT = "How long to wait of Wait for a while"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1400, "height": 900}, bypass_csp=True)
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def author(context: BrowserContext, workshop: Place) -> Author:
    somebody = Author(context.new_page(), workshop.url)
    somebody.log_in("me", workshop.password)
    return somebody


def test_the_waiter_is_registered_wired_by_mouse_hard_coded_published_and_run(
    author: Author,
) -> None:
    services = author.call("GET", "/api/v1/services")["items"]
    waiter = next(one for one in services if one["title"] == "Wait for a while")
    order = {"wsdl": waiter["wsdl"], "operation": waiter["operation"]}
    author.call("POST", "/api/v1/services", order)
    author.open("By_mouse", "By mouse")

    author.add("wait for a while", "^Wait for a while.*Service")
    author.page.get_by_label(WAIT, exact=True).fill("0")
    expect(author.page.get_by_role("button", name="1 problem")).to_be_visible()
    author.page.get_by_label(WAIT, exact=True).fill("1")
    author.drag(author.socket("^Output "), (240, 60))
    author.drop()
    author.options("^Workflow output").click()
    expect(author.page.get_by_role("button", name="No problems")).to_be_visible()
    author.publish()

    assert run_to_the_end(author, "By_mouse", {}) == {"result": "FINISHED"}


def test_the_same_workflow_is_built_with_the_keyboard_alone(author: Author) -> None:
    author.open("By_keys", "By keys")

    author.find("wait for a while service")
    expect(author.page.locator(".react-flow__node-step")).to_be_focused()
    author.tab_to(f"^{WAIT}$")
    author.page.keyboard.type("1")
    author.tab_to("^Output ")
    author.press("Enter")
    author.find("output", wired=True)
    expect(author.page.locator(".react-flow__node-end")).to_be_focused()
    author.see_saved()
    author.press("Control+k")
    author.page.keyboard.type("publish")
    author.press("Enter")
    author.tab_to("^Publish$")
    author.press("Enter")
    expect(author.page.get_by_role("dialog")).to_have_count(0)

    [step] = author.document("By_keys")["body"]
    assert step["inputs"] == {"secondsToWait": {"value": "1"}}
    assert run_to_the_end(author, "By_keys", {}) == {"result": "FINISHED"}


def test_wires_are_drawn_by_keyboard_and_refused_with_the_reason_while_dragging(
    author: Author,
) -> None:
    author.open("Wires")
    author.find("add a + b")
    expect(author.page.locator(".react-flow__node-step")).to_be_focused()
    author.press("Control+d")
    expect(author.page.locator(".react-flow__node-step")).to_have_count(2)
    author.find("wait for a while service")
    author.arrange()
    expect(author.page.locator(".react-flow__node-step")).to_have_count(3)

    sums = author.socket("^Output The sum of Add")
    why = author.page.locator(".why")
    author.drag(author.socket("^Output What the waiter says"), author.socket("^Input First").first)
    expect(why).to_have_text("This is a line of text, and a number is needed.")
    author.drop()
    expect(author.page.locator(".react-flow__edge")).to_have_count(0)

    sums.first.focus()
    author.press("Enter")
    author.socket("^Input Second summand of Add").nth(1).focus()
    author.press("Enter")
    expect(author.page.locator(".react-flow__edge")).to_have_count(1)
    author.press("Control+z")
    expect(author.page.locator(".react-flow__edge")).to_have_count(0)
    author.press("Control+Shift+z")
    expect(author.page.locator(".react-flow__edge")).to_have_count(1)


def test_a_branch_and_a_loop_are_built_on_the_canvas_and_run(author: Author) -> None:
    author.open("Branches")
    page = author.page
    author.add("workflow input", "^Workflow input")
    page.get_by_label("Name", exact=True).fill("n")
    page.locator(".react-flow__pane").click(position={"x": 500, "y": 700})
    author.add("if else", "^If . else")
    author.add("add", "^Add.*Service")
    page.get_by_label("Second summand of Add", exact=True).fill("100")
    page.get_by_role("button", name="Steps", exact=True).click()
    author.socket("^Output n of Workflow input").focus()
    author.press("Enter")
    author.socket("^Input First summand of Add").focus()
    author.press("Enter")

    page.get_by_role("button", name=re.compile("^Condition: Choose")).click()
    page.get_by_label("Value", exact=True).select_option(label="n")
    page.get_by_label("Compared with: a value…").fill("5")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Condition: n > 5")).to_be_visible()

    page.get_by_role("button", name="Merge a value").click()
    author.socket("^Output The sum of Add").focus()
    author.press("Enter")
    author.socket("^Input then").focus()
    author.press("Enter")
    page.get_by_label(re.compile("^else → .* of If$")).fill("7")
    author.socket("^Output i1io1 of If").focus()
    author.press("Enter")
    author.find("output", wired=True)
    expect(page.get_by_role("button", name="No problems")).to_be_visible()
    author.publish()

    [branch] = author.document("Branches")["body"]
    assert branch["kind"] == "branch"
    assert branch["then"][0]["inputs"]["b"] == {"value": "100"}
    [name] = [shown["name"] for shown in author.document("Branches")["outputs"]]
    assert float(run_to_the_end(author, "Branches", {"n": "6"})[name]) == 106
    assert float(run_to_the_end(author, "Branches", {"n": "5"})[name]) == 7


def test_steps_are_dragged_into_a_container_and_reordered_in_the_outline(author: Author) -> None:
    author.open("Drags")
    page = author.page
    author.add("repeat", "^Repeat")
    page.keyboard.press("Escape")
    page.locator(".react-flow__pane").click(position={"x": 500, "y": 700})
    author.add("multiply", "^Multiply.*Service")
    author.arrange()

    lane = page.locator(".container-box .lane")
    author.drag(page.locator(".step-box .box-title"), lane)
    author.drop()
    author.see_saved()

    def kinds() -> list[object]:
        body = author.document("Drags")["body"]
        return [[one["kind"] for one in node.get("body", [])] or node["kind"] for node in body]

    wait_for(lambda: kinds() == [["step"]], "the step inside")
    page.get_by_role("button", name="Undo").click()
    wait_for(lambda: kinds() == ["repeat", "step"], "the step outside again")

    page.get_by_role("button", name="Steps", exact=True).click()
    page.locator(".outline-entry", has_text="Multiply").focus()
    author.press("Alt+ArrowUp")
    wait_for(lambda: kinds() == ["step", "repeat"], "the new order")
    author.press("Alt+Shift+ArrowDown")
    wait_for(lambda: kinds() == [["step"]], "the step inside, by keyboard")
    expect(page.locator(".outline-entry", has_text="Multiply")).to_be_focused()
    author.press("Alt+Shift+ArrowUp")
    wait_for(lambda: kinds() == ["repeat", "step"], "the step outside, by keyboard")


def test_a_workflow_stands_in_another_one(author: Author) -> None:
    author.open("Outer")
    author.add("waiter", "Workflow")  # `up` has published it
    author.see_saved()

    [nested] = author.document("Outer")["body"]
    assert nested == {"kind": "nested", "workflow": "http://tarry/workflow/Waiter.owl#Waiter"}
    expect(author.socket("^Output .* of Waiter")).to_be_visible()


def test_text_and_canvas_are_one_document(author: Author) -> None:
    author.open("As_text")
    author.find("add a + b")
    page = author.page
    page.get_by_role("button", name="Text", exact=True).click()
    area = page.get_by_label("Text of the document")
    written = area.input_value()

    area.fill(written.replace('"kind": "step"', '"kind": "stop"'))
    expect(page.get_by_role("list", name="What is wrong with the text")).to_contain_text("step")
    area.fill(written.replace('"kind": "step",', '"kind": "step", "name": "My sum",'))
    author.press("Control+Enter")
    expect(page.locator(".step-box .box-title")).to_have_text("My sum")
    page.get_by_role("button", name="XML", exact=True).click()
    expect(area).to_have_value(re.compile('t:name="My sum"'))


def test_a_version_that_somebody_else_saved_is_not_overwritten(author: Author) -> None:
    author.open("Shared_work")
    author.find("add a + b")
    author.see_saved()
    theirs = author.document("Shared_work")
    author.call("POST", "/api/v1/workflows?draft=true", {**theirs, "title": "Theirs"})

    author.page.get_by_label("Title", exact=True).fill("Mine")
    dialog = author.page.get_by_role("dialog", name="Somebody saved a newer version")
    expect(dialog).to_be_visible()
    assert author.document("Shared_work")["title"] == "Theirs"
    dialog.get_by_role("button", name="Take theirs, and lose what I changed").click()
    expect(author.page.get_by_label("Title", exact=True)).to_have_value("Theirs")


def test_the_draft_is_run_from_the_canvas_which_shows_states_and_values(author: Author) -> None:
    author.save_sums("Sums")
    author.open("Sums")
    page = author.page

    page.get_by_role("button", name="Run draft").click()
    dialog = page.get_by_role("dialog", name="Try Sums")
    dialog.get_by_role("button", name="Run it").click()
    expect(dialog.get_by_label("First summand")).to_have_attribute("aria-invalid", "true")
    author.press("Escape")
    strip = author.run_draft({"First summand": "5"})
    expect(strip).to_contain_text("Finished")
    expect(strip).to_contain_text("sum = 16")
    expect(page.locator(".step-box .run-state")).to_have_text(["Finished", "Finished"])
    expect(page.locator(".react-flow__edge-text")).to_contain_text(["5", "6", "16"])
    page.locator(".step-box .box-title", has_text="A lot").click()
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("region", name="In the run")).to_contain_text("10")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        author.see_no_fault_of_axe()

    page.get_by_label("Name", exact=True).fill("Very much")
    expect(strip).to_contain_text("The draft has been changed since.")
    strip.get_by_role("button", name="Clear").click()
    expect(page.locator(".run-state, .react-flow__edge-text")).to_have_count(0)


def test_a_draft_that_runs_long_is_stopped_from_the_canvas(author: Author) -> None:
    author.open("Too_long")
    author.find("wait for a while service")
    author.page.get_by_label(WAIT, exact=True).fill("600")
    expect(author.page.get_by_role("button", name="No problems")).to_be_visible()

    strip = author.run_draft({})
    expect(author.page.locator(".step-box .run-state")).to_contain_text("Running")
    strip.get_by_role("button", name="Stop").click()
    expect(strip).to_contain_text("Aborted")


def test_a_step_is_tried_alone_with_the_keyboard(author: Author) -> None:
    author.save_sums("One_step")
    author.open("One_step")
    page = author.page

    page.locator(".outline-entry", has_text="A lot").focus()
    author.press("Enter")
    page.get_by_role("button", name="Details").focus()
    author.press("Enter")
    author.tab_to("^Try this step")
    author.press("Enter")
    dialog = page.get_by_role("dialog", name="Try A lot alone")
    expect(dialog.get_by_label("Second summand")).to_have_value("10")
    dialog.get_by_label("First summand").focus()
    page.keyboard.type("2.5")
    author.press("Enter")
    strip = page.get_by_role("region", name="The run on the canvas")
    expect(strip).to_contain_text("A lot alone")
    expect(strip).to_contain_text("result = 12.5")
    expect(page.locator(".step-box .run-state")).to_have_count(1)
    expect(page.locator(".row-view.output .row-value")).to_have_text("12.5")
    expect(page.get_by_role("button", name="Try this step")).to_be_focused()


def test_a_finished_run_is_opened_in_the_editor_and_becomes_a_draft_when_asked_for(
    author: Author,
) -> None:
    author.save_sums("Opened")
    order = {"workflow": "Opened", "version": "newest", "inputs": {"n": 2}}
    run = author.call("POST", "/api/v1/runs", order)["id"]
    wait_for(lambda: author.call("GET", f"/api/v1/runs/{run}")["ended_at"], "the end of the run")
    newer = {**author.document("Opened"), "title": "Newer"}
    author.call("POST", "/api/v1/workflows?draft=true", newer)
    page = author.page
    page.goto(f"{author.url}/runs/{run}")
    expect(page.get_by_text("Trial of a draft")).to_be_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Open in the editor").click()

    expect(page.get_by_text("This is version 1, as the run had it.")).to_be_visible()
    expect(page.locator(".step-box .run-state")).to_have_text(["Finished", "Finished"])
    expect(page.locator(".react-flow__edge-text")).to_contain_text(["2", "3", "13"])
    expect(page.get_by_role("button", name="Publish…")).to_have_count(0)
    page.set_viewport_size({"width": 360, "height": 800})
    author.see_no_fault_of_axe()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.get_by_role("button", name="Change it, as a new draft").click()
    author.see_saved()
    assert author.call("GET", "/api/v1/workflows/Opened")["version"] == 3
    assert "title" not in author.document("Opened")
    expect(page.locator(".react-flow__edge-text")).to_contain_text(["2", "3", "13"])
    expect(page.get_by_role("button", name="Publish…")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core: python frontend/bundle.py --install")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_editor_is_clean_for_axe(browser: Browser, workshop: Place, theme: str) -> None:
    context = browser.new_context(
        viewport={"width": 1400, "height": 900},
        bypass_csp=True,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    author = Author(context.new_page(), workshop.url)
    author.log_in("me", workshop.password)
    author.open(f"For_axe_{theme}")
    author.find("add a + b")
    author.press("Escape")
    author.find("if else")
    author.see_no_fault_of_axe()
    author.page.get_by_role("button", name=re.compile("^Condition")).click()
    author.see_no_fault_of_axe()
    author.press("Escape")
    author.page.get_by_role("button", name=re.compile("problem")).click()
    author.page.get_by_role("button", name="Text", exact=True).click()
    author.see_no_fault_of_axe()
    context.close()


def test_a_drag_among_300_steps_touches_nothing_but_its_box_and_wires_until_the_drop(
    author: Author,
) -> None:
    services = author.call("GET", "/api/v1/services")["items"]
    add = next(one["uri"] for one in services if one["title"] == "Add")
    document = chain("Many", add, 300)
    author.call("POST", "/api/v1/workflows?draft=true", document)
    author.open("Many")
    page = author.page
    box = page.locator(".react-flow__node-step").nth(145)
    see_at_rest(box)
    x, y = middle(box.locator(".box-title"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 5)  # now it is chosen, which the list of steps shows, too
    expect(page.locator(".outline-entry").nth(145)).to_have_class(re.compile("chosen"))

    page.evaluate(NOTE_CHANGES)
    page.mouse.move(x + 20, y + 20, steps=10)
    uid = box.get_attribute("data-id")
    touched = set(page.evaluate("touched()"))
    assert uid in touched
    touched = {name for name in touched if not name.startswith("react-flow__minimap-node")}
    assert len(touched) == 3  # it, and two wires
    assert all(uid in name for name in touched)
    page.mouse.up()
    author.see_saved()
    wait_for(lambda: author.document("Many")["canvas"]["s146"] != [1700, 1400], "the new place")
