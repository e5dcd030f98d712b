"""What administrators do: users, projects, roles, and the audit trail of a platform."""

from collections.abc import Sequence
from itertools import islice

import click

from tarry.cli.failures import TarryGroup
from tarry.cli.operate import backup, doctor, migrate, rescue, restore
from tarry.cli.output import json_option, print_json, print_table, when
from tarry.cli.tokens import tokens

ROLES = ("viewer", "user", "developer", "admin")
role_option = click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    help="In the project (again for more).",
)


@click.group(cls=TarryGroup)
def admin() -> None:
    """Manage a platform: users, projects, roles, tokens; backup, restore, migrate, doctor.

    users, projects, roles, tokens and audit go to the platform that you are logged in to. The
    others work on this machine, on the data folder and the database that the settings name.
    """


@admin.group()
def users() -> None:
    """Make, list, change and remove users."""


@users.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List the users: all for an administrator, those of the project for its admin."""
    from tarry.cli.connection import connected

    with connected() as platform:
        found = list(platform.people.users())
    if as_json:
        print_json([user.raw for user in found])
        return
    rows = [
        (
            user.name,
            user.email,
            "yes" if user.active else "no",
            "yes" if user.administrator else "",
        )
        for user in found
    ]
    print_table(("NAME", "EMAIL", "ACTIVE", "ADMINISTRATOR"), rows, empty="There is no user.")


@users.command()
@click.argument("name")
@click.argument("project")
@role_option
@click.option("--email", default="", help="E-mail address.")
@click.option("--administrator", is_flag=True, help="Of the whole platform.")
@json_option
def create(  # noqa: PLR0917 - click gives them by name
    name: str, project: str, roles: Sequence[str], email: str, administrator: bool, as_json: bool
) -> None:
    """Make the user NAME, who works in PROJECT, and print a password. It is shown this once."""
    from tarry.cli.connection import connected

    with connected() as platform:
        made = platform.people.make_user(
            name, project, roles=roles or ("user",), email=email, administrator=administrator
        )
    if as_json:
        print_json({**made.raw, "password": made.password})
        return
    click.echo(f"{name} can log in with this password; it is shown this once:", err=True)
    click.echo(made.password)


@users.command()
@click.argument("name")
@click.option("--email", help="Another e-mail address.")
@click.option("--active/--inactive", default=None, help="Whether they can log in.")
@click.option(
    "--administrator/--no-administrator", default=None, help="Whether they manage the platform."
)
@json_option
def change(
    name: str, email: str | None, active: bool | None, administrator: bool | None, as_json: bool
) -> None:
    """Change the user NAME."""
    from tarry.cli.connection import connected

    with connected() as platform:
        changed = platform.people.change_user(
            name, email=email, active=active, administrator=administrator
        )
    if as_json:
        print_json(changed.raw)
    else:
        click.echo(f"{name} is changed.")


@users.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    """Forget the user NAME. What they have started and made stays."""
    from tarry.cli.connection import connected

    with connected() as platform:
        platform.people.remove_user(name)
    if as_json:
        print_json({"removed": name})
    else:
        click.echo(f"{name} is removed.")


@users.command("reset-password")
@click.argument("name")
@json_option
def reset_password(name: str, as_json: bool) -> None:
    """Give the user NAME another password and print it. Their tokens are revoked."""
    from tarry.cli.connection import connected

    with connected() as platform:
        password = platform.people.reset_password(name)
    if as_json:
        print_json({"user": name, "password": password})
        return
    click.echo(f"{name} can log in with this password; it is shown this once:", err=True)
    click.echo(password)


@admin.group()
def projects() -> None:
    """Make, list and close projects."""


@projects.command("list")
@json_option
def list_projects(as_json: bool) -> None:
    """List the projects that you work in or manage."""
    from tarry.cli.connection import connected

    with connected() as platform:
        found = platform.people.projects()
    if as_json:
        print_json([project.raw for project in found])
        return
    rows = [(project.name, project.description) for project in found]
    print_table(("NAME", "DESCRIPTION"), rows, empty="There is no project.")


@projects.command("create")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@json_option
def create_project(name: str, description: str, as_json: bool) -> None:
    """Make the project NAME."""
    from tarry.cli.connection import connected

    with connected() as platform:
        made = platform.people.make_project(name, description)
    if as_json:
        print_json(made.raw)
    else:
        click.echo(f"Project {name} is there. Let somebody in: tarry admin roles set USER {name}")


@projects.command()
@click.argument("name")
@json_option
def close(name: str, as_json: bool) -> None:
    """Close the project NAME: nobody works in it any more; its data and its name stay."""
    from tarry.cli.connection import connected

    with connected() as platform:
        platform.people.close_project(name)
    if as_json:
        print_json({"closed": name})
    else:
        click.echo(f"Project {name} is closed.")


@admin.group()
def roles() -> None:
    """Say who works in a project, and in which roles."""


@roles.command("list")
@click.argument("project", required=False)
@json_option
def list_roles(project: str | None, as_json: bool) -> None:
    """List who works in PROJECT; without it, which roles there are and what each may do."""
    from tarry.cli.connection import connected

    with connected() as platform:
        if project is None:
            known = platform.people.roles()
            if as_json:
                print_json(known)
                return
            rows = [(it["role"], ", ".join(it["rights"]), it["description"]) for it in known]
            print_table(("ROLE", "MAY", ""), rows, empty="There is no role.")
            return
        members = platform.people.members(project)
    if as_json:
        print_json([member.raw for member in members])
        return
    print_table(
        ("USER", "ROLES"),
        [(member.user, ", ".join(member.roles) or "none") for member in members],
        empty=f"Nobody works in {project}.",
    )


@roles.command("set")
@click.argument("user")
@click.argument("project")
@role_option
@json_option
def set_roles(user: str, project: str, roles: Sequence[str], as_json: bool) -> None:
    """Let USER work in PROJECT, in exactly the roles that are given (by default: user)."""
    from tarry.cli.connection import connected

    given = list(roles) or ["user"]
    with connected() as platform:
        platform.people.set_roles(user, project, given)
    if as_json:
        print_json({"user": user, "project": project, "roles": given})
    else:
        click.echo(f"{user} works in {project} as {', '.join(given)}.")


@roles.command("remove")
@click.argument("user")
@click.argument("project")
@json_option
def remove_member(user: str, project: str, as_json: bool) -> None:
    """Let USER no longer work in PROJECT."""
    from tarry.cli.connection import connected

    with connected() as platform:
        platform.people.remove_member(user, project)
    if as_json:
        print_json({"user": user, "project": project, "removed": True})
    else:
        click.echo(f"{user} no longer works in {project}.")


@admin.command()
@click.option("--user", default="", help="Only what this user did.")
@click.option("--action", default="", help="Only this; 'run.' is all that begins so.")
@click.option("--everywhere", is_flag=True, help="Of all projects.")
@click.option("--limit", "-n", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
def audit(user: str, action: str, everywhere: bool, limit: int, as_json: bool) -> None:
    """Show who did what when and from where, newest first."""
    from tarry.cli.connection import connected

    with connected() as platform:
        trail = platform.people.trail(everywhere=everywhere, user=user, action=action)
        found = list(islice(trail, limit))
    if as_json:
        print_json([entry.raw for entry in found])
        return
    rows = [
        (
            when(entry.at),
            entry.user or "(unknown)",
            entry.project,
            entry.action,
            entry.subject,
            " ".join(f"{name}={fact}" for name, fact in entry.facts.items()),
            entry.address,
        )
        for entry in found
    ]
    headings = ("WHEN", "WHO", "PROJECT", "WHAT", "OF", "", "FROM")
    print_table(headings, rows, empty="There is nothing in the audit trail that fits.")


admin.add_command(tokens)
for command in (backup, restore, migrate, doctor, rescue):
    admin.add_command(command)
