"""Scores that a platform does not take, and courses that are due again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Response

from campus.faults import status
from campus.records import Result
from gamification.awards import shares
from jobs.scores import publish_due_scores
from models import Award, Outbox, PublishedScore, ScoreItem
from tests.factories import a_badge
from tests.support.clock import NOW, Clock
from tests.support.publishing import a_column, column, posted, send
from tests.support.syncing import Desk


def state_of(desk: Desk) -> list[str]:
    query = sa.select(PublishedScore.state).order_by(PublishedScore.membership_id)
    return list(desk.session.scalars(query))


def a_later_result(desk: Desk, clock: Clock) -> None:
    """Have a teacher mark Ada by hand; the platform's clock is ahead of ours."""
    result = Result(
        line_item=column(desk).number,
        person=desk.registered.cast.ada.number,
        score=1,
        at=clock() + timedelta(hours=1),
    )
    desk.registered.campus.put_result(result)


def result_of_ada(desk: Desk) -> float | None:
    item, ada = column(desk), desk.registered.cast.ada
    found = desk.registered.campus.find_result(item, ada)
    assert found is not None
    return found.score


def test_a_later_score_of_the_platform_stays_for_good(
    ready: Desk, clock: Clock
) -> None:
    a_later_result(ready, clock)
    first = send(ready)
    tried = len(posted(ready))

    later = []
    for days in (0, 1, 30):
        clock.advance(timedelta(days=days))
        later.append(send(ready))

    assert first["late"] == 1
    assert later == [{}, {}, {}]
    assert (len(posted(ready)), result_of_ada(ready)) == (tried, 1)


def test_a_share_that_changes_is_sent_over_an_older_score_of_the_platform(
    ready: Desk, clock: Clock
) -> None:
    a_later_result(ready, clock)
    send(ready)
    clock.advance(timedelta(hours=2))
    a_badge(ready.session, of=ready.session.merge(ready.context), threshold=10**6)

    assert send(ready)["accepted"] >= 1
    assert result_of_ada(ready) != 1


def test_what_came_too_late_goes_once_more_a_step_later(ready: Desk) -> None:
    """A score of ours of the same second, which nobody could write down, is no bar."""
    ready.registered.campus.faults.on("scores", status(409), times=1)

    counts = send(ready)

    first, second = posted(ready)[0], posted(ready)[-1]
    assert set(counts) == {"accepted"}
    assert (second["userId"], second["scoreGiven"]) == (
        first["userId"],
        first["scoreGiven"],
    )
    assert second["timestamp"] > first["timestamp"]


def test_what_a_later_sender_noted_stays(ready: Desk, clock: Clock) -> None:
    """Somebody sends by hand while the worker waits for its answer."""

    def overtaken(honest: Callable[[], Response]) -> Response:
        clock.advance(timedelta(minutes=1))
        a_badge(ready.session, of=ready.session.merge(ready.context), threshold=10**6)
        later.update(send(ready))
        return honest()

    later: dict[str, int] = {}
    ready.registered.campus.faults.on("scores", overtaken, times=1)

    earlier = send(ready)

    assert (earlier, set(later)) == ({}, {"accepted"})
    assert set(state_of(ready)) == {"accepted"}
    assert send(ready) == {}


@pytest.mark.parametrize("code", [400, 422])
def test_whom_the_platform_cannot_grade_stops_nobody_else(
    ready: Desk, code: int
) -> None:
    ready.registered.campus.faults.on("scores", status(code), times=1)

    counts = send(ready)

    assert counts["refused"] == 1
    assert counts["accepted"] >= 1
    assert send(ready) == {}


def test_a_token_that_is_refused_is_nobodys_mark(ready: Desk) -> None:
    answer = status(400, '{"error": "invalid_client"}')
    ready.registered.campus.faults.on("token", answer, times=1)

    first, again = send(ready), send(ready)

    assert (first, set(again)) == ({}, {"accepted"})
    assert ready.state("scores").failures == 0


def test_what_canvas_refuses_unpublished_arrives_a_day_later(
    canvas_desk: Desk, clock: Clock
) -> None:
    campus, item = canvas_desk.registered.campus, a_column(canvas_desk)
    canvas_desk.sync()
    campus.change_line_item(replace(item, is_published=False))
    first = send(canvas_desk)
    campus.change_line_item(item)

    clock.advance(timedelta(hours=23))
    same_day = send(canvas_desk)
    clock.advance(timedelta(hours=1))
    next_day = send(canvas_desk)

    assert (set(first), same_day) == ({"refused"}, {})
    assert next_day == {"accepted": first["refused"]}
    assert any(result.score for result in campus.results(item))


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
    by_member, _ = shares(desk.session, desk.context.id, NOW)
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
