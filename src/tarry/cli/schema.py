"""`tarry schema`: JSON Schemas with which editors complete and check files."""

import json

import click

PROGRAM, WORKFLOW = "program", "workflow"


@click.command()
@click.argument("what", type=click.Choice([PROGRAM, WORKFLOW]), default=PROGRAM)
def schema(what: str) -> None:
    """Print the JSON Schema of program files, or of workflow documents in their JSON form.

    Editors that know TOML complete and check a program file that begins with the line
    "#:schema ./program-file.schema.json", after: tarry schema > program-file.schema.json
    """
    if what == WORKFLOW:
        from tarry.platform.workflows.json_form import json_schema
    else:
        from tarry.service.model.program_file.schema import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
