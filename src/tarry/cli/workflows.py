"""Workflows of a platform."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tarry.cli.failures import TarryGroup
from tarry.cli.findings import print_breaks, print_notices, print_ports, print_problems
from tarry.cli.output import json_option, print_json, print_table, when

if TYPE_CHECKING:
    from tarry.client import Workflow

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=TarryGroup)
def workflows() -> None:
    """Import, list, show and publish workflows; look after their versions."""


@workflows.command("import")
@click.argument("file", type=_FILE)
@click.option("--publish", is_flag=True, help="Publish it at once.")
@click.option("--draft", is_flag=True, help="Keep it even if it has problems.")
@click.option("--shared", is_flag=True, help="Let every project see it.")
@click.option("--comment", default="", help="What there is to say of this version.")
@click.option("--name", default="", help="Save it under this name, whatever the document says.")
@click.option(
    "--after",
    "expected",
    type=click.IntRange(min=0),
    help="The newest version as you know it (0: none); refused if there is another.",
)
@json_option
def import_(  # noqa: PLR0917 - click gives them by name
    file: Path,
    publish: bool,
    draft: bool,
    shared: bool,
    comment: str,
    name: str,
    expected: int | None,
    as_json: bool,
) -> None:
    """Bring the workflow document FILE (XML or JSON) into the catalogue."""
    from tarry.cli.connection import connected

    with connected() as platform:
        workflow = saved = platform.import_workflow(
            file.read_bytes(),
            draft=draft,
            shared=shared,
            comment=comment,
            expected_version=expected,
            name=name,
        )
        problems = workflow.problems
        if publish:
            workflow = platform.publish(workflow.name, workflow.version)
    if as_json:
        print_json(workflow.raw)
    elif publish:
        click.echo(f"Imported and published {workflow.name}, version {workflow.version}.")
    elif problems:
        click.echo(f"Kept {workflow.name}, version {workflow.version}, as a draft. It cannot run:")
        print_problems(problems)
    else:
        click.echo(
            f"Imported {workflow.name}, version {workflow.version}. "
            f"Publish it: tarry workflows publish {workflow.name}"
        )
    if not as_json:
        print_notices(saved.notices)


@workflows.command("list")
@click.option("--search", default="", help="Words that all have to be there.")
@click.option("--category", default="", help="Only these.")
@json_option
def list_(search: str, category: str, as_json: bool) -> None:
    """List the workflows."""
    from tarry.cli.connection import connected

    with connected() as platform:
        found = platform.workflows(search, category=category)
    if as_json:
        print_json([workflow.raw for workflow in found])
        return
    print_table(
        ("NAME", "PUBLISHED", "INPUTS", "TITLE"),
        [
            (
                workflow.name,
                _published(workflow),
                ", ".join(port.name for port in workflow.inputs),
                workflow.title,
            )
            for workflow in found
        ],
        empty="There is no workflow. Import one: tarry workflows import FILE",
    )


@workflows.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(min=1), help="Which one; by default the newest.")
@click.option("--xml", "form", flag_value="xml", help="Print the document itself.")
@click.option("--document-json", "form", flag_value="json", help="Print the document as JSON.")
@json_option
def show(name: str, version: int | None, form: str | None, as_json: bool) -> None:
    """Show the workflow NAME: what it takes and gives, and what keeps it from running."""
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        newest = workflow_named(platform, name)
        if form:
            document = platform.document(newest.name, version, form=form)
            click.echo(document, nl=not document.endswith(b"\n"))
            return
        workflow = platform.check_workflow(newest.name, version)
    if as_json:
        print_json(workflow.raw)
        return
    click.echo(f"{workflow.name}  {workflow.title}".rstrip())
    if workflow.description:
        click.echo(f"  {workflow.description}")
    click.echo(f"  URI {workflow.uri}")
    click.echo(f"  version {workflow.version}, published: {_published(workflow)}")
    print_ports("inputs", workflow.inputs)
    print_ports("outputs", workflow.outputs)
    if workflow.problems:
        click.secho("  cannot run:", fg="red")
        print_problems(workflow.problems, indent=4)
    print_notices(workflow.notices)


@workflows.command()
@click.argument("name")
@click.option("--version", type=click.IntRange(min=1), help="Which one; by default the newest.")
@click.option("--category", help="Where people look for it.")
@click.option("--company", help="Who offers it.")
@click.option("--picture", type=_FILE, help="What stands for it: PNG, JPEG or WebP.")
@click.option("--dry-run", is_flag=True, help="Only tell which workflows that use it would break.")
@click.option("--force", is_flag=True, help="Although published workflows that use it break.")
@json_option
def publish(  # noqa: PLR0917 - click gives them by name
    name: str,
    version: int | None,
    category: str | None,
    company: str | None,
    picture: Path | None,
    dry_run: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Make a version of the workflow NAME the one that is run, by default the newest.

    If published workflows use it and could no longer run, that is refused unless you --force it.
    """
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        found = workflow_named(platform, name)
        if picture is not None and not dry_run:
            platform.set_picture(found.name, picture.read_bytes())
        workflow = platform.publish(
            found.name,
            version or found.version,
            category=category,
            company=company,
            dry_run=dry_run,
            force=force,
        )
    if as_json:
        print_json(workflow.raw)
    elif workflow.applied:
        click.echo(f"Published {workflow.name}, {_published(workflow)}.")
        print_breaks(workflow.breaks, workflow.breaks_elsewhere, applied=True)
    else:
        _print_trial(workflow)


