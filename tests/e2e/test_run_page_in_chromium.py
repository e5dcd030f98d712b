"""A run's page: what somebody decides, plots, one's projects, and who may only look."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.browser import Person, chromium, needs_chromium, person
from tests.e2e.theatre import Stage
from tests.fakes import forgetful_service
from tests.fakes.forgetful_service import Scales, scales

pytestmark = [needs_chromium, pytest.mark.timeout(240)]

PASSWORD = "looks-or-travels-1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def weighing(stage: Stage) -> Iterator[Scales]:
    """Scales that hang up when they are told to, and a workflow that uses them."""
    with scales() as served, stage.platform() as ours:
        ours.register_service(served.wsdl, "weigh", uri=forgetful_service.URI)
        ours.import_workflow(forgetful_service.WORKFLOW)
        ours.publish("Weighing")
        yield served


@pytest.fixture
def user(browser: Browser, stage: Stage) -> Iterator[Person]:
    """Somebody who is logged in, and whose browser finds nothing wrong."""
    with person(browser, stage.home.url) as who:
        stage.let_in(who)
        yield who
        assert who.complaints == []


@pytest.fixture(scope="module")
def project(stage: Stage) -> str:
    """The project of all puppets; of others who work in it, and in `bridges`."""
    with stage.platform() as ours:
        ours_is, people = ours.me().project, ours.people
        people.make_user("looker", ours_is, roles=["viewer"], password=PASSWORD)
        people.make_user("traveller", ours_is, roles=["user"], password=PASSWORD)
        people.make_project("bridges")
        people.set_roles("traveller", "bridges", ["user"])
    return ours_is


@contextmanager
def somebody(browser: Browser, stage: Stage, name: str, project: str) -> Iterator[Person]:
    """Give somebody else who is logged in."""
    with person(browser, stage.home.url) as who:
        order = {"user": name, "password": PASSWORD, "project": project}
        done = who.context.request.post(f"{who.url}/api/v1/session", data=order)
        assert done.ok, done.text()
        yield who
        assert who.complaints == []


@pytest.fixture
def viewer(browser: Browser, stage: Stage, project: str) -> Iterator[Person]:
    """Somebody who may look at what others do, and no more."""
    with somebody(browser, stage, "looker", project) as who:
        yield who


@pytest.fixture
def traveller(browser: Browser, stage: Stage, project: str) -> Iterator[Person]:
    """Somebody who works in two projects."""
    with somebody(browser, stage, "traveller", project) as who:
        yield who
        # What was still asked for the project that was left, and what the other one does not have.
        who.complaints[:] = [one for one in who.complaints if "status of 40" not in one]


def undecided(stage: Stage, weighing: Scales) -> str:
    """Begin a run of which nobody knows how its only call went."""
    weighing.hangs_up = True
    with stage.platform() as ours:
        return ours.start_run("Weighing", {}).id


def test_a_call_of_unknown_outcome_is_made_again_if_somebody_decides_so(
    user: Person, stage: Stage, weighing: Scales
) -> None:
    page = user.page
    run = undecided(stage, weighing)
    user.go(f"/runs/{run}")
    expect(page.get_by_text("Somebody has to decide about “weigh”.")).to_be_visible()
    expect(page.locator("#telling")).to_contain_text("nobody knows whether it was started")
    expect(page.locator("#step-list")).to_contain_text("Outcome unknown")
    expect(page).to_have_title(re.compile("^❓"))
    user.see_no_faults()
    page.set_viewport_size({"width": 1280, "height": 900})
    user.go("/runs?show=you")
    page.locator(f"#run-list a[href='/runs/{run}']").first.click()

    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".results")).to_contain_text("17.5")
    expect(page.get_by_text("Somebody has to decide")).to_have_count(0)
    page.reload()
    expect(page.locator(".story")).to_contain_text("me decided to start it again")


def test_a_call_of_unknown_outcome_is_given_up_if_somebody_decides_so(
    user: Person, stage: Stage, weighing: Scales
) -> None:
    page = user.page
    user.go(f"/runs/{undecided(stage, weighing)}")
    page.get_by_role("button", name="Give up").click()
    expect(page.get_by_role("alert")).to_contain_text("This run failed.")
    expect(page.get_by_role("button", name="Resume from here…")).to_be_visible()
    page.reload()
    expect(page.locator(".story")).to_contain_text("me decided to give it up")


def test_a_list_of_numbers_is_a_plot_that_tells_its_values(user: Person, stage: Stage) -> None:
    page = user.page
    with stage.platform() as ours:
        run = ours.start_run("Series", {}).id
        ours.wait(run)
    user.go(f"/runs/{run}")
    results = page.locator(".results")
    plot = results.get_by_role("img", name="Sag: 5 values, from 1.5 mm to 25.5 mm")
    expect(plot).to_be_visible()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + 20)
    expect(results.locator("figcaption")).to_have_text("5: 25.5 mm")
    expect(results).to_contain_text("Steps")
    expect(results.locator("figure")).to_have_count(1)  # one number is no list
    user.see_no_faults()


def test_another_project_shows_its_own_runs_and_the_way_back(
    traveller: Person, stage: Stage, project: str
) -> None:
    user, page = traveller, traveller.page
    run = stage.begun("projects", 100)
    user.go(f"/runs/{run}")
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    switch(user, "bridges")
    expect(page.get_by_text("You now work in bridges.")).to_be_visible()
    expect(page.get_by_text("Nothing has run yet.")).to_be_visible()
    user.go(f"/runs/{run}")
    expect(page.get_by_role("alert")).to_be_visible()  # whatever it is, it is not there
    expect(page.get_by_role("heading", name="Results")).to_have_count(0)
    switch(user, project)
    expect(page.locator("#run-list")).to_be_visible()
    user.go(f"/runs/{run}")
    expect(page.get_by_role("heading", name="Results")).to_be_visible()


def switch(user: Person, project: str) -> None:
    """Go on in another project."""
    user.page.get_by_role("button", name="Account").click()
    group = user.page.get_by_role("group", name="Work in project")
    group.get_by_role("button", name=project, exact=True).click()
    expect(user.page).to_have_url(f"{user.url}/")


def test_who_may_only_look_sees_a_run_and_no_way_to_touch_it(
    viewer: Person, stage: Stage, weighing: Scales
) -> None:
    page = viewer.page
    run = stage.begun("watchedonly", 40, "seen by all")
    viewer.go(f"/runs/{run}")
    body = page.frame_locator("#frame-place iframe").locator("body")
    expect(body).to_contain_text("seen by all")
    expect(page.locator("#step-list")).to_contain_text("40 %")
    for name in ("Abort…", "Run again…", "Send"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_text("Send a message to")).to_have_count(0)
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("button", name="Copy as Python")).to_be_visible()
    expect(page.get_by_role("button", name="Run again as it is")).to_have_count(0)
    stage.pull("watchedonly", 100)
    expect(page.get_by_role("heading", name="Results")).to_be_visible()
    expect(page.get_by_role("link", name="Run again…")).to_have_count(0)

    viewer.go(f"/runs/{undecided(stage, weighing)}")
    expect(page.get_by_text("Somebody has to decide about “weigh”.")).to_be_visible()
    for name in ("Start again", "Give up"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_who_may_only_look_sees_workflows_and_no_way_to_start_or_change_them(
    viewer: Person,
) -> None:
    page = viewer.page
    viewer.go("/")
    expect(page.get_by_role("link", name="Play with a puppet", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Start"))).to_have_count(0)
    expect(page.get_by_role("link", name="New workflow")).to_have_count(0)
    viewer.go("/workflows/Puppet")
    expect(page.get_by_role("heading", name="Inputs")).to_be_visible()
    expect(page.get_by_role("link", name="Start", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Open in the editor")).to_have_count(0)
    viewer.go("/workflows/Puppet/start")
    expect(page.get_by_text("You may look at the runs of this project")).to_be_visible()
    expect(page.get_by_role("button", name="Start run")).to_have_count(0)
    viewer.see_no_faults()

    page.set_viewport_size({"width": 1400, "height": 900})
    viewer.go("/workflows/Puppet/edit")
    expect(page.locator(".react-flow__node-step")).to_be_visible()
    expect(page.locator(".save-state")).to_have_text("Read only")
    for name in ("Add (/)", "Publish…", "Arrange", "Undo"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Title", exact=True)).not_to_be_editable()
    page.locator(".react-flow__node-step").click()
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node-step")).to_have_count(1)
