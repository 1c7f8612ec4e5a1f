"""`flask keys …`: our own signing keys."""

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup

from jobs import webhooks
from jobs.clock import now
from models.db import db
from models.locks import begin_write

if TYPE_CHECKING:
    from lti.keys import KeyRing

LOST = "{webhook} is sent nothing, for no key opens its secret: add it anew."

group = AppGroup("keys", help="Laurel's own signing keys.")


@group.command("rotate")
def rotate() -> None:
    """Make a new signing key; the old one stays published for a day.

    What webhooks are signed by stays, encrypted by the first of ENCRYPTION_KEYS.
    """
    ring: KeyRing = current_app.extensions["key_ring"]
    session = db.session()
    begin_write(session)
    kid = ring.rotate(session, now()).kid
    lost = webhooks.reseal(session)
    session.commit()
    click.echo(f"{kid} is published now and signs in ten minutes")
    for webhook in lost:
        click.echo(LOST.format(webhook=webhook), err=True)
