"""`flask catalog …`: the badges that every course starts with."""

import json
import logging
from pathlib import Path

import click
from flask.cli import AppGroup

from gamification.catalog import Catalog, Note, load
from gamification.catalog.rules import json_schema
from gamification.catalog.tenants import NoTenants, strangers
from models.db import db
from views.pages import settings
from views.wording import counted

group = AppGroup("catalog", help="The badges that every course starts with.")

log = logging.getLogger(__name__)


@group.command("validate")
@click.argument("file", type=click.Path(path_type=Path), required=False)
def validate(file: Path | None) -> None:
    """Name each badge that would be dropped, and each typing error; then exit 1."""
    catalog = load(file or settings().catalog_file)
    notes = [*catalog.notes, *_strangers(catalog)]
    for note in notes:
        click.echo(str(note))
    click.echo(counted(len(catalog.entries), "badge"))
    for tenant, theirs in catalog.tenants.items():
        click.echo(f"[{tenant}] {counted(len(theirs.entries), 'badge')}")
    if notes:
        raise click.exceptions.Exit(1)


@group.command("schema")
def schema() -> None:
    """Print the JSON Schema of a badge's criterion."""
    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _strangers(catalog: Catalog) -> list[Note]:
    """Name the unknown tenants; before there is a database all names are believed."""
    session = db.session()
    try:
        return strangers(session, catalog)
    except NoTenants:
        session.rollback()
        log.warning("No database knows the tenants yet: their keys are not checked.")
        return []
