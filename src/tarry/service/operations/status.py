"""How a run stands: its page while it goes on, its outputs when it is over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from tarry.contract.kinds import STATUS
from tarry.contract.status import Completed, Page, Unchanged, tag_of, write_status
from tarry.service.errors import ProgramFailed
from tarry.service.model.page import PageView, Seen, page_view
from tarry.service.model.run import RunState
from tarry.service.model.templates import OWN_STATES, status_values
from tarry.service.operations.workshop import Run, ShownPage, Workshop, log
from tarry.soap.schema import Lasting, WireValue

_REFRESH = timedelta(seconds=10)
"""After this long a page is made anew even if nothing changed: it shows the time passed."""
_UNCHANGED = write_status(Unchanged())
_COMPLETED = write_status(Completed())


def status(
    workshop: Workshop, run: Run, *, page_tag: str = "", last_page: bool = False
) -> tuple[Mapping[str, WireValue], str]:
    """Give all outputs of a status call, and the tag of the newest page.

    Args:
        workshop: what is needed of the world.
        run: the caller's run.
        page_tag: the page that the caller shows; if it is the newest, the status is UNCHANGED.
        last_page: the caller wants the last page of a run that is over, not its outcome.

    Raises:
        RunEnded: the run is over without outputs.
    """
    outcome = run.outcome
    if outcome is None or last_page:
        page = newest_page(workshop, run)
        if page_tag and page_tag == page.tag:
            return page.unchanged, page.tag
        return page.answer, page.tag
    if outcome.code:
        raise outcome.error()
    answer = run.final_answer
    if answer is None:
        answer = run.final_answer = Lasting({STATUS: _COMPLETED, **outcome.outputs})
    return answer, run.page.tag if run.page else ""


def newest_page(workshop: Workshop, run: Run) -> ShownPage:
    """Give the newest page; made anew only if something that it shows has changed."""
    page, now = run.page, workshop.clock()
    if (
        page is not None
        and page.state is run.state
        and page.note == run.shown_note
        and (run.outcome is not None or now - page.shown_at < _REFRESH)
        and not (run.outcome is None and run.watch.changed())
    ):
        return page
    seen = run.watch.look()
    view = page_view(
        run.program,
        run.operation,
        state=run.state,
        seen=seen,
        note=run.shown_note,
        created_at=run.request.created_at,
        now=now,
        outcome=run.outcome,
    )
    content = _content(workshop, run, view, seen)
    known = run.outcome.outputs if run.outcome and run.state is RunState.SUCCEEDED else {}
    outputs = {**run.operation.unset(), **known}
    page = run.page = ShownPage(
        tag=tag_of(content),
        answer=Lasting({**outputs, STATUS: write_status(Page(content))}),
        unchanged=Lasting({**outputs, STATUS: _UNCHANGED}),
        shown_at=now,
        note=run.shown_note,
        state=run.state,
        percent=view.percent,
    )
    return page


def _content(workshop: Workshop, run: Run, view: PageView, seen: Seen) -> bytes:
    """Make the page: the author's own where there is one, else ours, which then says why."""
    own = run.operation.page.own
    if own is None or run.state not in OWN_STATES:
        return workshop.render(view)
    if own.html:
        return seen.own or workshop.render(view)
    values = status_values(view, run.operation, run.request.inputs, seen.values)
    try:
        return workshop.fill_page(run.program, own, values)
    except ProgramFailed as error:
        trouble = str(error)
        if trouble != run.trouble:
            log.warning("run.page_broken", run=run.name, reason=trouble)
            run.trouble = trouble
        return workshop.render(replace(view, note=f"{view.note} {trouble}".strip()))
