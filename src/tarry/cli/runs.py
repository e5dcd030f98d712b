"""Runs that exist: list, show, abort, decide, tell, and where their folders are."""

import json
from datetime import datetime
from textwrap import indent
from typing import TYPE_CHECKING

import click

from tarry.cli.failures import Failure
from tarry.cli.names import SHORT
from tarry.cli.output import (
    duration,
    json_option,
    print_json,
    print_table,
    print_values,
    when,
)

if TYPE_CHECKING:
    from tarry.client import Run, Step, Telling

RUN_HELP = "RUN is a run's id, the first characters of it, or 'last'."


@click.command()
@click.argument("text", required=False)
@click.option("--state", help="Only runs in this state, such as running or failed.")
@click.option("--workflow", "-w", help="Only runs of this workflow.")
@click.option("--owner", help="Only runs that this user started; 'me' for your own.")
@click.option("--asking", is_flag=True, help="Only runs that need a person's answer.")
@click.option("--since", metavar="TIME", help="Only runs made then or later, in ISO 8601.")
@click.option("--until", metavar="TIME", help="Only runs made before then.")
@click.option("--limit", "-n", type=click.IntRange(1, 100_000), default=20, show_default=True)
@json_option
def runs(  # noqa: PLR0917 - click gives them by name
    text: str | None,
    state: str | None,
    workflow: str | None,
    owner: str | None,
    asking: bool,
    since: str | None,
    until: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the runs, newest first.

    TEXT stands in the title of a run, in the name of its workflow or its owner, or begins its id.
    """
    from tarry.cli.connection import connected

    wanted = {"text": text, "workflow": workflow, "owner": owner}
    wanted |= {"since": _instant(since), "until": _instant(until)}
    with connected() as platform:
        found = platform.runs(state, limit=limit, asking=asking or None, **wanted)
    if as_json:
        print_json([run.raw for run in found])
        return
    print_table(
        ("RUN", "WORKFLOW", "STATE", "STARTED", "TOOK"),
        [
            (
                run.id[:SHORT],
                run.workflow,
                "waits for you" if run.waits and run.state == "running" else run.state,
                when(run.started_at or run.created_at),
                duration(run.started_at, run.ended_at),
            )
            for run in found
        ],
        empty="There are no such runs.",
    )


def _instant(text: str | None) -> str | None:
    """Read an instant; without a time zone it is meant as the clock on the wall shows it."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        reason = f"{text!r} is no time: write 2026-11-24 or 2026-11-24T09:30"
        raise click.UsageError(reason) from None


@click.command(epilog=RUN_HELP)
@click.argument("run")
@json_option
def show(run: str, as_json: bool) -> None:
    """Show the run RUN: its steps, what went wrong, its outputs."""
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named

    with connected() as platform:
        found = run_named(platform, run)
    if as_json:
        print_json(found.raw)
    else:
        print_run(found)


@click.command(epilog=RUN_HELP)
@click.argument("run")
@json_option
def abort(run: str, as_json: bool) -> None:
    """Abort the run RUN: its programs are ended."""
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named

    with connected() as platform:
        found = run_named(platform, run)
        if found.is_over:
            raise Failure(f"Run {found.id[:SHORT]} is over already: {found.state}.")
        platform.abort(found.id)
    if as_json:
        print_json({"id": found.id, "aborting": True})
    else:
        click.echo(f"Run {found.id[:SHORT]} of {found.workflow} is being aborted.")


@click.command(epilog=RUN_HELP)
@click.argument("run")
@click.argument("decision", type=click.Choice(["again", "give-up"]))
@click.option("--step", type=int, help="Number of the step, if several wait.")
@json_option
def decide(run: str, decision: str, step: int | None, as_json: bool) -> None:
    """Decide about a step of RUN whose outcome is unknown.

    It was started, but nobody can know whether the call arrived: start it again, or give it up.
    """
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named

    with connected() as platform:
        found = run_named(platform, run)
        waiting = [s.number for s in found.steps if s.state == "unknown"]
        if step is None:
            if len(waiting) != 1:
                which = ", ".join(map(str, waiting))
                raise Failure(
                    f"No step of run {found.id[:SHORT]} waits for a decision."
                    if not waiting
                    else f"Several steps wait for a decision: {which}. Choose one with --step."
                )
            step = waiting[0]
        platform.decide(found.id, step, decision)
    if as_json:
        print_json({"id": found.id, "step": step, "decision": decision})
    else:
        said = "is started again" if decision == "again" else "is given up"
        click.echo(f"Step {step} of run {found.id[:SHORT]} {said}.")


@click.command(epilog=RUN_HELP)
@click.argument("run")
@click.argument("message")
@click.option("--step", type=int, help="Number of the step, if several can hear.")
@json_option
def tell(run: str, message: str, step: int | None, as_json: bool) -> None:
    """Send MESSAGE, one line, to the program of a running step of RUN.

    It is kept with the run, with your name and what the service said to it.
    """
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named

    with connected() as platform:
        found = run_named(platform, run)
        if step is None:
            hearing = [s.number for s in found.steps if s.hears and s.state == "running"]
            if len(hearing) != 1:
                which = ", ".join(map(str, hearing))
                raise Failure(
                    f"No running step of run {found.id[:SHORT]} takes messages."
                    if not hearing
                    else f"Several steps take messages: {which}. Choose one with --step."
                )
            step = hearing[0]
        answer = platform.tell(found.id, step, message)
    if as_json:
        print_json({"id": found.id, "step": step, "answer": answer})
    else:
        click.echo(f"Step {step} of run {found.id[:SHORT]} was told; its service says: {answer}")


@click.command(epilog=RUN_HELP)
@click.argument("run")
@json_option
def where(run: str, as_json: bool) -> None:
    """Tell where RUN's folders are: those of its steps' programs, on their services' machines."""
    from tarry.cli.connection import connected
    from tarry.cli.names import run_named

    with connected() as platform:
        found = run_named(platform, run)
    if as_json:
        print_json(
            {
                "id": found.id,
                "steps": [
                    {"number": s.number, "name": s.name, "service": s.service, "folder": s.folder}
                    for s in found.steps
                ],
            }
        )
        return
    if not found.steps:
        click.echo(f"Run {found.id[:SHORT]} has started no step yet.", err=True)
    for step in found.steps:
        click.echo(f"{step.number} {label(step)}: {step.folder or '(the service does not say)'}")


def label(step: "Step") -> str:
    """Name a step for people."""
    name = step.name or step.operation or step.key
    if step.iterations:  # of loops and for-eachs around it, counted from 1 as people do
        name += f" [{', '.join(str(one + 1) for one in step.iterations)}]"
    return f"{name} (attempt {step.attempt})" if step.attempt > 1 else name


def _telling(telling: "Telling") -> str:
    words = f"{telling.address or 'somebody'} by {telling.channel}"
    if telling.failure:
        again = "given up" if telling.given_up else f"again {when(telling.next_try_at)}"
        words += f": {telling.failure} ({again})"
    elif telling.told:
        words += f": told of {', '.join(telling.told)}"
    return words


def print_run(run: "Run") -> None:
    """Print a run with its steps."""
    click.echo(f"Run {run.id} of {run.workflow}: {run.state}")
    click.echo(f"  started {when(run.started_at or run.created_at)}", nl=False)
    click.echo(f", took {duration(run.started_at, run.ended_at) or '0:00'}", nl=False)
    click.echo(f", by {run.owner}" if run.owner else "")
    if run.trial:
        what = "this service" if run.trial == "service" else "a version that was not published"
        click.echo(f"  a trial of {what}")
    for earlier, words in ((run.resumed_from, "goes on from"), (run.rerun_of, "repeats")):
        if earlier:
            click.echo(f"  {words} run {earlier[:SHORT]}")
    for name, value in run.inputs.items():
        shown = value if value.isprintable() else json.dumps(value, ensure_ascii=False)
        click.echo(f"  {name} = {shown}")
    for telling in run.tellings:
        click.echo(f"  tells {_telling(telling)}")
    for step in run.steps:
        _print_step(run, step)
    if run.failure:
        click.echo(f"{click.style(run.state + ':', fg='red')} {run.failure.message}")
    print_values(run.outputs, {port.name for port in run.output_ports if port.many})


def _print_step(run: "Run", step: "Step") -> None:
    progress = f" {step.progress:.0f} %" if step.progress is not None else ""
    took = duration(step.started_at, step.ended_at)
    state = "waits for an answer" if step.waits else step.state
    click.echo(f"  step {step.number} {label(step)}: {state}{progress}  {took}".rstrip())
    for message in run.messages:
        if message.step == step.id:
            answer = "nobody knows if it arrived" if message.answer is None else message.answer
            click.echo(f"    told by {message.by}: {message.text} ({answer})")
    if step.taken_from:
        click.echo(f"    taken over from run {step.taken_from[:SHORT]}")
    if step.note:
        click.echo(f"    {step.note}")
    if step.failure:
        click.echo(indent(step.failure.message, "    "))
    if step.retry_at:
        click.echo(f"    the next attempt begins {when(step.retry_at)}")
    if step.passed_over:
        click.echo("    the run has gone on without it")
    if step.state == "unknown":
        click.echo(f"    decide: tarry decide {run.id[:SHORT]} again|give-up")
