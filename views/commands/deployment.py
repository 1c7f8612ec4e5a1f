"""`flask platform deployment …`: where a platform has installed us."""

from datetime import datetime

import click
from flask.cli import AppGroup

from jobs.clock import now
from lti import audit, registrations
from models import Registration
from models.db import db
from views.commands.approving import known

group = AppGroup("deployment", help="Where a platform has installed it.")


@group.command("list")
@click.argument("registration", required=False)
def every(registration: str | None) -> None:
    """One line per place: registration, state, deployment id, last launch."""
    session = db.session()
    rows = [known(registration)] if registration else registrations.every(session)
    for row in rows:
        launched = registrations.last_launches(session, row)
        for place in registrations.deployments_of(session, row):
            day = day_of(launched.get(place.id))
            click.echo(f"{row.public_id} {place.state} {place.lti_id} launched={day}")


@group.command("approve")
@click.argument("registration")
@click.argument("deployment_id")
def approve(registration: str, deployment_id: str) -> None:
    """Let one place launch."""
    row = known(registration)
    registrations.admit(db.session(), row, deployment_id, now())
    _note("deployment_approved", row, deployment_id)
    db.session.commit()
    click.echo(f"{registration} {deployment_id} is active")


@group.command("disable")
@click.argument("registration")
@click.argument("deployment_id")
def disable(registration: str, deployment_id: str) -> None:
    """Stop one place."""
    row = known(registration)
    registrations.shut_out(db.session(), row, deployment_id, now())
    _note("deployment_disabled", row, deployment_id)
    db.session.commit()
    click.echo(f"{registration} {deployment_id} is disabled")


def day_of(moment: datetime | None) -> str:
    """Return a day to print, or `never`."""
    return f"{moment:%Y-%m-%d}" if moment else "never"


def _note(action: str, row: Registration, deployment_id: str) -> None:
    audit.note(db.session(), action, now(), registration=row, deployment=deployment_id)
