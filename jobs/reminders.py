"""Telling people of awards that will not last, and of those that did not."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.awards import expiring
from gamification.switches import switch_of
from jobs.clock import now
from jobs.endings import end_in
from jobs.faults import logged
from jobs.runs import Unfinished
from jobs.settings import settings
from jobs.steps import written
from models import Context
from models.db import db

Telling = Callable[[Session, int, datetime], int]


def remind() -> dict[str, object]:
    """Warn of awards that expire soon and tell of those that did, course by course.

    Each award once, whenever this runs and how often. A course that is off is left
    as it is. Returns how many people were told; raises Unfinished, in the end, if
    courses failed.
    """
    session = db.session()
    courses = expiring.courses_with_news(session, now())
    told = Counter(courses=0, warned=0, expired=0)
    failed = 0
    for course_id in courses:
        try:
            warned, expired = _remind(session, course_id)
        except Exception as error:  # noqa: BLE001 -- one course must not end the day
            logged(f"Reminding course {course_id}", error)
            failed += 1
            continue
        told.update(courses=1, warned=warned, expired=expired)
    if failed:
        raise Unfinished(f"Courses whose people were not told: {failed}", {**told})
    return {**told}


def _remind(session: Session, course_id: int) -> tuple[int, int]:
    expired = _all(session, course_id, expiring.tell_expired)
    return _all(session, course_id, expiring.warn), expired


def _all(session: Session, course_id: int, tell: Telling) -> int:
    """Tell everybody, some hundred a transaction."""
    total = 0
    while some := written(session, course_id, lambda course: _some(course, tell)):
        total += some
    return total


def _some(context: Context, tell: Telling) -> int:
    session, moment = db.session(), now()
    switch = switch_of(context, environment=settings().gamification_enabled)
    if not switch.on:
        return 0
    end_in(session, context)
    return tell(session, context.id, moment)
