"""`flask catalog …`: the badges that every course starts with."""

from pathlib import Path

import click
from flask.cli import AppGroup

from gamification.catalog import load
from views.pages import settings

group = AppGroup("catalog", help="The badges that every course starts with.")


@group.command("validate")
@click.argument("file", type=click.Path(path_type=Path), required=False)
def validate(file: Path | None) -> None:
    """Name each badge that would be dropped, and why; exit 1 if there is one."""
    catalog = load(file or settings().catalog_file)
    for dropped in catalog.dropped:
        click.echo(str(dropped))
    count = len(catalog.entries)
    click.echo("1 badge" if count == 1 else f"{count} badges")
    if catalog.dropped:
        raise click.exceptions.Exit(1)
