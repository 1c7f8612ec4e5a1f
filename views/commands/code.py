"""`flask code …`: words that give a badge to whoever says them."""

from datetime import datetime

import click
from flask.cli import AppGroup

from gamification.awards.claims import codes_of
from jobs import deciding
from jobs.clock import now
from models.db import db
from views.commands.courses import known_course, of_course, of_tenant

LAST_YEAR = 2199

group = AppGroup("code", help="Codes that learners claim a badge by.")


@group.command("make")
@of_course
@of_tenant
@click.option("--badge", required=True, help="The badge's key.")
@click.option(
    "--uses",
    required=True,
    type=click.IntRange(1, 100_000),
    help="How many awards it may give in all.",
)
@click.option(
    "--until",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The last day it is good for.",
)
def make(
    course: str, tenant: str | None, badge: str, uses: int, until: datetime
) -> None:
    """Make a code; its word is told this once."""
    known = known_course(course, tenant)
    if until.year > LAST_YEAR:
        raise click.BadParameter("that is too far away", param_hint="--until")
    try:
        made = deciding.make_code(known.context_id, badge, uses, until.date())
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    row, word = made
    click.echo(f"{row.id} {word}")


@group.command("list")
@of_course
@of_tenant
def list_codes(course: str, tenant: str | None) -> None:
    """One line per code, the newest first: id, state, badge, uses, end."""
    known = known_course(course, tenant)
    for row in codes_of(db.session(), known.context_id, now()):
        used = f"{row.used}/{row.uses}"
        click.echo(
            f"{row.id} {row.state} {row.badge} {used} until {row.expires_at:%Y-%m-%d}"
        )


@group.command("revoke")
@of_course
@of_tenant
@click.argument("code")
def revoke(course: str, tenant: str | None, code: str) -> None:
    """End a code, by its id; what it gave stays."""
    known = known_course(course, tenant)
    if not deciding.revoke_code(known.context_id, code):
        raise click.ClickException("There is no such code: `flask code list`.")
    click.echo(f"{code} revoked")
