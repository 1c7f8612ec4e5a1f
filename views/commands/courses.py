"""Which organisation or course an operator means, whom in it, and writing to it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from gamification.awards.explaining import member_of
from gamification.metrics.people import member_meant
from gamification.switches import NotFound, get_tenant
from jobs.overview import Overview, overview
from models import Context, Membership, Tenant
from models.db import db
from models.locks import Busy, begin_write, in_one_try, lock_course

of_course = click.option("--course", required=True, help="Our id, or the platform's.")
of_tenant = click.option("--tenant", help="Only among this organisation's courses.")
of_user = click.option("--user", required=True, help="Our id of the person.")
BROKEN_OFF = (
    "Somebody else was writing at the same moment, and nothing was changed: try again."
)
NOBODY = (
    "Nobody in the course has this id: it is Laurel's own; `flask course members` tells "
    "everybody's."
)


def the_course(course: str, tenant: str | None) -> Context:
    """Return the one course of an id; a wrong one ends the command with a sentence."""
    return db.session().get_one(Context, _known(course, tenant).context_id)


def known_course(course: str, tenant: str | None) -> Overview:
    """Return the same in brief, and begin no transaction."""
    known = _known(course, tenant)
    db.session.rollback()
    return known


@contextmanager
def changing(course: str, tenant: str | None) -> Iterator[Context]:
    """Give the one course of an id to its one writer; commit what becomes of it.

    What fails in between is rolled back; what the database breaks off for another's
    sake ends the command with a sentence.
    """
    session = db.session()
    session.rollback()
    begin_write(session)
    try:
        with in_one_try():
            context = the_course(course, tenant)
            lock_course(session, context.id)
            yield context
            session.commit()
    except Busy:
        raise click.ClickException(BROKEN_OFF) from None
    finally:
        session.rollback()


def _known(course: str, tenant: str | None) -> Overview:
    found = overview(db.session(), tenant, course)
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.UsageError("No course has this id; `flask course list` lists them.")
    names = "; ".join(known.name for known in found)
    raise click.UsageError(
        f"Several courses have this id: take our id of one: {names}."
    )


def the_tenant(key: str) -> Tenant:
    """Return an organisation; a key of none ends the command with a sentence."""
    try:
        return get_tenant(db.session(), key)
    except NotFound as missing:
        raise click.UsageError(str(missing)) from None


def the_member(context: Context, user: str) -> Membership:
    """Return who is or was in a course; a wrong id ends the command with a sentence.

    It is for what is read: an id that was given up in a merge shows what stayed behind.
    """
    return _somebody(member_of(db.session(), context.id, user))


def the_member_meant(context: Context, user: str) -> Membership:
    """Return the same for what is written: an id that was given up means who was kept."""
    return _somebody(member_meant(db.session(), context.id, user))


def _somebody(found: Membership | None) -> Membership:
    if found is None:
        raise click.ClickException(NOBODY)
    return found
