"""`flask catalog import` and `export`: a course's badges as JSON."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from gamification.awards.giving import BY_COMMAND
from gamification.catalog import Criterion
from gamification.catalog.definitions import Malformed, shown
from gamification.catalog.drafts import Draft, documents, keep_draft
from gamification.catalog.foreign import Foreign, read_foreign
from jobs.clock import now
from lti import audit
from models import Context
from models.db import db
from models.locks import begin_write
from views.commands.courses import of_course, of_tenant, the_course
from views.commands.previewing import entries_in


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_course
@of_tenant
@with_appcontext
def import_badges(file: Path, course: str, tenant: str | None) -> None:
    """Keep other programs' badges (JSON) as drafts, and propose their rules.

    Nobody earns a draft. Exit code 1 if a badge could not be kept.
    """
    refused, kept = 0, []
    entries = entries_in(file)
    session = db.session()
    begin_write(session)
    context = the_course(course, tenant)
    for entry in entries:
        try:
            badge = read_foreign(entry)
            draft = keep_draft(session, context, badge, now())
        except Malformed as malformed:
            refused += 1
            click.echo(f"{_name(entry)}: refused: {malformed}")
        else:
            kept += [draft.key] if draft.is_new else []
            click.echo("\n".join(_told(badge, draft)))
    if kept:
        _note(context, kept)
    session.commit()
    if refused:
        raise click.exceptions.Exit(1)


@click.command("export")
@of_course
@of_tenant
@with_appcontext
def export_badges(course: str, tenant: str | None) -> None:
    """Print a course's badges as JSON; other programs' are as they were imported."""
    found = list(documents(db.session(), the_course(course, tenant)))
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _note(context: Context, badges: list[str]) -> None:
    """Write down that the operator has given a course drafts."""
    audit.note(
        db.session(),
        "badges_imported",
        now(),
        registration=context.registration,
        course=context.public_id,
        badges=badges,
        by=BY_COMMAND.id,
        role=BY_COMMAND.role,
    )


def _told(badge: Foreign, draft: Draft) -> list[str]:
    state = "kept as a draft" if draft.is_new else "a draft already"
    lines = [f"{draft.key}: {state}", f"  it says: {shown(badge.text, 200)}"]
    if draft.reading.rule is None:
        return [*lines, "  no rule is proposed: its text was not understood"]
    said = Criterion.from_json(draft.reading.rule).sentence
    unbound = [f"  to bind: {shown(name)}" for name in draft.reading.unbound]
    return [*lines, f"  proposed: {said}", *unbound]


def _name(entry: Any) -> str:  # noqa: ANN401 -- whatever the file has
    key = entry.get("badge_id") if isinstance(entry, dict) else None
    return shown(key) if isinstance(key, str) else "?"
