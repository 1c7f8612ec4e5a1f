"""`flask scores …`: a column of the gradebook that shows who holds which share."""

import click
from flask.cli import AppGroup

from jobs.columns import add_column, remove_columns
from jobs.dues import outdone_scores
from jobs.freshness import sentence_of
from jobs.scores import publish_scores
from lti.errors import LTIError
from lti.line_items import Column
from lti.scores import ScoreImpossible
from models.db import db
from views.commands.courses import known_course, of_course, of_tenant

group = AppGroup("scores", help="A column for badges in a course's gradebook.")
OUTDONE = (
    "Not sent: {} for which the platform has a later mark; it stays until ours changes."
)


@group.command("add")
@of_course
@of_tenant
@click.option("--label", default="Badges", help="The column's name.")
@click.option("--maximum", default=100, help="Its full marks, in points.")
def add(course: str, tenant: str | None, label: str, maximum: int) -> None:
    """Make the column, or rename the one that is there; marks follow by themselves."""
    known = known_course(course, tenant)
    try:
        add_column(known.context_id, Column(label, maximum))
    except (LTIError, ScoreImpossible) as error:
        raise click.ClickException(_said(error)) from None
    click.echo(f"{known.name}: “{label}” takes the share of badges.")


@group.command("remove")
@of_course
@of_tenant
@click.confirmation_option(prompt="The marks in it are deleted, too. Go on?")
def remove(course: str, tenant: str | None) -> None:
    """Delete the column, and every mark in it."""
    known = known_course(course, tenant)
    try:
        removed = remove_columns(known.context_id)
    except LTIError as error:
        raise click.ClickException(_said(error)) from None
    click.echo(f"{known.name}: {removed} removed.")


@group.command("send")
@of_course
@of_tenant
def send(course: str, tenant: str | None) -> None:
    """Send now what has changed, and what was refused.

    The worker does it by itself: every minute what has changed, and what was refused
    after a day. A later mark of the platform stays until ours changes.
    """
    known = known_course(course, tenant)
    if known.off_by:
        raise click.ClickException(f"It is off ({', '.join(known.off_by)}).")
    tally = publish_scores(known.context_id, is_by_hand=True)
    if tally.needs:
        raise click.ClickException(tally.needs)
    counts = ", ".join(f"{name} {number}" for name, number in tally.counts.items())
    click.echo(f"{known.name}: {counts or 'nothing has changed'}")
    if outdone := outdone_scores(db.session(), known.context_id):
        click.echo(OUTDONE.format(outdone))
    db.session.rollback()


def _said(error: Exception) -> str:
    return sentence_of(error) if isinstance(error, LTIError) else str(error)
