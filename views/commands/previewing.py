"""`flask gamification preview`: who would gain and who lose badges by a file's rules."""

import json
import tomllib
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from gamification.awards.preview import Preview, Proposal, Side, preview
from gamification.catalog.definitions import Definition, Malformed, define, key_of
from jobs.clock import now
from models import Context
from models.db import db
from views.commands.courses import of_course, of_tenant, the_course

NAMED = 20


@click.command("preview")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
@with_appcontext
def command(file: Path, course: str, tenant: str | None) -> None:
    """Name who would gain and lose each badge of a file; nothing is written.

    FILE is a catalog, or one badge of it, as TOML or JSON. Exit code 1 if a badge
    cannot be used.
    """
    context = the_course(course, tenant)
    entries = entries_in(file)
    refused = [entry for entry in entries if not _told(context, entry)]
    if refused:
        raise click.exceptions.Exit(1)


def entries_in(file: Path) -> list[Any]:
    """Return the badges in a file: a list, or the whole file is one."""
    document = document_in(file)
    if isinstance(document, dict) and "badge" in document:
        document = document["badge"]
    return document if isinstance(document, list) else [document]


def document_in(file: Path) -> Any:  # noqa: ANN401 -- whatever the file has
    """Return what a file says: JSON where it is called so, else TOML."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{file.name} cannot be read: {error}") from None


def _told(context: Context, entry: Any) -> bool:  # noqa: ANN401 -- whatever the file has
    """Say what a badge would come to; return whether it can be used."""
    try:
        badge = define(entry)
    except Malformed as malformed:
        click.echo(f"{key_of(entry) or '?'}: refused: {malformed}")
        return False
    policy = entry.get("policy")
    proposal = Proposal(badge.criterion, badge.key, policy)
    found = preview(db.session(), context, proposal, now())
    click.echo("\n".join(_lines(badge, found)))
    return not found.faults


def _lines(badge: Definition, found: Preview) -> list[str]:
    return [
        f"{badge.key}: {found.sentence}",
        f"  gains {_side(found.gains)}",
        f"  losses {_side(found.losses)}",
        *(f"  refused: {fault}" for fault in found.faults),
        *(f"  finding: {finding}" for finding in found.findings),
    ]


def _side(side: Side) -> str:
    """Return a number and the first names; who has none is named by our id."""
    if not side.count:
        return "0"
    names = [person.name or person.user_id for person in side.members[:NAMED]]
    left = side.count - len(names)
    more = [f"and {left} more"] if left else []
    return f"{side.count}: {', '.join([*names, *more])}"
