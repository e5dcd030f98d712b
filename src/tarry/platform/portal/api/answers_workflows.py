"""The JSON of workflows."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tarry.platform.catalogue.model import WorkflowEntry
from tarry.platform.catalogue.operations import Preview, Publication, Published, Report
from tarry.platform.kernel.model import Caller
from tarry.platform.portal.api.answers import PortAnswer, plain, ports_shown, project_shown
from tarry.platform.portal.api.answers_services import BreakAnswer, Remark, break_answers
from tarry.platform.workflows import json_form
from tarry.platform.workflows.xml import read


class PublishOrder(BaseModel):
    """How to publish a workflow."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(None, ge=1, description="Default: the newest")
    expected_version: int | None = Field(
        None, ge=0, description="Refused (412) if there is a newer version than this one"
    )
    category: str | None = Field(None, max_length=200)
    company: str | None = Field(None, max_length=200)

    def publication(self, *, dry_run: bool, force: bool) -> Publication:
        """Give it in the catalogue's words."""
        return Publication(
            version=self.version,
            expected=self.expected_version,
            category=self.category,
            company=self.company,
            dry_run=dry_run,
            force=force,
        )


class CardOrder(BaseModel):
    """Where people look for a workflow, and who offers it; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    category: str | None = Field(None, max_length=200)
    company: str | None = Field(None, max_length=200)

    def publication(self) -> Publication:
        """Give it in the catalogue's words."""
        return Publication(category=self.category, company=self.company)


class WorkflowAnswer(BaseModel):
    """A workflow of the catalogue."""

    name: str
    uri: str
    title: str
    description: str
    category: str
    company: str
    picture: str = Field(description="Names the picture and changes with it; empty: it has none")
    version: int
    published_version: int | None
    author: str
    comment: str
    saved_at: datetime
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]
    project: str


class VersionAnswer(BaseModel):
    """A version of a workflow."""

    version: int
    title: str
    author: str
    comment: str
    saved_at: datetime
    published_at: datetime | None = Field(description="When it was published first")
    draft: bool = Field(description="It was never published")
    published: bool = Field(description="Runs start from it")


class CheckedAnswer(WorkflowAnswer):
    """A workflow, and how it stands with the services as they are now."""

    problems: list[Remark] = Field(description="What keeps it from running")
    notices: list[Remark]


class ImportedAnswer(CheckedAnswer):
    """A saved workflow, and how it stands with the services as they are now."""

    is_new: bool = Field(description="Whether a version was added; not if nothing had changed")


class PreviewAnswer(BaseModel):
    """What would become of a document if it were saved."""

    readable: bool = Field(description="If not, `problems` says why, and the rest is empty")
    name: str
    uri: str
    title: str
    description: str
    steps: int
    inputs: list[PortAnswer]
    outputs: list[PortAnswer]
    problems: list[Remark] = Field(
        description="Why it cannot be read or, if it can, what keeps it from running"
    )
    notices: list[Remark]
    is_new: bool = Field(description="Whether a version would be added")
    there: VersionAnswer | None = Field(
        description="The newest version of the project's workflow of this name"
    )
    document: dict[str, Any] | None = Field(description="The document in its JSON form")


class PublishedAnswer(WorkflowAnswer):
    """A workflow that was published or retracted, and what that breaks, or would."""

    applied: bool = Field(description="Whether this is done; else it is what would be")
    breaks: list[BreakAnswer] = Field(description="Workflows that use it and can no longer run")
    breaks_elsewhere: int = Field(description="Published workflows of other projects that break")


def published_answer(done: Published, caller: Caller) -> PublishedAnswer:
    """Give as JSON what became of a publication."""
    return PublishedAnswer(
        **workflow_answer(done.entry, caller).model_dump(),
        applied=done.applied,
        breaks=break_answers(done.damage, caller),
        breaks_elsewhere=done.damage.elsewhere,
    )


def workflow_answer(workflow: WorkflowEntry, caller: Caller) -> WorkflowAnswer:
    """Give a workflow as JSON."""
    return WorkflowAnswer(
        **plain(workflow, WorkflowAnswer, but=("project", "inputs", "outputs", "saved_at")),
        saved_at=workflow.imported_at,
        project=project_shown(workflow.project, caller),
        inputs=ports_shown(workflow.inputs),
        outputs=ports_shown(workflow.outputs),
    )


def version_answer(workflow: WorkflowEntry) -> VersionAnswer:
    """Give what is said of a version as JSON."""
    own = ("saved_at", "draft", "published")
    return VersionAnswer(
        **plain(workflow, VersionAnswer, but=own),
        saved_at=workflow.imported_at,
        draft=workflow.is_draft,
        published=workflow.is_published,
    )


def checked_answer(report: Report, caller: Caller) -> CheckedAnswer:
    """Give a workflow as JSON, and how it stands with the services."""
    return CheckedAnswer(
        **workflow_answer(report.entry, caller).model_dump(),
        problems=[Remark.model_validate(problem) for problem in report.problems],
        notices=[Remark.model_validate(problem) for problem in report.notices],
    )


def imported_answer(report: Report, caller: Caller) -> ImportedAnswer:
    """Give a workflow as JSON after it was saved."""
    return ImportedAnswer(**checked_answer(report, caller).model_dump(), is_new=report.is_new)


def preview_answer(preview: Preview) -> PreviewAnswer:
    """Tell as JSON what would become of a document."""
    entry = preview.entry
    document = read(entry.document) if entry else None
    return PreviewAnswer(
        readable=entry is not None,
        name=entry.name if entry else "",
        uri=entry.uri if entry else "",
        title=entry.title if entry else "",
        description=entry.description if entry else "",
        steps=len(document.steps) if document else 0,
        inputs=ports_shown(entry.inputs) if entry else [],
        outputs=ports_shown(entry.outputs) if entry else [],
        problems=[Remark.model_validate(problem) for problem in preview.problems],
        notices=[Remark.model_validate(notice) for notice in preview.notices],
        is_new=preview.is_new,
        there=version_answer(preview.there) if preview.there else None,
        document=json.loads(json_form.write(document)) if document else None,
    )
