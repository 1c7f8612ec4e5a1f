"""Rules that are more than a metric and a number: awarded, read and explained alike."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate
from models import Award, Context, Item, Membership
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, has_open_award, held

DAY = timedelta(days=1)


def missing(session: Session, member: Membership, now: datetime) -> list[str]:
    (badge,) = badges_for(session, member, now, switch=ON).badges
    return list(badge.missing)


def grade(act: Act, member: Membership, item: Item, percent: float) -> None:
    act(member, "graded", item, score=round(percent * POINT), attempt=str(percent))


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course of three quizzes that awards nothing by itself."""
    context = a_context(session, enabled=False)
    for number in (1, 2, 3):
        an_item(session, of=context, key=f"quiz-{number}")
    return context


@pytest.fixture
def quizzes(session: Session, course: Context) -> list[Item]:
    ours = sa.select(Item).where(Item.context_id == course.id)
    return list(session.scalars(ours.order_by(Item.key)))


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    return a_member(session, of=course)


QUIZZES = ["quiz-1", "quiz-2", "quiz-3"]


@pytest.mark.parametrize(
    ("score", "maximum", "expected"),
    [
        (79.99, 100, [False, False, False]),
        (80, 100, [True, False, True]),
        (24, 30, [True, False, True]),
        (90, 100, [True, False, True]),
        (90.01, 100, [True, True, False]),
        (110, 100, [True, True, False]),
        (5, 0, [False, False, False]),
    ],
)
@pytest.mark.demand("A12")
def test_a_percent_is_compared_exactly(
    session: Session,
    act: Act,
    now: datetime,
    ada: Membership,
    quizzes: list[Item],
    score: float,
    maximum: float,
    expected: list[bool],
) -> None:
    rules: list[dict[str, Any]] = [
        {"at_least": 80},
        {"more_than": 90},
        {"between": [80, 90]},
    ]
    badges = [
        a_badge(
            session,
            of=ada.context,
            criterion={"metric": "percent", "item": "quiz-1", **rule},
        )
        for rule in rules
    ]
    result = {"score": round(score * POINT), "maximum": round(maximum * POINT)}
    act(ada, "graded", quizzes[0], **result)

    assert held(session, ada, badges, now) == expected


def test_two_of_three_quizzes_and_what_is_missing(
    session: Session, act: Act, now: datetime, ada: Membership, quizzes: list[Item]
) -> None:
    rule = {"metric": "percent", "items": QUIZZES, "at_least": 80, "of": 2}
    badge = a_badge(session, of=ada.context, key="author", criterion=rule)
    seen = [missing(session, ada, now)]
    for quiz, percent in zip(quizzes, (80, 79.99, 95), strict=True):
        grade(act, ada, quiz, percent)
        seen.append(missing(session, ada, now))

    assert seen == [
        ["Reach 80 % in 2 more of Quiz 1, Quiz 2 or Quiz 3"],
        ["Reach 80 % in 1 more of Quiz 1, Quiz 2 or Quiz 3"],
        ["Reach 80 % in 1 more of Quiz 1, Quiz 2 or Quiz 3"],
        [],
    ]
    assert held(session, ada, [badge], now) == [True]


def test_all_any_and_none_say_what_they_say(
    session: Session, act: Act, now: datetime, ada: Membership, quizzes: list[Item]
) -> None:
    done = {"metric": "completed", "item": "quiz-1"}
    not_done = {"metric": "completed", "item": "quiz-2"}
    rules: list[dict[str, Any]] = [
        {"all": [done, not_done]},
        {"any": [done, not_done]},
        {"none": [done, not_done]},
        {"none": [not_done]},
        {"all": [done, {"none": [not_done]}]},
    ]
    badges = [a_badge(session, of=ada.context, criterion=rule) for rule in rules]
    act(ada, "completed", quizzes[0])

    assert held(session, ada, badges, now) == [False, True, False, True, True]


def test_who_did_nothing_may_meet_a_rule_that_asks_for_nothing(
    session: Session, now: datetime, ada: Membership
) -> None:
    rules: list[dict[str, Any]] = [
        {"metric": "events", "at_most": 3},
        {"none": [{"metric": "events", "at_least": 1}]},
        {"metric": "events", "at_least": 1},
        {"metric": "percent", "item": "quiz-1", "at_most": 50},
    ]
    badges = [a_badge(session, of=ada.context, criterion=rule) for rule in rules]

    assert held(session, ada, badges, now) == [True, True, False, False]


