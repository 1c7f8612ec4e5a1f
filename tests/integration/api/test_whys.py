"""Why somebody has a badge, and why not yet, in sentences."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from gamification.activity.item_sets import SetTold, set_item_sets
from models import Award, Context, Membership
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller, hand_in
from tests.support.programs import a_program


def why(caller: Caller, badge: str, user: str = "") -> Any:  # noqa: ANN401 -- an answer of the client
    query = f"?user={user}" if user else ""
    return caller.get(f"{caller.course}/badges/{badge}/standing{query}")


@pytest.fixture
def me(session: Session, client: FlaskClient, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


def test_what_is_missing_is_said_to_staff_of_anybody(
    teacher: Caller, session: Session, ada: Membership
) -> None:
    hand_in(session, ada, times=5)
    session.commit()

    answer = why(teacher, "helper", ada.user.public_id)

    told = answer.json
    assert answer.status_code == 200
    assert told["why"] == ["Earn 15 more points."]
    assert (told["badge"]["progress"], told["badge"]["threshold"]) == (10, 25)
    assert (told["user_id"], told["award"]) == (ada.user.public_id, None)


def test_what_met_the_rule_is_said_with_the_numbers(
    me: Caller, session: Session, ada: Membership
) -> None:
    hand_in(session, ada, times=14)
    session.commit()

    told = why(me, "helper").json

    assert told["why"] == [
        "Earned on 22 November 2026.",
        "Asked was: Earn 25 points. There were 28 points.",
    ]
    assert told["award"]["state"] == "open"


def test_one_of_something_is_told_as_one(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    rule = {"metric": "events", "at_least": 1}
    a_badge(session, of=course, key="once", criterion=rule)
    hand_in(session, ada, times=1)
    session.commit()

    *_, said = why(me, "once").json["why"]

    assert said == "Asked was: Contribute once. There was 1 contribution."


def test_a_tree_is_said_as_a_whole(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    quiz = an_item(session, of=course, key="quiz-1")
    rule = {
        "all": [
            {"metric": "percent", "item": "quiz-1", "at_least": 80},
            {"metric": "events", "at_least": 2},
        ]
    }
    a_badge(session, of=course, key="both", criterion=rule)
    fact = Fact(
        context_id=course.id,
        membership_id=ada.id,
        kind="graded",
        occurred_at=NOW,
        source="test",
        item_id=quiz.id,
        score=79_990_000,
        maximum=100 * POINT,
    )
    record(session, [fact], NOW, environment=True)
    session.commit()

    first = why(me, "both").json["why"]
    hand_in(session, ada, times=2)
    fact = Fact(**{**fact.__dict__, "score": 80 * POINT})
    record(session, [fact], NOW, environment=True)
    session.commit()
    then = why(me, "both").json["why"]

    assert first == [
        "Reach 80 % in Quiz 1.",
        "Contribute 2 more times.",
    ]
    said = "Asked was: Reach 80 % in Quiz 1 and contribute 2 times."
    assert then == [
        "Earned on 22 November 2026.",
        f"{said} There were 2 contributions.",
    ]


def test_what_met_a_rule_is_called_as_people_call_it(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    items = [an_item(session, of=course, key=key) for key in ("q-1", "e-1")]
    items[0].label, items[1].label = "The quiz", "Long essay"
    unit = SetTold("u-1", "module", "Unit 1", tuple(item.id for item in items))
    set_item_sets(session, course, "instructor", [unit], NOW)
    rule = {
        "all": [
            {"metric": "completed", "items": ["q-1", "e-1"]},
            {"metric": "completed", "item_set": "u-1"},
        ]
    }
    a_badge(session, of=course, key="unit", criterion=rule)
    done = [
        Fact(
            context_id=course.id,
            membership_id=ada.id,
            kind="completed",
            occurred_at=NOW,
            source="test",
            item_id=item.id,
        )
        for item in items
    ]
    record(session, done, NOW, environment=True)
    items[1].gone_at = NOW
    session.commit()

    told = why(me, "unit").json["why"]

    assert told == [
        "Earned on 22 November 2026.",
        "Asked was: Complete The quiz and Long essay and complete all of Unit 1.",
    ]


def test_what_a_person_gave_and_took_is_said_with_their_reason_and_not_their_name(
    me: Caller, teacher: Caller, ada: Membership
) -> None:
    body = {"badge": "helper", "user": ada.user.public_id, "reason": "week 3"}
    given: Any = teacher.send("POST", f"{teacher.course}/awards", body).json
    first = why(me, "helper").json
    path = f"{teacher.course}/awards/{given['id']}"
    teacher.send("DELETE", path, {"reason": "copied"})
    then = why(me, "helper").json

    assert first["why"] == ["Given on 22 November 2026 by an instructor: week 3."]
    assert then["why"] == [
        "It was taken back on 22 November 2026: copied.",
        "It is not given again until somebody lifts that.",
    ]
    assert "iris" not in str(first) + str(then)


def test_after_an_end_only_what_came_since_counts(
    me: Caller, session: Session, course: Context, ada: Membership, clock: Clock
) -> None:
    hand_in(session, ada, times=14)
    session.commit()
    award = session.scalars(sa.select(Award)).one()
    award.expires_at = NOW + timedelta(minutes=10)
    session.commit()
    clock.advance(timedelta(minutes=30))

    told = why(me, "helper").json

    assert told["why"] == [
        "It was good until 22 November 2026; only what was done since then counts.",
        "Earn 25 more points.",
    ]


def test_who_is_no_learner_here_earns_nothing(
    teacher: Caller, session: Session, course: Context
) -> None:
    bob = a_member(session, of=course, name="Bob", status="left")
    session.commit()

    told = why(teacher, "helper", bob.user.public_id).json

    assert told["why"] == ["Only learners who are in the course now earn badges."]


def test_a_learner_asks_of_nobody_else(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    bob = a_member(session, of=course, name="Bob")
    session.commit()

    others = why(me, "helper", bob.user.public_id)
    own = why(me, "helper", ada.user.public_id)

    assert (others.status_code, own.status_code) == (403, 200)


def test_a_person_or_badge_that_is_not_in_the_course_is_not_there(
    teacher: Caller, session: Session, ada: Membership
) -> None:
    stranger = a_member(session, of=a_context(session))
    session.commit()

    answers = [
        why(teacher, "helper", stranger.user.public_id).status_code,
        why(teacher, "helper", "nobody").status_code,
        why(teacher, "unknown", ada.user.public_id).status_code,
    ]

    assert answers == [404, 404, 404]


def test_while_it_is_off_there_is_nothing_to_explain(
    me: Caller, session: Session, course: Context
) -> None:
    course.enabled = False
    session.commit()

    assert why(me, "helper").status_code == 404


def test_a_key_names_whom_it_asks_about(
    client: FlaskClient, session: Session, course: Context, ada: Membership
) -> None:
    program = a_program(session, client, course, "people:read")

    nobody = why(program, "helper")
    named = why(program, "helper", ada.user.public_id)

    assert (nobody.status_code, named.status_code) == (422, 200)
    assert nobody.json["detail"] == "user: a key is nobody: name a person of the course"
