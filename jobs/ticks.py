"""A new day in a course: rules of a week or of the last days are looked at again."""

from functools import partial

from gamification.awards.ticking import courses_that_tick
from jobs.awards import evaluate_course
from jobs.clock import now
from jobs.faults import logged
from jobs.runs import Unfinished, once
from jobs.settings import settings
from models.db import db

TICK_COURSE = "tick_course"


def tick() -> dict[str, object]:
    """Evaluate each course that time alone can change, once on each of its days.

    The day begins in the course's own zone. Returns how many courses were looked
    at; raises Unfinished, in the end, if courses failed: the night looks at them.
    """
    session = db.session()
    ticking = []
    if settings().gamification_enabled:
        ticking = courses_that_tick(session, now())
    session.rollback()
    looked, failed = 0, 0
    for one in ticking:
        period = f"{one.context_id}:{one.day}"
        work = partial(evaluate_course, one.context_id)
        try:
            looked += once(session, TICK_COURSE, period, work)
        except Exception as error:  # noqa: BLE001 -- one course must not end the day
            session.rollback()
            logged(f"A new day of course {one.context_id}", error)
            failed += 1
    if failed:
        raise Unfinished(
            f"Courses that were not looked at: {failed}", {"courses": looked}
        )
    return {"courses": looked}
