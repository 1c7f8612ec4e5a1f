"""A column for our scores in a course's gradebook, made and taken away on demand."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from gamification.activity import request
from jobs import outbox
from jobs.clock import now
from jobs.connections import connected
from jobs.scores import PUBLISH_SCORES
from jobs.steps import Course, written
from lti import grades, line_items, score_items
from lti.connector import StrictServiceConnector
from lti.errors import LineItemKept, ServiceRefused
from lti.grades import LINE_ITEM, LineItem
from lti.line_items import Column
from models import Context
from models.db import db


def add_column(context_id: int, column: Column) -> None:
    """Have a course's gradebook hold the column, one of ours, and fill it soon.

    One that is there already becomes as the column says. Raises LTIError.
    """
    session = db.session()
    course, registration_id = _course(session, context_id)
    with connected(session, registration_id) as connector:
        ours = _ours(connector, course)
        if ours:
            kept = [line_items.update(connector, ours[0].url, column), *ours[1:]]
        else:
            kept = [line_items.create(connector, course.lineitems_url, column)]
    _store(session, context_id, kept, is_to_be_filled=True)


def remove_columns(context_id: int) -> int:
    """Delete our columns in a course's gradebook, marks and all; return how many.

    Each is forgotten as it goes. Raises LTIError; where the platform keeps a column
    of an activity, LineItemKept that names it, once the others are deleted.
    """
    session = db.session()
    course, registration_id = _course(session, context_id)
    with connected(session, registration_id) as connector:
        ours = _ours(connector, course)
        left, removed = list(ours), 0
        for item in ours:
            if _is_deleted(connector, item):
                left.remove(item)
                removed += 1
                _store(session, context_id, left)
    if left:
        names = ", ".join(f"“{item.label}”" for item in left)
        raise LineItemKept(
            f"{removed} removed. The platform keeps {names}, which an activity of "
            "the course brought: delete the activity instead."
        )
    if not ours:
        _store(session, context_id, [])
    return removed


def _is_deleted(connector: StrictServiceConnector, item: LineItem) -> bool:
    """Delete a column; tell whether the platform let us."""
    try:
        line_items.delete(connector, item.url)
    except LineItemKept:
        return False
    return True


def _course(session: Session, context_id: int) -> tuple[Course, int]:
    context = session.get_one(Context, context_id)
    course, registration_id = Course.of(context), context.registration_id
    session.rollback()
    if not course.lineitems_url:
        raise ServiceRefused("The platform offers no gradebook for this course.")
    return course, registration_id


def _ours(connector: StrictServiceConnector, course: Course) -> list[LineItem]:
    pages = grades.line_item_pages(connector, course.lineitems_url, [LINE_ITEM])
    listed = [item for page in pages for item in page.line_items]
    return [item for item in listed if score_items.takes_scores(item)]


def _store(
    session: Session,
    context_id: int,
    kept: Sequence[LineItem],
    *,
    is_to_be_filled: bool = False,
) -> None:
    def store(context: Context) -> None:
        score_items.store(session, context, kept, now())
        if is_to_be_filled:
            request(session, PUBLISH_SCORES, context_id, now(), now())
            outbox.wake_after_commit(session)

    written(session, context_id, store)
