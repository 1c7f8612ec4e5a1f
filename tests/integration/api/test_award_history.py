"""Who reads which awards, page by page; and two who change one at the same time."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.decisions import Revocation, revoke
from models import Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import IRIS, an_award, award_named, told
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.statements import statements

DAY = timedelta(days=1)


def a_history(session: Session, people: int = 2) -> list[Membership]:
    """Build a course where each has a badge, and had another one before."""
    course = a_context(session)
    first, second = (a_badge(session, of=course, key=key) for key in ("one", "two"))
    members = [a_member(session, of=course, name=f"Name {n}") for n in range(people)]
    for number, member in enumerate(members):
        award = an_award(session, member, first, NOW - DAY, reason="helped")
        revoke(session, award, Revocation("copied"), IRIS, NOW)
        an_award(session, member, second, NOW + number * timedelta(seconds=1))
    session.commit()
    return members


def walk(caller: Caller, query: str = "") -> list[tuple[str, str, str]]:
    """Follow `next` to the end; return whose which badge, and its state."""
    found: list[tuple[str, str, str]] = []
    cursor = ""
    for _ in range(10):
        answer: Any = caller.get(f"{caller.course}/awards?{query}{cursor}").json
        found += [(row["name"], row["badge"], row["state"]) for row in answer["items"]]
        if answer["next"] is None:
            return found
        cursor = f"&cursor={answer['next']}"
    raise AssertionError("The list does not end.")


@pytest.mark.parametrize("limit", ["limit=1", "limit=3", ""])
def test_every_page_together_is_the_history_the_newest_first(
    client: FlaskClient, session: Session, limit: str
) -> None:
    ada, _ = a_history(session)
    staff = a_caller(session, client, of=ada.context, role="assistant")

    assert walk(staff, limit) == [
        ("Name 1", "two", "open"),
        ("Name 0", "two", "open"),
        ("Name 1", "one", "revoked"),
        ("Name 0", "one", "revoked"),
    ]


def test_the_list_is_narrowed_by_person_and_badge(
    client: FlaskClient, session: Session
) -> None:
    ada, ben = a_history(session)
    staff = a_caller(session, client, of=ada.context, role="instructor")
    user = f"user={ben.user.public_id}"

    assert walk(staff, user) == [
        ("Name 1", "two", "open"),
        ("Name 1", "one", "revoked"),
    ]
    assert walk(staff, f"{user}&badge=one") == [("Name 1", "one", "revoked")]
    assert walk(staff, "badge=nothing") == []


def test_a_learner_reads_their_own_awards_and_who_gave_them_by_role(
    client: FlaskClient, session: Session
) -> None:
    ada, ben = a_history(session)
    learner = a_caller(session, client, member=ada)
    awards = f"{learner.course}/awards"
    staff = a_caller(session, client, of=ada.context, role="instructor")
    bens: Any = staff.get(f"{awards}?user={ben.user.public_id}").json

    mine: Any = learner.get(awards).json
    answers = [
        learner.get(f"{awards}?user={ben.user.public_id}"),
        learner.get(f"{awards}?user=nobody"),
        learner.get(f"{awards}/{bens['items'][0]['id']}"),
        learner.get(f"{awards}/{mine['items'][0]['id']}"),
    ]

    assert walk(learner) == [
        ("Name 0", "two", "open"),
        ("Name 0", "one", "revoked"),
    ]
    assert mine["items"][1]["evidence"] == {"role": "instructor", "reason": "helped"}
    assert mine["items"][1]["ended_by"] is None
    assert [answer.status_code for answer in answers] == [403, 403, 404, 200]
    assert "iris" not in learner.get(awards).text + answers[3].text


def test_an_award_by_a_rule_tells_what_met_it(
    client: FlaskClient, session: Session
) -> None:
    course = a_live_course(session)
    ada = a_member(session, of=course)
    hand_in(session, ada, times=1)
    learner = a_caller(session, client, member=ada)

    answer: Any = learner.get(f"{learner.course}/awards").json

    (award,) = answer["items"]
    assert (award["badge"], award["origin"]) == ("first_contribution", "rule")
    assert award["evidence"] == {"metric": "events", "at_least": 1, "value": 1}


def test_a_cursor_of_another_course_is_refused(
    client: FlaskClient, session: Session
) -> None:
    ada, _ = a_history(session)
    otto = a_member(session)
    elsewhere = an_award(session, otto, a_badge(session, of=otto.context))
    staff = a_caller(session, client, of=ada.context, role="instructor")
    path = f"{staff.course}/awards"

    answers = [
        staff.get(f"{path}?{query}").status_code
        for query in (f"cursor={elsewhere.public_id}", "cursor=x", "limit=0", "state=x")
    ]

    assert answers == [422] * 4


@pytest.mark.parametrize("people", [1, 3])
def test_a_page_costs_the_same_for_one_award_and_for_many(
    app: OpenAPI, client: FlaskClient, session: Session, people: int
) -> None:
    ada, *_ = a_history(session, people)
    staff = a_caller(session, client, of=ada.context, role="instructor")

    with statements(app) as sent:
        answer: Any = staff.get(f"{staff.course}/awards?limit=1").json
    first = len(sent)
    with statements(app) as sent:
        staff.get(f"{staff.course}/awards?limit=1&cursor={answer['next']}")

    assert (first, len(sent)) == (2, 3)


def an_open_award(session: Session, client: FlaskClient) -> tuple[Caller, str, Context]:
    ada = a_member(session)
    award = an_award(session, ada, a_badge(session, of=ada.context))
    teacher = a_caller(session, client, of=ada.context, role="instructor")
    return teacher, f"{teacher.course}/awards/{award.public_id}", ada.context


def test_the_second_of_two_who_change_an_award_is_told_and_nothing_is_lost(
    client: FlaskClient, session: Session
) -> None:
    teacher, path, _ = an_open_award(session, client)
    read = teacher.get(path).headers["ETag"]

    first = teacher.send(
        "PUT", path, {"expires_at": "2027-01-01T00:00:00Z"}, If_Match=read
    )
    second = teacher.send("PUT", path, {"expires_at": None}, If_Match=read)
    third = teacher.send("DELETE", path, {"reason": "copied"}, If_Match=read)
    fourth = teacher.send("POST", f"{path}/lift", If_Match=read)

    codes = [a.status_code for a in (first, second, third, fourth)]
    assert codes == [200, 412, 412, 412]
    assert teacher.get(path).json == first.json
    assert teacher.get(path).headers["ETag"] == first.headers["ETag"] != read


def test_whoever_read_what_is_there_may_change_it(
    client: FlaskClient, session: Session
) -> None:
    teacher, path, _ = an_open_award(session, client)
    until = {"expires_at": "2027-01-01T00:00:00Z"}

    renewed = teacher.send("PUT", path, until, If_Match="*")
    again = teacher.send("PUT", path, until)
    etag = f'"another", {again.headers["ETag"]}'
    revoked = teacher.send("DELETE", path, {"reason": "copied"}, If_Match=etag)
    late = teacher.send("PUT", path, {"expires_at": None})

    answers = (renewed, again, revoked, late)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 409]
    session.rollback()
    kinds = [kind for kind, *_ in told(session)]
    assert kinds == ["award", "award_renewed", "award_revoked"]


def test_a_renewed_award_is_warned_of_anew(
    client: FlaskClient, session: Session
) -> None:
    teacher, path, _ = an_open_award(session, client)
    award = award_named(session, path.rpartition("/")[2])
    award.expires_at, award.warned_at = NOW + DAY, NOW
    session.commit()

    answer = teacher.send("PUT", path, {"expires_at": "2027-01-01T00:00:00Z"})

    session.rollback()
    award = award_named(session, award.public_id)
    assert answer.status_code == 200
    assert award.warned_at is None
