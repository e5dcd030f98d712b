"""Applications: they show their user a page, and somebody reports their outputs."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from tarry.contract.kinds import STATUS
from tarry.contract.status import Page, write_status
from tarry.service.errors import ManagerAway, ManagerRefused, PageNotReady
from tarry.service.model.program import OwnPage
from tarry.service.model.run import RunState
from tarry.service.operations.workshop import Run, Workshop, log

_LOOK_EVERY = 0.05
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_PATIENCE = timedelta(days=7)


async def show(workshop: Workshop, run: Run) -> Mapping[str, str]:
    """Give the page of an application and the dummies that stand for its outputs.

    Raises:
        RunEnded: it is over without having shown a page.
        PageNotReady: it has not shown one yet.
    """
    limit = run.operation.time_limit
    give_up = workshop.clock() + limit
    while True:
        over = run.outcome
        if over is not None and over.code:
            raise over.error()
        page = await asyncio.to_thread(workshop.watcher.dialog, run.folder, run.operation)
        if page is not None:
            return {STATUS: write_status(Page(page)), **run.operation.unset()}
        if over is not None or workshop.clock() > give_up:
            raise PageNotReady(operation=run.operation.name, seconds=f"{limit.total_seconds():g}")
        await workshop.pause(_LOOK_EVERY)


async def show_template(workshop: Workshop, run: Run) -> dict[str, str]:
    """Make the page of an application that has no program; its page reports the outputs."""
    names = [port.name for port in run.operation.inputs]
    values: dict[str, object] = {name: run.request.inputs.get(name) for name in names}
    own = run.operation.dialog or OwnPage()
    page = await asyncio.to_thread(workshop.fill_page, run.program, own, values)
    await asyncio.to_thread(workshop.runs.keep_page, run.name, page)
    return {}


async def report_outputs(workshop: Workshop, run: Run) -> None:
    """Tell the workflow manager the outputs of an application, for as long as it is away.

    Told at least once: the service may be killed between the manager's answer and its own note.
    """
    outcome, manager = run.outcome, workshop.manager
    if outcome is None or outcome.state is not RunState.SUCCEEDED or not run.operation.reports:
        return
    pause, begun = _FIRST_PAUSE, workshop.clock()
    while manager is not None:
        try:
            await manager.finished(
                run.request.service_id,
                session_token=run.secrets.session_token,
                outputs=outcome.outputs,
            )
        except ManagerAway as error:
            log.warning("manager.away", run=run.name, reason=str(error))
            if workshop.clock() - begun > _PATIENCE:
                break
            await workshop.pause(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        except ManagerRefused as error:
            log.error("manager.refused", run=run.name, reason=str(error))
            break
        else:
            log.info("manager.told", run=run.name)
            return
    log.error("run.outputs_not_reported", run=run.name)
