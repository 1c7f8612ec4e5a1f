"""Badges that ask for other badges, and what became of those."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for, evaluate
from gamification.awards.saving import judge
from gamification.catalog import Criterion
from models import Award, Badge, Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import ON, Act, Counting, held


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session, of=a_context(session, enabled=False))


def asking(
    session: Session, context: Context, *keys: str, policy: str = "keep"
) -> Badge:
    rule = {"all": [{"badge": key} for key in keys]}
    return a_badge(session, of=context, criterion=rule, policy=policy)


def ended(session: Session) -> list[tuple[str, str | None]]:
    both = sa.select(Badge.key, Award.end_reason).where(Badge.id == Award.badge_id)
    rows = session.execute(both.order_by(Badge.key))
    return [(key, reason) for key, reason in rows]


def test_a_badge_that_nobody_gains_for_now_is_named_where_it_is_asked_for(
    session: Session, now: datetime, ada: Membership
) -> None:
    course = ada.context
    states = {"made": "draft", "given": "active", "on_hold": "active", "old": "retired"}
    for key, state in states.items():
        badge = a_badge(session, of=course, key=key, metric="events", threshold=1)
        badge.state, badge.held_at = state, now if key == "on_hold" else None
    session.flush()
    rule = Criterion.from_json({"all": [{"badge": key} for key in states]})

    judged = judge(session, course, "sum", rule, now)

    assert (judged.senseless, judged.advice) == ([], [])
    assert judged.doubts == [
        'Nobody gains the badge "made" for now: it is a draft.',
        'Nobody gains the badge "on_hold" for now: it is held.',
        'Nobody gains the badge "old" for now: it is retired.',
    ]


def test_a_chain_is_earned_at_once_whatever_its_order(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    course = ada.context
    last = asking(session, course, "middle")
    middle = a_badge(
        session, of=course, key="middle", criterion={"all": [{"badge": "first"}]}
    )
    first = a_badge(session, of=course, key="first", metric="events", threshold=1)
    both = asking(session, course, "first", "elsewhere")
    act(ada)

    assert held(session, ada, [last, middle, first, both], now) == [
        *(True, True, True),
        False,
    ]


def test_a_badge_of_another_course_is_no_prerequisite(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    elsewhere = a_context(session, enabled=False)
    a_badge(session, of=elsewhere, key="first", metric="events", threshold=1)
    otto = a_member(session, of=elsewhere)
    act(otto)
    evaluate(session, elsewhere, now, switch=ON)
    badge = asking(session, ada.context, "first")

    assert held(session, ada, [badge], now) == [False]


def test_badges_that_ask_for_each_other_are_nobodys(
    session: Session, now: datetime, ada: Membership, caplog: pytest.LogCaptureFixture
) -> None:
    chicken = a_badge(
        session, of=ada.context, key="chicken", criterion={"badge": "egg"}
    )
    egg = a_badge(session, of=ada.context, key="egg", criterion={"badge": "chicken"})

    assert held(session, ada, [chicken, egg], now) == [False, False]
    assert "ask for each other: " in caplog.text


def test_what_a_lost_badge_was_asked_for_is_lost_with_it_where_that_is_the_policy(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    rule = {"metric": "completed", "at_least": 1}
    a_badge(session, of=ada.context, key="a", criterion=rule, policy="revoke")
    after = asking(session, ada.context, "a", policy="revoke")
    kept = asking(session, ada.context, "a")
    after.key, kept.key = "b", "c"
    act(ada, "completed")
    evaluate(session, ada.context, now, switch=ON)
    before = ended(session)

    act(ada, "completed", status="withdrawn")
    evaluate(session, ada.context, now, switch=ON)

    assert before == [("a", None), ("b", None), ("c", None)]
    assert ended(session) == [
        ("a", "no longer met"),
        ("b", "no longer met"),
        ("c", None),
    ]


def test_who_must_not_hold_a_badge_does_not(
    session: Session, act: Act, now: datetime, ada: Membership
) -> None:
    a_badge(session, of=ada.context, key="first", metric="events", threshold=1)
    rule = {"none": [{"badge": "first"}]}
    badge = a_badge(session, of=ada.context, criterion=rule, policy="revoke")

    seen = [held(session, ada, [badge], now)]
    act(ada)
    evaluate(session, ada.context, now, switch=ON)
    seen.append(held(session, ada, [badge], now))

    # Its award is open until the evaluation that ends it.
    assert seen == [[True], [False]]


def test_what_is_missing_names_the_badge_as_people_know_it(
    session: Session, now: datetime, ada: Membership
) -> None:
    a_badge(session, of=ada.context, key="night_owl", metric="events", threshold=1)
    asking(session, ada.context, "night_owl")

    owl, after = badges_for(session, ada, now, switch=ON).badges

    assert owl.missing == ("Contribute once more",)
    assert after.missing == ("Earn the badge Night owl",)
    assert (after.metric, after.progress, after.threshold) == ("requirements", 0, 1)


@pytest.mark.parametrize("people", [1, 3])
def test_the_cost_of_a_tree_does_not_grow_with_the_people(
    session: Session, act: Act, now: datetime, statements: Counting, people: int
) -> None:
    context = a_context(session, enabled=False)
    for _ in range(people):
        act(a_member(session, of=context))
    rule = {"any": [{"metric": "events", "at_least": 1, "last_days": 7}]}
    a_badge(session, of=context, criterion=rule, policy="revoke")
    session.flush()

    with statements() as seen:
        granted = evaluate(session, context, now, switch=ON)

    assert len(granted) == people
    # The last id, the rules, expiry, what is over, unmet, first and renewed, a row
    # for each who lost, the answer, the stream, a row for each who gained.
    assert len(seen) == 11


@pytest.mark.parametrize("badges", [1, 3])
def test_a_members_trees_are_three_queries_however_many(
    session: Session, act: Act, now: datetime, statements: Counting, badges: int
) -> None:
    context = a_context(session)
    member = a_member(session, of=context)
    act(member)
    for number in range(badges):
        item = {"metric": "percent", "item": f"quiz-{number}", "at_least": 80}
        week = {"metric": "events", "at_least": 1, "last_days": 7}
        a_badge(session, of=context, criterion={"any": [item, week]})
    session.flush()

    with statements() as seen:
        roster = badges_for(session, member, now, switch=ON)

    assert [badge.earned for badge in roster.badges] == [True] * badges
    assert len(seen) == 3