def test_an_item_that_is_not_in_the_course_is_never_done(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    elsewhere = a_context(session, enabled=False)
    theirs = an_item(session, of=elsewhere, key="exam")
    otto = a_member(session, of=elsewhere)
    rule = {"metric": "completed", "item": "exam"}
    badge = a_badge(session, of=ada.context, criterion=rule)
    act(otto, "completed", theirs)
    act(ada, "completed")

    assert held(session, ada, [badge], now) == [False]
    assert missing(session, ada, now) == ["Complete exam"]


def test_a_deadline_a_window_and_punctuality_leave_the_rest_out(
    session: Session, act: Act, now: datetime, ada: Membership, quizzes: list[Item]
) -> None:
    today = now.date()
    rules: list[dict[str, Any]] = [
        {"by": today - DAY},
        {"by": today - 2 * DAY},
        {"from": today - DAY, "to": today},
        {"from": today},
        {"last_days": 2},
        {"last_days": 1},
        {"on_time": True},
    ]
    badges = [
        a_badge(
            session,
            of=ada.context,
            criterion={"metric": "completed", "item": "quiz-1", **rule},
        )
        for rule in rules
    ]
    act(ada, "completed", quizzes[0], occurred_at=now - DAY, status="late")

    assert held(session, ada, badges, now) == [
        *(True, False, True, False),
        *(True, False, False),
    ]


@pytest.mark.parametrize(
    ("period", "later"), [("week", 7 * DAY), ("month", 31 * DAY), ("term", 31 * DAY)]
)
def test_a_period_passes_and_what_is_kept_stays(
    session: Session,
    act: Act,
    now: datetime,
    ada: Membership,
    period: str,
    later: timedelta,
) -> None:
    ada.context.term_start, ada.context.term_end = now.date(), now.date()
    rule = {"metric": "events", "at_least": 1, "period": period}
    kept, lost, late = (
        a_badge(session, of=ada.context, criterion=rule, policy=policy)
        for policy in ("keep", "revoke", "keep")
    )
    late.state = "retired"
    act(ada)
    assert held(session, ada, [kept, lost], now) == [True, True]
    late.state = "active"
    if period == "term":
        ada.context.term_end = None

    evaluate(session, ada.context, now + later, switch=ON)

    badges = (kept, lost, late)
    assert [has_open_award(session, ada, badge) for badge in badges] == [
        *(True, False, False)
    ]


def test_an_average_and_a_streak_earn_badges(
    session: Session, act: Act, now: datetime, ada: Membership, quizzes: list[Item]
) -> None:
    average = {"metric": "average_percent", "items": QUIZZES[:2], "at_least": 80}
    streak = {"metric": "streak_weeks", "at_least": 2}
    badges = [
        a_badge(session, of=ada.context, criterion=rule)
        for rule in (average, streak, {"all": [average, streak]})
    ]
    seen = [held(session, ada, badges, now)]
    for quiz, points in zip(quizzes, (23, 25), strict=False):
        act(ada, "graded", quiz, score=points * POINT, maximum=30 * POINT)
    seen.append(held(session, ada, badges, now))
    for week in (0, 2):
        act(ada, occurred_at=now - 7 * week * DAY, attempt=str(week))
    seen.append(held(session, ada, badges, now))

    assert seen == [[False] * 3, [True, False, False], [True] * 3]


def test_an_excuse_leaves_an_average_and_may_earn_the_badge(
    session: Session, act: Act, now: datetime, ada: Membership, quizzes: list[Item]
) -> None:
    rule = {"metric": "average_percent", "items": QUIZZES[:2], "at_least": 80}
    badge = a_badge(session, of=ada.context, criterion=rule)
    ada.context.enabled = True
    grade(act, ada, quizzes[0], 85)
    before = has_open_award(session, ada, badge)

    act(ada, "graded", quizzes[1], status="excused")

    assert (before, has_open_award(session, ada, badge)) == (False, True)


def test_a_result_that_is_worth_no_more_points_may_earn_a_badge(
    session: Session, act: Act, now: datetime, ada: Membership, quizzes: list[Item]
) -> None:
    rule = {"metric": "percent", "item": "quiz-1", "more_than": 105}
    badge = a_badge(session, of=ada.context, criterion=rule)
    ada.context.enabled = True
    act(ada, "graded", quizzes[0], score=100 * POINT)

    act(ada, "graded", quizzes[0], score=106 * POINT)

    assert has_open_award(session, ada, badge)


def test_the_evidence_names_each_condition_and_what_met_it(
    session: Session, act: Act, now: datetime, ada: Membership, quizzes: list[Item]
) -> None:
    quiz = {"metric": "percent", "item": "quiz-1", "more_than": 90}
    week = {"metric": "score", "at_least": 2, "period": "week"}
    a_badge(session, of=ada.context, criterion={"all": [quiz, week, {"any": [quiz]}]})
    grade(act, ada, quizzes[0], 95.99)

    evaluate(session, ada.context, now, switch=ON)

    evidence = session.scalars(sa.select(Award.evidence)).one()
    points = 95.99 * 5 * POINT / 100
    assert evidence == {
        "conditions": [
            {**quiz, "value": 95},
            {**week, "value": round(points)},
            {**quiz, "value": 95},
        ]
    }
