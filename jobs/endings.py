"""Awards whose time is over: ended within a minute, and followed up."""

from sqlalchemy.orm import Session

from gamification.awards import expiring
from gamification.switches import switch_of
from jobs.clock import now
from jobs.faults import logged
from jobs.following import AT_ONCE, follow_up
from jobs.runs import Unfinished
from jobs.settings import settings
from jobs.steps import written
from models import Context
from models.db import db


def end_awards() -> dict[str, object]:
    """End what is over in every course that is on; look at what asked for it.

    Returns how many courses that were; raises Unfinished, in the end, if some failed.
    """
    session = db.session()
    courses = []
    if settings().gamification_enabled:
        courses = expiring.courses_with_ends(session, now())
    session.rollback()
    failed = 0
    for course_id in courses:
        try:
            written(session, course_id, lambda course: end_in(session, course))
        except Exception as error:  # noqa: BLE001 -- one course must not hold up the others
            logged(f"Ending awards of course {course_id}", error)
            failed += 1
    done: dict[str, object] = {"courses": len(courses) - failed}
    if failed:
        raise Unfinished(f"Courses whose awards were not ended: {failed}", done)
    return done


def end_in(session: Session, context: Context) -> None:
    """End what is over in a course, unless it is off, and follow that up."""
    switch = switch_of(context, environment=settings().gamification_enabled)
    if switch.on:
        moment = now()
        ended = expiring.end_expired(session, context.id, moment, named=AT_ONCE + 1)
        follow_up(session, context, moment, ended)
