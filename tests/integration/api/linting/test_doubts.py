"""A rule that nobody can meet for now comes into use by the word of who knows more."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from models import Award, Context, Item, Membership
from tests.factories import a_member, an_item
from tests.integration.api.linting.conftest import DOUBTED, QUIZ, UNIT, tell
from tests.support.badges import Answer, holders, put
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course, hand_in

ANYWAY = (
    'Change the rule, save it as a draft, or say "anyway": true if what is missing will '
    "come."
)
MANY = {"metric": "score", "threshold": 300}
IDEA = {"label": "Idea", "state": "draft"}


@pytest.mark.parametrize(("rule", "said"), DOUBTED)
def test_who_knows_that_what_is_missing_will_come_uses_it_anyway(
    ada: Membership, teacher: Caller, rule: Answer, said: str
) -> None:
    put(teacher, "idea", IDEA)
    badge = {"label": "New", "criterion": rule}
    other = {"all": [rule, {**QUIZ, "at_least": 80}]}

    refused = put(teacher, "new", badge)
    used = put(teacher, "new", {**badge, "anyway": True})
    again = put(teacher, "new", used.json)
    held = put(teacher, "new", {**used.json, "state": "held"})
    stricter = put(teacher, "new", {**held.json, "criterion": other})

    assert refused.json["detail"] == f"{said} {ANYWAY}"
    assert (used.status_code, used.json["findings"]) == (201, [said])
    assert "anyway" not in used.json
    assert (again.status_code, again.json) == (200, used.json)
    assert (held.status_code, held.json["version"]) == (200, 1)
    # It was said of the other rule.
    assert stricter.status_code == 422


def test_what_is_missing_comes_and_nobody_is_asked_any_more(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    points = put(teacher, "points", {**MANY, "state": "draft"}).json
    module = put(teacher, "module", {"criterion": UNIT, "state": "draft"}).json

    quiz = an_item(session, of=course, key="quiz-3")
    tell(session, course, quiz.id)
    # What is handed in pays without a most.
    hand_in(session, ada, times=1)
    session.commit()
    answers = [
        put(teacher, one["key"], {**one, "state": "active"}) for one in (points, module)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json["findings"] for answer in answers] == [[], []]


def test_a_metric_that_nothing_feeds_is_doubted_until_something_does(
    session: Session, course: Context, teacher: Caller
) -> None:
    ben = a_member(session, of=course)
    session.commit()
    author = {"metric": "authored", "threshold": 1}

    refused = put(teacher, "new", author)
    hand_in(session, ben, times=1)
    session.commit()
    used = put(teacher, "new", author)

    assert refused.json["detail"] == (
        'Nobody can raise "authored" here yet: the course reports no handed-in work. '
        f"{ANYWAY}"
    )
    assert (used.status_code, holders(session, "new")) == (201, 1)


@pytest.mark.parametrize(
    ("rule", "most"),
    [
        ({"metric": "authored", "at_least": 99}, 2),
        ({"metric": "completed", "more_than": 2}, 2),
        ({"metric": "events", "at_least": 99, "per_item": 3}, 6),
    ],
)
def test_more_than_a_set_can_give_is_doubted_as_others_may_come(
    session: Session,
    course: Context,
    ada: Membership,
    teacher: Caller,
    rule: Answer,
    most: int,
) -> None:
    items = session.scalars(sa.select(Item.id).where(Item.context_id == course.id))
    tell(session, course, *items)

    refused = put(teacher, "new", {"criterion": {**rule, "item_set": "unit-1"}})
    enough = {**rule, "item_set": "unit-1", "more_than": None, "at_least": most}
    used = put(teacher, "fits", {"criterion": enough})

    why = f"yet: {most} is the most in Unit 1 so far. {ANYWAY}"
    assert refused.json["detail"].endswith(why)
    assert (used.status_code, used.json["findings"]) == (201, [])


def test_where_no_activities_are_known_no_number_of_them_is_too_many(
    session: Session, client: FlaskClient
) -> None:
    empty = a_caller(session, client, of=a_live_course(session), role="instructor")

    used = put(empty, "new", {"metric": "completed", "threshold": 10_000})

    assert (used.status_code, used.json["findings"]) == (201, [])


def test_time_is_doubted_until_some_is_reported(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    hour = {"criterion": {"metric": "time_spent", "at_least": 3600}}

    refused = put(teacher, "new", hour)
    spent = Fact(
        context_id=course.id,
        membership_id=ada.id,
        kind="spent",
        seconds=4000,
        occurred_at=NOW,
        source="test",
    )
    record(session, [spent], NOW, environment=True)
    session.commit()
    used = put(teacher, "new", hour)

    assert refused.status_code == 422
    assert (used.status_code, used.json["findings"]) == (201, [])
    assert holders(session, "new") == 1


@pytest.mark.parametrize(
    "rule",
    [
        {"any": [{"badge": "idea"}, {"metric": "events", "at_least": 1}]},
        {"all": [{"none": [{"badge": "idea"}]}, {"metric": "events", "at_least": 1}]},
    ],
)
def test_what_can_be_done_without_is_advice_alone(
    ada: Membership, teacher: Caller, rule: Answer
) -> None:
    put(teacher, "idea", IDEA)

    used = put(teacher, "new", {"criterion": rule})

    assert used.status_code == 201
    assert used.json["findings"] == [
        'Nobody gains the badge "idea" for now: it is a draft.'
    ]


def test_ways_that_are_all_closed_are_no_way(ada: Membership, teacher: Caller) -> None:
    put(teacher, "idea", IDEA)
    rule = {"any": [{"badge": "idea"}, UNIT]}

    refused = put(teacher, "new", {"criterion": rule})

    assert refused.json["detail"] == (
        'Nobody gains the badge "idea" for now: it is a draft. '
        f"Unit 1 has no items yet: nothing counts in it. {ANYWAY}"
    )


def test_reasons_of_several_kinds_together_close_all_ways(
    ada: Membership, teacher: Caller
) -> None:
    put(teacher, "idea", IDEA)
    ways = [
        {"badge": "idea"},
        {"metric": "score", "at_least": 300},
        {"metric": "active_days", "at_least": 8, "last_days": 7},
    ]

    closed = put(teacher, "new", {"criterion": {"any": ways}})
    open_too = {"any": [*ways, {"metric": "events", "at_least": 1}]}
    is_open = put(teacher, "new", {"criterion": open_too})

    assert closed.status_code == 422
    assert closed.json["detail"].count("Nobody ") == len(ways)
    assert is_open.status_code == 201


def test_what_somebody_meets_or_may_go_on_to_meet_is_no_doubt(
    session: Session, course: Context, ada: Membership, teacher: Caller
) -> None:
    put(teacher, "gone", {"criterion": {"metric": "events", "at_least": 1}})
    hand_in(session, ada, times=1)
    session.commit()
    put(teacher, "gone", {"state": "retired"})
    more = {"all": [{"badge": "gone"}, {"metric": "events", "at_least": 50}]}

    held = put(teacher, "more", {"criterion": more})
    met = put(teacher, "met", {"criterion": {"badge": "gone"}})
    session.execute(sa.delete(Award))
    session.commit()
    nobodys = put(teacher, "none", {"criterion": {"badge": "gone"}})

    assert (held.status_code, met.status_code, nobodys.status_code) == (201, 201, 422)
    assert any('gains the badge "gone"' in one for one in met.json["findings"])
