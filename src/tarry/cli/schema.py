"""`tarry schema`: the JSON Schema of program files, with which editors complete and check them."""

import json

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of program files.

    Editors that know TOML complete and check a program file that begins with the line
    "#:schema ./program-file.schema.json", after: tarry schema > program-file.schema.json
    """
    from tarry.service.model.program_file.schema import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
