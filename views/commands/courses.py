"""Which course an operator means."""

import click

from jobs.overview import Overview, overview
from models.db import db


def known_course(course: str) -> Overview:
    """Return the course of an id, ours or the platform's; say so where it is not one.

    Raises click.ClickException.
    """
    chosen = overview(db.session(), course=course)
    db.session.rollback()
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        ids = ", ".join(known.name for known in chosen)
        raise click.ClickException(f"Several platforms have one: take our id: {ids}.")
    raise click.ClickException(
        "There is no such course; `flask sync status` lists them."
    )
