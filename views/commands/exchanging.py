"""`flask catalog import` and `export`: a course's badges as JSON."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from gamification.awards.giving import BY_COMMAND
from gamification.catalog.definitions import shown
from gamification.copying.documents import documents_of
from gamification.copying.drafting import Outcome
from jobs.clock import now
from jobs.drafts import import_badges as keep
from models.db import db
from views.commands.courses import changing, of_course, of_tenant, the_course
from views.commands.previewing import entries_in

STATES = {"kept": "kept as a draft", "known": "there already"}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
@with_appcontext
def import_badges(file: Path, course: str, tenant: str | None) -> None:
    """Keep other programs' badges, or exported ones, as drafts; propose their rules.

    Nobody earns a draft. Exit code 1 if a badge could not be kept.
    """
    entries = entries_in(file)
    with changing(course, tenant) as context:
        outcomes = keep(db.session(), context, entries, BY_COMMAND, now())
    for outcome in outcomes:
        click.echo("\n".join(_told(outcome)))
    if any(outcome.reason for outcome in outcomes):
        raise click.exceptions.Exit(1)


@click.command("export")
@of_course
@of_tenant
@with_appcontext
def export_badges(course: str, tenant: str | None) -> None:
    """Print a course's badges as JSON; other programs' are as they were imported."""
    found = documents_of(db.session(), the_course(course, tenant))
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _told(outcome: Outcome) -> list[str]:
    if outcome.reason:
        return [f"{outcome.key or '?'}: refused: {outcome.reason}"]
    lines = [f"{outcome.key}: {STATES[outcome.outcome]}"]
    if outcome.text:
        lines.append(f"  it says: {shown(outcome.text, 200)}")
    if outcome.proposal is None:
        return [*lines, "  no rule is proposed: its text was not understood"]
    unbound = [f"  to bind: {shown(name)}" for name in outcome.unbound]
    return [*lines, f"  proposed: {outcome.sentence}", *unbound]
