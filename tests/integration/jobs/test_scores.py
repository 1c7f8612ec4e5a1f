"""The gradebook shows who holds which share of the badges, and nothing else of ours."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.faults import status
from campus.records import LineItem, Person
from gamification.awards import shares
from jobs.scores import publish_due_scores, publish_scores
from models import Award, Badge, Item, Outbox, PublishedScore, ScoreItem
from tests.factories import a_badge, a_context, a_member
from tests.support.clock import NOW, Clock
from tests.support.syncing import Desk


def a_column(desk: Desk, maximum: float = 50, tag: str = "laurel") -> LineItem:
    """Put a line item with our tag into the gradebook, as a deep link does."""
    cast = desk.registered.cast
    return desk.registered.campus.add_line_item(
        LineItem(
            course=cast.course.number,
            label="Badges",
            maximum=maximum,
            tool=cast.tool.number,
            tag=tag,
        )
    )


def send(desk: Desk) -> dict[str, int]:
    """Send the scores that are due; return what came of them."""
    desk.session.commit()
    context_id = desk.context.id
    desk.session.rollback()
    with desk.app.app_context():
        tally = publish_scores(context_id)
    return dict(tally.counts)


def mark(desk: Desk, item: LineItem, person: Person) -> float | None:
    result = desk.registered.campus.find_result(item, person)
    return result.score if result else None


def posted(desk: Desk) -> list[dict[str, Any]]:
    requests = desk.registered.campus.traffic.requests("scores")
    return [json.loads(request.body) for request in requests]


def state_of(desk: Desk) -> list[str]:
    query = sa.select(PublishedScore.state).order_by(PublishedScore.membership_id)
    return list(desk.session.scalars(query))


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """Return a course that was read; Ada holds some of its badges, Ben fewer."""
    a_column(desk)
    assert desk.sync().ok
    return desk


def column(desk: Desk) -> LineItem:
    campus, course = desk.registered.campus, desk.registered.cast.course
    return next(item for item in campus.line_items(course) if item.tag == "laurel")


def held(desk: Desk) -> tuple[int, int]:
    """Return how many badges Ada holds, and of how many."""
    by_member, total = shares(desk.session, desk.context.id)
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


def test_a_later_score_of_the_platform_stays_and_is_tried_once_more(
    ready: Desk,
) -> None:
    ready.registered.campus.faults.on("scores", status(409))

    first, second, third = send(ready), send(ready), send(ready)

    assert set(first) == {"late"}
    assert set(second) == {"refused"}
    assert third == {}


@pytest.mark.parametrize("code", [400, 422])
def test_whom_the_platform_cannot_grade_stops_nobody_else(
    ready: Desk, code: int
) -> None:
    ready.registered.campus.faults.on("scores", status(code), times=1)

    counts = send(ready)

    assert counts["refused"] == 1
    assert counts["accepted"] >= 1
    assert send(ready) == {}


@pytest.mark.parametrize("code", [404, 410, 412])
def test_a_column_that_is_gone_is_left_alone_until_it_is_listed(
    ready: Desk, code: int
) -> None:
    ready.registered.campus.faults.on("scores", status(code), times=1)

    assert send(ready) == {"gone": 1}
    assert send(ready) == {}
    ready.sync()
    assert send(ready)["accepted"] >= 1


def test_a_column_that_was_deleted_gets_nothing(ready: Desk) -> None:
    ready.registered.campus.remove_line_item(column(ready))
    ready.sync()

    assert send(ready) == {}
    assert ready.session.scalars(sa.select(ScoreItem.gone_at)).all() == [NOW]


def test_a_concluded_course_of_canvas_is_sent_nothing_more(canvas_desk: Desk) -> None:
    a_column(canvas_desk)
    canvas_desk.sync()
    campus, course = canvas_desk.registered.campus, canvas_desk.registered.cast.course
    campus.change_course(replace(course, concluded=True))

    assert send(canvas_desk) == {"gone": 1}
    assert send(canvas_desk) == {}


def test_a_platform_that_wants_a_pause_gets_it(ready: Desk) -> None:
    ready.registered.campus.faults.on("scores", status(429, retry_after=7200))

    send(ready)

    state = ready.state("scores")
    assert state.next_attempt_at is not None
    assert state.next_attempt_at >= NOW + timedelta(hours=2)
    assert state_of(ready) == []


def test_what_was_sent_before_a_failure_is_not_sent_again(ready: Desk) -> None:
    a_badge_for_ben(ready)
    ready.registered.campus.faults.on("scores", lambda honest: honest(), times=1)
    ready.registered.campus.faults.on("scores", status(503), times=1)
    send(ready)
    sent = len(posted(ready))

    send(ready)

    assert (sent, len(posted(ready))) == (2, 3)


def a_badge_for_ben(desk: Desk) -> None:
    """Let Ben hold a badge, so that there are two marks to send."""
    by_member, _ = shares(desk.session, desk.context.id)
    badge, version = desk.session.execute(
        sa.text("SELECT badge_id, id FROM badge_version ORDER BY id")
    ).first() or (0, 0)
    ben = desk.session.scalar(
        sa.text(
            "SELECT m.id FROM membership m JOIN user_identity i "
            "ON i.user_id = m.user_id WHERE i.sub = :sub"
        ),
        {"sub": desk.registered.cast.ben.sub},
    )
    if ben in by_member:
        return
    desk.session.add(
        Award(
            context_id=desk.context.id,
            membership_id=ben,
            badge_id=badge,
            badge_version_id=version,
            granted_at=NOW,
        )
    )


def test_a_missing_right_is_asked_for_again_after_a_day(ready: Desk) -> None:
    campus, tool = ready.registered.campus, ready.registered.cast.tool
    kept = tuple(scope for scope in tool.scopes if not scope.endswith("/score"))
    campus.change_tool(replace(tool, scopes=kept))

    send(ready)

    state = ready.state("scores")
    assert state.next_attempt_at is not None
    assert state.next_attempt_at >= NOW + timedelta(minutes=1)
    assert posted(ready) == []


def due(desk: Desk) -> int:
    """Look which courses are due; forget that they were asked for."""
    desk.session.commit()
    with desk.app.app_context():
        found = publish_due_scores()
    desk.session.execute(sa.delete(Outbox))
    desk.session.commit()
    return found


def test_a_course_is_due_once_it_has_a_column_and_when_awards_change(
    ready: Desk, clock: Clock
) -> None:
    assert due(ready) == 1
    send(ready)
    clock.advance(timedelta(minutes=1))
    send(ready)
    assert due(ready) == 0

    clock.advance(timedelta(minutes=1))
    ready.session.execute(sa.update(Award).values(ended_at=clock(), end_reason="x"))

    assert due(ready) == 1


def test_a_course_without_a_column_is_never_due(desk: Desk) -> None:
    desk.sync()

    assert due(desk) == 0


def test_a_course_that_is_in_the_middle_is_left_alone(
    ready: Desk, clock: Clock
) -> None:
    ready.registered.campus.faults.on("scores", status(503))
    send(ready)

    assert due(ready) == 0
    clock.advance(timedelta(minutes=2))
    assert due(ready) == 1


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

    assert shares(session, context.id) == ({member.id: 1}, 1)
