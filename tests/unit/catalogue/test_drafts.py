"""Versions of workflows: drafts, old ones, published ones, and how they are found."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.transactions import MemoryTransactions
from tests.unit.catalogue.test_workflows import ADMIN, ANNA, BERT, SECONDS, WAIT, WAITER

from tarry.platform.accounts.model.roles import RIGHTS, Role
from tarry.platform.catalogue.errors import (
    BadPicture,
    NewerVersion,
    NotADraft,
    NotPublished,
)
from tarry.platform.catalogue.interfaces import Catalogue
from tarry.platform.catalogue.model import WorkflowEntry
from tarry.platform.catalogue.operations import (
    Publication,
    Report,
    Saving,
    delete_draft,
    import_workflow,
    label_workflow,
    list_workflows,
    picture_of,
    publish_workflow,
    published,
    restore_workflow,
    retract_workflow,
    set_picture,
    show_workflow,
    workflow_versions,
)
from tarry.platform.kernel.errors import NotAllowed, NotFound
from tarry.platform.kernel.model import Caller
from tarry.platform.workflows import json_form
from tarry.platform.workflows.xml import read, write

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CARL = replace(ANNA, user_name="carl")
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


class World:
    """A catalogue that knows a shared waiter."""

    def __init__(self) -> None:
        store = MemoryCatalogue()
        store.add_service(WAITER)
        self.catalogue = MemoryTransactions[Catalogue](store)

    async def save(self, title: str, caller: Caller = ANNA, **how: Any) -> Report:
        document = write(replace(WAIT, title=title))
        saving = Saving(**how)
        return await import_workflow(
            self.catalogue, caller, document, clock=lambda: NOW, saving=saving
        )

    async def versions(self) -> list[WorkflowEntry]:
        return await workflow_versions(self.catalogue, ANNA, "Wait")


@pytest.fixture
def world() -> World:
    return World()


async def test_versions_tell_author_time_and_comment(world: World) -> None:
    await world.save("one", comment="first try")
    await world.save("two", CARL, comment="better")

    found = [
        (one.version, one.author, one.comment, one.imported_at) for one in await world.versions()
    ]

    assert found == [(2, "carl", "better", NOW), (1, "anna", "first try", NOW)]


async def test_a_save_over_a_newer_version_is_refused_with_its_author(world: World) -> None:
    await world.save("one", expected=0)
    await world.save("two", CARL, expected=1)

    with pytest.raises(NewerVersion, match=r"at version 2 .*version 2 by carl of 24 Nov 09:30.*1"):
        await world.save("three", expected=1)

    assert [one.title for one in await world.versions()] == ["two", "one"]
    assert (await world.save("three", expected=2)).entry.version == 3


async def test_a_new_workflow_does_not_cover_one_that_is_there(world: World) -> None:
    await world.save("one")

    with pytest.raises(NewerVersion):
        await world.save("other", expected=0)


async def test_an_old_version_comes_back_as_the_newest_and_nothing_is_published_by_it(
    world: World,
) -> None:
    await world.save("one")
    await publish_workflow(world.catalogue, ANNA, "Wait")
    await world.save("two", CARL)

    restored = await restore_workflow(world.catalogue, ANNA, "Wait", 1, clock=lambda: NOW)

    entry = restored.entry
    assert (entry.version, entry.title, entry.comment) == (3, "one", "Version 1 again")
    assert (entry.published_version, entry.is_draft) == (1, True)
    again = await restore_workflow(world.catalogue, ANNA, "Wait", 1, clock=lambda: NOW)
    assert (again.is_new, again.entry.version) == (False, 3)


async def test_a_restore_over_a_newer_version_is_refused(world: World) -> None:
    await world.save("one")
    await world.save("two")
    await world.save("three", CARL)

    with pytest.raises(NewerVersion):
        await restore_workflow(world.catalogue, ANNA, "Wait", 1, clock=lambda: NOW, expected=2)


async def test_only_drafts_are_deleted(world: World) -> None:
    await world.save("one")
    await publish_workflow(world.catalogue, ANNA, "Wait")
    await world.save("two")
    await publish_workflow(world.catalogue, ANNA, "Wait")
    await world.save("three")

    await delete_draft(world.catalogue, ANNA, "Wait", 3)
    for version in (1, 2):
        with pytest.raises(NotADraft):
            await delete_draft(world.catalogue, ANNA, "Wait", version)
    with pytest.raises(NotFound):
        await delete_draft(world.catalogue, BERT, "Wait", 1)

    assert [one.version for one in await world.versions()] == [2, 1]
    assert (await world.save("four", expected=2)).entry.version == 4


async def test_somebody_who_only_runs_workflows_changes_none(world: World) -> None:
    await world.save("one")
    user = replace(ANNA, rights=RIGHTS[Role.USER])

    for attempt in (
        world.save("two", user),
        restore_workflow(world.catalogue, user, "Wait", 1, clock=lambda: NOW),
        delete_draft(world.catalogue, user, "Wait", 1),
        publish_workflow(world.catalogue, user, "Wait"),
        retract_workflow(world.catalogue, user, "Wait"),
        set_picture(world.catalogue, user, "Wait", PNG),
        label_workflow(world.catalogue, user, "Wait", Publication(category="x")),
    ):
        with pytest.raises(NotAllowed, match="develop"):
            await attempt


async def test_nobody_publishes_by_accident_what_somebody_saved_a_moment_ago(
    world: World,
) -> None:
    await world.save("one")
    await world.save("two", CARL)

    with pytest.raises(NewerVersion, match="version 2 by carl"):
        await publish_workflow(world.catalogue, ANNA, "Wait", Publication(expected=1))

    with pytest.raises(NotPublished):
        await published(world.catalogue, ANNA, "Wait")


async def test_a_retracted_workflow_starts_no_more_runs(world: World) -> None:
    await world.save("one")
    await publish_workflow(world.catalogue, ANNA, "Wait")

    entry = (await retract_workflow(world.catalogue, ANNA, "Wait")).entry

    assert entry.published_version is None
    with pytest.raises(NotPublished):
        await published(world.catalogue, ANNA, "Wait")
    with pytest.raises(NotADraft):
        await delete_draft(world.catalogue, ANNA, "Wait", 1)


async def test_category_and_company_stay_over_versions(world: World) -> None:
    await world.save("one")
    said = Publication(category="Waiting", company="ACME")
    entry = (await publish_workflow(world.catalogue, ANNA, "Wait", said)).entry
    assert (entry.category, entry.company) == ("Waiting", "ACME")
    await world.save("two")
    await publish_workflow(world.catalogue, ANNA, "Wait")
    await label_workflow(world.catalogue, ANNA, "Wait", Publication(company="Other"))

    entry = await show_workflow(world.catalogue, ANNA, "Wait")

    assert (entry.category, entry.company, entry.version) == ("Waiting", "Other", 2)


async def test_a_picture_is_kept_and_changes_its_tag(world: World) -> None:
    await world.save("one")
    await set_picture(world.catalogue, ANNA, "Wait", PNG)
    first = (await show_workflow(world.catalogue, ANNA, "Wait")).picture
    await set_picture(world.catalogue, ANNA, "Wait", b"\xff\xd8\xff\xe0" + b"\x00" * 9)

    assert (await picture_of(world.catalogue, ANNA, "Wait")).media_type == "image/jpeg"
    assert (await show_workflow(world.catalogue, ANNA, "Wait")).picture not in {"", first}
    await set_picture(world.catalogue, ANNA, "Wait", None)
    with pytest.raises(NotFound):
        await picture_of(world.catalogue, ANNA, "Wait")
    assert (await show_workflow(world.catalogue, ANNA, "Wait")).picture == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a",
        b"<html><script>alert(1)</script>",
        PNG + b"\x00" * 256 * 1024,
    ],
    ids=["empty", "svg", "gif", "html", "large"],
)
async def test_what_may_hold_a_script_or_is_too_large_is_no_picture(
    world: World, data: bytes
) -> None:
    await world.save("one")

    with pytest.raises(BadPicture):
        await set_picture(world.catalogue, ANNA, "Wait", data)


async def test_a_shared_workflow_uses_only_what_is_shared(world: World) -> None:
    own = replace(WAITER, project=ADMIN.project, inputs=(SECONDS, replace(SECONDS, name="more")))
    await world.catalogue.write(lambda store: store.add_service(own))
    await world.save("shared", ADMIN, shared=True)
    await publish_workflow(world.catalogue, ADMIN, "Wait")

    taken = await published(world.catalogue, ADMIN, "Wait")

    assert taken.services[WAITER.uri].inputs == (SECONDS,)


async def test_a_list_has_the_newest_versions(world: World) -> None:
    await world.save("one")
    await world.save("two")

    assert [one.version for one in await list_workflows(world.catalogue, ANNA)] == [2]


async def test_a_document_may_come_as_json_and_is_the_same_workflow(world: World) -> None:
    document = replace(WAIT, title="one")
    await world.save("one")

    report = await import_workflow(
        world.catalogue, ANNA, json_form.write(document), clock=lambda: NOW
    )

    assert (report.is_new, report.entry.version) == (False, 1)
    assert read(report.entry.document) == read(write(document))
