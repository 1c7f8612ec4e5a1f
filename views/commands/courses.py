"""Which course an operator means, and whom in it."""

import click

from gamification.awards.explaining import member_of
from jobs.overview import Overview, overview
from models import Context, Membership
from models.db import db

of_course = click.option("--course", required=True, help="Our id, or the platform's.")
of_tenant = click.option("--tenant", help="Only among this organisation's courses.")
of_user = click.option("--user", required=True, help="Our id of the person.")
NOBODY = (
    "Nobody in the course has this id: it is Laurel's own; `flask event list` tells "
    "those of who did something, `flask award list` of who has a badge."
)


def the_course(course: str, tenant: str | None) -> Context:
    """Return the one course of an id; a wrong one ends the command with a sentence."""
    found = overview(db.session(), tenant, course)
    if not found:
        raise click.UsageError("No course has this id; `flask sync status` lists them.")
    if len(found) > 1:
        raise click.UsageError("Several courses have this id; name one's --tenant.")
    return db.session().get_one(Context, found[0].context_id)


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


def the_member(context: Context, user: str) -> Membership:
    """Return who is or was in a course; a wrong id ends the command with a sentence."""
    found = member_of(db.session(), context.id, user)
    if found is None:
        raise click.ClickException(NOBODY)
    return found
