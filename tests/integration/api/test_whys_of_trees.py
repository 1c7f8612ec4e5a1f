"""Why somebody has a badge whose rule has other ways, exclusions and badges in it."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.catalog import adopt, parse
from models import BadgeVersion, Context, Membership
from tests.factories import POINT, a_badge, an_item
from tests.integration.gamification.test_rules_by_example import EXAMPLES
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, hand_in
from tests.support.statements import statements

EARNED = "Earned on 22 November 2026."
PAGE = {one.title: one.badges for one in EXAMPLES}


@pytest.fixture
def me(session: Session, client: FlaskClient, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


@pytest.fixture(autouse=True)
def items(session: Session, course: Context) -> dict[str, int]:
    keys = ("quiz-1", "quiz-2", "exam", "module-1", "module-2")
    return {key: an_item(session, of=course, key=key).id for key in keys}


def why(caller: Caller, badge: str) -> Any:  # noqa: ANN401 -- an answer of the client
    answer: Any = caller.get(f"{caller.course}/badges/{badge}/standing").json
    return answer["why"]


def do(session: Session, member: Membership, item: int, percent: int | None) -> None:
    """Record a result of so many per cent, or that an item was completed."""
    fact = Fact(
        context_id=member.context_id,
        membership_id=member.id,
        item_id=item,
        kind="completed" if percent is None else "graded",
        occurred_at=NOW,
        source="test",
        score=None if percent is None else percent * POINT,
        maximum=None if percent is None else 100 * POINT,
    )
    assert record(session, [fact], NOW, environment=True).refused == []


def test_a_way_that_was_not_gone_is_said_as_the_other_way(
    me: Caller,
    session: Session,
    course: Context,
    ada: Membership,
    items: dict[str, int],
) -> None:
    adopt(session, course, parse(PAGE["9. One of two ways"]), NOW)
    do(session, ada, items["quiz-1"], 96)
    do(session, ada, items["quiz-2"], 95)
    session.commit()

    assert why(me, "master") == [
        EARNED,
        "Asked was: Either reach 90 % in Exam or reach 95 % in Quiz 1 and Quiz 2.",
    ]


def test_what_must_not_be_is_said_so(
    me: Caller,
    session: Session,
    course: Context,
    ada: Membership,
    items: dict[str, int],
) -> None:
    title = "11. All quizzes taken, and none of them failed"
    adopt(session, course, parse(PAGE[title]), NOW)
    do(session, ada, items["quiz-1"], 51)
    do(session, ada, items["quiz-2"], 60)
    session.commit()

    said = (
        "Asked was: Reach 1 % in Quiz 1 and Quiz 2 and do not reach at most 50 % in "
        "1 of Quiz 1 and Quiz 2."
    )
    assert why(me, "unfailing") == [EARNED, said]


def test_a_badge_that_was_asked_for_is_said_by_its_name(
    me: Caller,
    session: Session,
    course: Context,
    ada: Membership,
    items: dict[str, int],
) -> None:
    adopt(session, course, parse(PAGE["10. After another badge"]), NOW)
    do(session, ada, items["module-2"], None)
    session.commit()

    assert why(me, "explorer") == [
        EARNED,
        "Asked was: Earn the badge First steps and complete 1 of Module 1 and Module 2.",
    ]


def test_numbers_are_told_only_of_what_everybody_has_to_reach(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    rule = {
        "all": [
            {"metric": "score", "at_least": 4},
            {"metric": "events", "at_least": 2},
            {
                "any": [
                    {"metric": "events", "at_least": 3},
                    {"metric": "active_days", "at_least": 9},
                ]
            },
            {"none": [{"metric": "completed", "at_least": 1}]},
        ]
    }
    a_badge(session, of=course, key="mixed", criterion=rule)
    hand_in(session, ada, times=3)
    session.commit()

    *_, said = why(me, "mixed")

    assert said.endswith(" There were 6 points and 3 contributions.")
    assert said.count("There were") == 1


def test_an_award_is_explained_by_the_rule_that_gave_it(
    me: Caller,
    session: Session,
    course: Context,
    ada: Membership,
    items: dict[str, int],
) -> None:
    adopt(session, course, parse(PAGE["9. One of two ways"]), NOW)
    do(session, ada, items["exam"], 90)
    session.commit()
    later = {
        "badge": [
            {
                "key": "master",
                "criterion": {"metric": "percent", "item": "exam", "at_least": 99},
            }
        ]
    }
    adopt(session, course, parse(later), NOW)
    session.commit()

    assert (
        session.query(BadgeVersion)
        .join(BadgeVersion.badge)
        .filter_by(key="master")
        .count()
        == 2
    )
    assert why(me, "master")[1].startswith("Asked was: Either reach 90 % in Exam or")


def test_more_conditions_cost_no_more_statements(
    app: OpenAPI, me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    one = {"metric": "score", "at_least": 1}
    quiz = {"metric": "percent", "item": "quiz-1", "at_most": 50}
    exam = {"metric": "percent", "item": "exam", "at_most": 50}
    a_badge(session, of=course, key="small", criterion={"all": [one, {"none": [quiz]}]})
    a_badge(
        session,
        of=course,
        key="wide",
        criterion={"all": [one, {"badge": "small"}, {"none": [quiz, exam]}]},
    )
    hand_in(session, ada, times=1)
    session.commit()

    with statements(app) as small:
        why(me, "small")
    with statements(app) as wide:
        why(me, "wide")

    assert len(small) == len(wide)
