"""An award whose time is over is nobody's, before any job has written that down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, shares
from gamification.standings import class_list, digest
from models import Award, Context, Membership
from tests.factories import a_badge
from tests.integration.gamification.conftest import ON, a_class, seen
from tests.support.awarding import an_award

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Course:
    context: Context
    ada: Membership


@pytest.fixture
def course(session: Session, now: datetime) -> Course:
    """Build a course on whose board Ada has a badge that lasts, and one for a day."""
    ada, *_ = a_class(session, now, [3, 2, 2, 1, 1])
    an_award(session, ada, a_badge(session, of=ada.context, threshold=1_000), now)
    passing = a_badge(session, of=ada.context, threshold=1_000)
    an_award(session, ada, passing, now, expires_at=now + DAY)
    return Course(ada.context, ada)


@pytest.mark.parametrize(("days", "held"), [(0, 2), (1, 1), (2, 1)])
def test_every_face_counts_what_is_held_at_that_moment(
    session: Session, now: datetime, course: Course, days: int, held: int
) -> None:
    moment, ada = now + days * DAY, course.ada

    roster = badges_for(session, ada, moment, switch=ON).badges
    row = next(row for row in seen(session, ada, moment).rows if row.me)
    listed = class_list(session, course.context, moment).rows

    assert session.scalars(sa.select(Award.ended_at)).all() == [None, None]
    assert sum(badge.earned for badge in roster) == held
    assert row.badges == held
    assert sorted(row.badges for row in listed) == [0, 0, 0, 0, held]
    assert shares(session, course.context.id, moment) == ({ada.id: held}, 2)


def test_the_week_leaves_out_what_was_awarded_and_is_over(
    session: Session, now: datetime, course: Course
) -> None:
    end = now.replace(hour=23)
    session.execute(
        sa.update(Award).where(Award.expires_at.is_not(None)).values(expires_at=end)
    )

    before, after = (
        digest(session, course.context, moment, switch=ON) for moment in (now, end)
    )

    assert before is not None
    assert after is not None
    assert [sum(b.awards for b in week.badges) for week in (before, after)] == [2, 1]


def test_the_class_is_sorted_by_what_is_held_at_that_moment(
    session: Session, now: datetime, course: Course
) -> None:
    session.execute(sa.update(Award).values(expires_at=now + DAY))
    before, after = (
        [row.badges for row in class_list(session, course.context, moment).rows]
        for moment in (now, now + DAY)
    )

    assert (max(before), max(after)) == (2, 0)
