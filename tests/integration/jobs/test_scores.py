"""The gradebook shows who holds which share of the badges, and nothing else of ours."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.records import LineItem, Person
from gamification.awards import shares
from models import Award, Badge, Item
from tests.factories import a_badge, a_context, a_member
from tests.support.clock import NOW, Clock
from tests.support.publishing import a_column, column, posted, send
from tests.support.syncing import Desk


def mark(desk: Desk, item: LineItem, person: Person) -> float | None:
    result = desk.registered.campus.find_result(item, person)
    return result.score if result else None


def held(desk: Desk) -> tuple[int, int]:
    """Return how many badges Ada holds, and of how many."""
    by_member, total = shares(desk.session, desk.context.id, NOW)
    desk.session.rollback()
    return max(by_member.values()), total


def test_moodles_gradebook_shows_the_share_of_badges(ready: Desk) -> None:
    shows_the_share(ready)


def test_canvass_gradebook_shows_the_share_of_badges(canvas_desk: Desk) -> None:
    a_column(canvas_desk)
    assert canvas_desk.sync().ok

    shows_the_share(canvas_desk)


def shows_the_share(desk: Desk) -> None:
    count, total = held(desk)

    assert send(desk)["accepted"] >= 1

    assert 0 < count <= total
    assert mark(desk, column(desk), desk.registered.cast.ada) == count * 50 / total
    assert mark(desk, column(desk), desk.registered.cast.iris) is None


def test_a_score_is_as_the_specification_says(ready: Desk) -> None:
    count, total = held(ready)

    send(ready)

    ada = next(s for s in posted(ready) if s["userId"] == ready.registered.cast.ada.sub)
    assert ada == {
        "userId": ready.registered.cast.ada.sub,
        "scoreGiven": count,
        "scoreMaximum": total,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-11-22T10:00:00.000000Z",
    }


def test_who_has_no_badge_has_no_mark_and_no_zero(ready: Desk) -> None:
    send(ready)

    assert {score["scoreGiven"] for score in posted(ready)} & {0} == set()


def test_nothing_is_sent_twice(ready: Desk) -> None:
    send(ready)
    before = len(posted(ready))

    assert send(ready) == {}
    assert len(posted(ready)) == before


def test_our_own_column_is_not_read_back(ready: Desk) -> None:
    """What we send would count as done and graded, and earn the next badge."""
    send(ready)
    facts = ready.facts("graded")

    assert ready.sync().ok

    assert ready.facts("graded") == facts
    keys = set(ready.session.scalars(sa.select(Item.key)))
    assert keys == {"quiz-1-cells", "week-1-reading-log"}


def test_without_a_column_nothing_is_sent(desk: Desk) -> None:
    desk.sync()

    assert send(desk) == {}
    assert posted(desk) == []


def test_a_course_that_is_off_sends_nothing(ready: Desk) -> None:
    ready.session.merge(ready.context).enabled = False

    assert send(ready) == {}
    assert posted(ready) == []


def test_a_badge_that_was_lost_lowers_the_mark_and_never_clears_it(
    ready: Desk, clock: Clock
) -> None:
    send(ready)
    ready.session.execute(sa.update(Award).values(ended_at=NOW, end_reason="error"))
    clock.advance(timedelta(minutes=1))

    send(ready)

    assert mark(ready, column(ready), ready.registered.cast.ada) == 0


def test_a_badge_more_to_earn_makes_everybodys_share_smaller(ready: Desk) -> None:
    send(ready)
    count, total = held(ready)
    context = ready.session.merge(ready.context)
    a_badge(ready.session, of=context, threshold=10**6)

    send(ready)

    score = mark(ready, column(ready), ready.registered.cast.ada)
    assert score == pytest.approx(count * 50 / (total + 1))


def test_timestamps_of_a_person_rise(ready: Desk) -> None:
    send(ready)
    a_badge(ready.session, of=ready.session.merge(ready.context), threshold=10**6)

    send(ready)

    ada = ready.registered.cast.ada.sub
    times = [score["timestamp"] for score in posted(ready) if score["userId"] == ada]
    assert times == ["2026-11-22T10:00:00.000000Z", "2026-11-22T10:00:01.000000Z"]


def test_who_left_is_sent_nothing(ready: Desk) -> None:
    ready.session.execute(sa.text("UPDATE membership SET status = 'left'"))

    assert send(ready) == {}


def test_a_draft_counts_on_neither_side(session: Session) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    kept, draft = a_badge(session, of=context), a_badge(session, of=context)
    for badge in (kept, draft):
        version = session.scalar(
            sa.text("SELECT id FROM badge_version WHERE badge_id = :badge"),
            {"badge": badge.id},
        )
        session.add(
            Award(
                context_id=context.id,
                membership_id=member.id,
                badge_id=badge.id,
                badge_version_id=version,
                granted_at=NOW,
            )
        )
    session.execute(sa.update(Badge).where(Badge.id == draft.id).values(state="draft"))
    session.flush()

    assert shares(session, context.id, NOW) == ({member.id: 1}, 1)
