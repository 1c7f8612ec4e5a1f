"""What others report of learners: each event for itself, and nothing twice."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.standings import standing_of
from jobs.api_keys import EVENTS_WRITE
from models import Award, Context, Contribution, Item, ItemSource, Membership
from tests.factories import a_badge, a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_program
from tests.support.statements import statements

YESTERDAY = "2026-11-21T10:00:00Z"
NOTHING = {"corrected": 0, "unchanged": 0, "refused": 0, "awarded": 0}
DONE = {"new": 1, **NOTHING, "items": [], "rows": []}


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, threshold=25)
    an_item(session, of=course, key="quiz-1")
    return course


@pytest.fixture
def program(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_program(session, client, course, EVENTS_WRITE)


def an_event(ada: Membership, **fields: object) -> dict[str, object]:
    event = {"user": ada.user.public_id, "kind": "submitted", "occurred_at": YESTERDAY}
    return {**event, "item": "quiz-1", **fields}


def post(caller: Caller, sent: object, **headers: str) -> Any:  # noqa: ANN401 -- an answer of the client
    return caller.send("POST", f"{caller.course}/events", sent, **headers)


def facts(session: Session) -> list[Contribution]:
    session.rollback()
    current = sa.select(Contribution).where(Contribution.superseded_at.is_(None))
    return list(session.scalars(current.order_by(Contribution.id)))


def test_an_event_is_a_fact_with_its_points(
    program: Caller, session: Session, ada: Membership
) -> None:
    answer = post(
        program,
        an_event(ada, kind="graded", score="79.99", maximum=100, attempt="try-2"),
    )

    (fact,) = facts(session)
    assert (answer.status_code, answer.json) == (200, DONE)
    assert (fact.score, fact.maximum) == (79_990_000, 100_000_000)
    assert (fact.kind, fact.source) == ("graded", "api")
    assert fact.fact_key == f"graded:{fact.item_id}:try-2"
    assert fact.occurred_at.isoformat() == "2026-11-21T10:00:00+00:00"
    assert standing_of(session, ada).points == 3


def test_a_number_is_as_exact_as_its_digits(
    program: Caller, session: Session, ada: Membership
) -> None:
    scores = [79.99, "79.99", 0.1, 0.000001, 100, "1e2"]
    events = [
        an_event(ada, kind="graded", score=score, attempt=str(number))
        for number, score in enumerate(scores)
    ]

    assert post(program, events).json["new"] == 6

    kept = [fact.score for fact in facts(session)]
    assert kept == [79_990_000, 79_990_000, 100_000, 1, 100_000_000, 100_000_000]


def test_an_instructor_may_report_and_a_learner_may_not(
    client: FlaskClient, session: Session, course: Context, ada: Membership
) -> None:
    teacher = a_caller(session, client, of=course, role="instructor")
    learner = a_caller(session, client, member=ada)

    assert post(teacher, an_event(ada)).json == DONE
    assert post(learner, an_event(ada)).status_code == 403


def test_a_person_may_be_named_as_the_platform_names_them(
    program: Caller, session: Session, course: Context
) -> None:
    bob = a_member(session, of=course, sub="lms-7")
    a_member(session, of=a_context(session), sub="elsewhere-1")
    session.commit()

    good = post(program, an_event(bob, user="lms-7"))
    bad = post(program, an_event(bob, user="elsewhere-1"))

    assert good.json == DONE
    assert bad.status_code == 422
    assert bad.json["detail"] == "user: nobody in this course has this id"
    assert [fact.membership_id for fact in facts(session)] == [bob.id]


def in_items(ada: Membership, number: int) -> list[dict[str, object]]:
    """Return an event in each of so many items."""
    keys = [f"lab-{n}" for n in range(number)]
    return [an_event(ada, item={"key": key, "label": key}) for key in keys]


def test_what_is_earned_by_an_event_is_awarded_at_once(
    program: Caller, session: Session, ada: Membership
) -> None:
    answer = post(program, an_event(ada))

    assert answer.json["awarded"] == 0
    assert post(program, in_items(ada, 12)).json["awarded"] == 1
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Award)) == 1


def test_while_it_is_off_events_are_kept_and_award_nothing(
    program: Caller, session: Session, course: Context, ada: Membership
) -> None:
    course.enabled = False
    session.commit()

    answer = post(program, in_items(ada, 13))

    assert (answer.json["new"], answer.json["awarded"]) == (13, 0)
    assert len(facts(session)) == 13


def test_what_is_sent_again_changes_nothing_and_a_correction_supersedes(
    program: Caller, session: Session, ada: Membership
) -> None:
    graded = an_event(ada, kind="graded", score=10, maximum=20)
    post(program, graded)

    again = post(program, graded).json
    better = post(program, {**graded, "score": 15}).json

    assert again == {**DONE, "new": 0, "unchanged": 1}
    assert better == {**DONE, "new": 0, "corrected": 1}
    assert [(fact.score, fact.revision) for fact in facts(session)] == [(15_000_000, 2)]


@pytest.mark.parametrize(("kind", "paid"), [("completed", 3), ("submitted", 2)])
def test_an_item_is_done_once_whatever_attempts_are_counted(
    program: Caller, session: Session, ada: Membership, kind: str, paid: int
) -> None:
    events = [an_event(ada, kind=kind, attempt=attempt) for attempt in ("1", "2", "3")]

    answer = post(program, [*events, an_event(ada, kind=kind)])

    assert answer.json == {**DONE, "new": 1, "unchanged": 3}
    session.rollback()
    assert standing_of(session, ada).points == paid


def test_posts_without_an_id_are_told_apart_by_their_moment(
    program: Caller, session: Session, ada: Membership
) -> None:
    first = an_event(ada, kind="posted")
    # The same moment, as another zone writes it.
    same = an_event(ada, kind="posted", occurred_at="2026-11-21T11:00:00+01:00")
    later = an_event(ada, kind="posted", occurred_at="2026-11-21T10:00:01Z")

    answer = post(program, [first, same, later])

    assert answer.json == {**DONE, "new": 2, "unchanged": 1}


def test_the_same_key_is_answered_as_before(
    program: Caller, session: Session, ada: Membership
) -> None:
    first = post(program, an_event(ada), Idempotency_Key="one")
    again = post(program, an_event(ada), Idempotency_Key="one")
    other = post(program, an_event(ada, kind="completed"), Idempotency_Key="one")

    assert again.json == first.json == DONE
    assert other.status_code == 422
    assert len(facts(session)) == 1


def test_bad_events_are_named_by_their_place_and_the_good_ones_are_done(
    program: Caller, session: Session, ada: Membership
) -> None:
    rows: list[object] = [
        an_event(ada),
        an_event(ada, user="nobody"),
        an_event(ada, kind="danced"),
        an_event(ada, occurred_at="2026-11-22T12:00:00Z"),
        an_event(ada, item="quiz-9"),
        "not an event",
        an_event(ada, kind="graded"),
        an_event(ada, kind="graded", score=-1),
        an_event(ada, kind="graded", score=True),
        an_event(ada, kind="graded", score="0.0000001"),
        an_event(ada, occurred_at="2026-11-21T10:00:00"),
        an_event(ada, occurred_at="1970-01-01T00:00:00Z"),
        an_event(ada, points=100),
        an_event(ada, attempt="a\x00b"),
        an_event(ada, item={"key": "unbound:quiz-1", "label": "Quiz 1"}),
        an_event(ada, kind="completed"),
    ]

    answer = post(program, rows)

    said = {row["index"]: row["reason"] for row in answer.json["rows"]}
    assert (answer.status_code, answer.json["new"]) == (200, 2)
    assert list(said) == list(range(1, 15))
    assert answer.json["refused"] == 14
    assert said[1] == "user: nobody in this course has this id"
    assert said[2].startswith("kind: Input should be 'spent', 'submitted'")
    assert said[3] == "occurred_at: it lies in the future"
    assert said[4] == (
        "item.key: there is no such item; there are quiz-1. With an item.label it is "
        "made"
    )
    assert said[6] == "event: Value error, it is graded without a score"
    assert said[12] == "points: Extra inputs are not permitted"
    assert "100" not in said[12]
    assert said[14].startswith('item.key: "unbound:" begins the name of no item')
    assert len(facts(session)) == 2


def test_an_item_that_is_not_there_is_made_where_it_is_called_something(
    program: Caller, session: Session, course: Context, ada: Membership
) -> None:
    new = {"key": "lab-1", "label": "Lab 1"}
    rows = [
        an_event(ada, kind="graded", score=5, maximum=10, item=new),
        an_event(ada, item="lab-1"),
        an_event(ada, user="nobody", item={"key": "lab-2", "label": "Lab 2"}),
    ]

    answer = post(program, rows)

    session.rollback()
    made = session.scalars(sa.select(Item).where(Item.key == "lab-1")).one()
    source = session.scalars(sa.select(ItemSource)).one()
    assert (answer.json["new"], answer.json["items"]) == (2, ["lab-1"])
    assert (made.label, made.maximum, made.context_id) == ("Lab 1", 10**7, course.id)
    assert (source.source, source.external_id) == ("api", "lab-1")
    assert session.scalars(sa.select(Item).where(Item.key == "lab-2")).all() == []


def test_an_item_of_another_course_is_not_there(
    program: Caller, session: Session, ada: Membership
) -> None:
    an_item(session, key="theirs")
    session.commit()

    assert post(program, an_event(ada, item="theirs")).status_code == 422


@pytest.mark.parametrize("sent", [[], "text", 7, "null", [[]] * 1001])
def test_what_is_no_event_and_no_list_of_them_is_refused(
    sent: object, program: Caller
) -> None:
    answer = program.client.post(
        f"{program.course}/events",
        json=sent,
        headers={"Authorization": f"Bearer {program.token}"},
    )

    assert answer.status_code == 422


def test_a_thousand_events_take_as_many_statements_for_people_and_items_as_one(
    app: OpenAPI, program: Caller, session: Session, course: Context
) -> None:
    people = [a_member(session, of=course) for _ in range(30)]
    session.commit()

    def asked(members: list[Membership]) -> int:
        with statements(app) as sent:
            assert post(program, [an_event(one) for one in members]).status_code == 200
        return len([text for text in sent if "earned" not in text])

    one, thirty = asked(people[:1]), asked(people[1:])

    assert thirty == one


def test_the_moment_it_was_recorded_is_ours(
    program: Caller, session: Session, ada: Membership
) -> None:
    post(program, an_event(ada))

    (fact,) = facts(session)

    assert (fact.recorded_at, fact.seen_at) == (NOW, fact.occurred_at)