@workflows.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Only tell which workflows that use it would break.")
@click.option("--force", is_flag=True, help="Although published workflows use it.")
def retract(name: str, dry_run: bool, force: bool) -> None:
    """Let no more runs start from the workflow NAME; those that have begun go on."""
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        found = workflow_named(platform, name)
        workflow = platform.retract(found.name, dry_run=dry_run, force=force)
    if not workflow.applied:
        _print_trial(workflow)
        return
    click.echo(f"Retracted {workflow.name}. Its versions stay.")
    print_breaks(workflow.breaks, workflow.breaks_elsewhere, applied=True)


def _print_trial(workflow: "Workflow") -> None:
    if not workflow.breaks and not workflow.breaks_elsewhere:
        click.echo(f"Nothing would break that uses {workflow.name}.")
    print_breaks(workflow.breaks, workflow.breaks_elsewhere, applied=False)


@workflows.command()
@click.argument("name")
@json_option
def versions(name: str, as_json: bool) -> None:
    """List every version of the workflow NAME, newest first."""
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        found = platform.workflow_versions(workflow_named(platform, name).name)
    if as_json:
        print_json([one.raw for one in found])
        return
    print_table(
        ("VERSION", "STATE", "SAVED", "BY", "COMMENT"),
        [
            (
                str(one.version),
                "published" if one.published else "draft" if one.draft else "was published",
                when(one.saved_at),
                one.author,
                one.comment,
            )
            for one in found
        ],
        empty="There is none.",
    )


@workflows.command()
@click.argument("name")
@click.argument("version", type=click.IntRange(min=1))
@json_option
def restore(name: str, version: int, as_json: bool) -> None:
    """Make VERSION of the workflow NAME the newest one again, as a draft."""
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        workflow = platform.restore(workflow_named(platform, name).name, version)
    if as_json:
        print_json(workflow.raw)
    else:
        click.echo(f"Version {version} of {workflow.name} is now version {workflow.version}.")


@workflows.command("delete-draft")
@click.argument("name")
@click.argument("version", type=click.IntRange(min=1))
def delete_draft(name: str, version: int) -> None:
    """Forget VERSION of the workflow NAME, if it was never published."""
    from tarry.cli.connection import connected
    from tarry.cli.names import workflow_named

    with connected() as platform:
        platform.delete_draft(workflow_named(platform, name).name, version)
    click.echo(f"Deleted version {version} of {name}.")


def _published(workflow: "Workflow") -> str:
    version = workflow.published_version
    return "no" if version is None else f"version {version}"
