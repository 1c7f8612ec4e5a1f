"""A teacher gives a badge and takes it back, over the API."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Award, Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import an_award, noted, told
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller

DAY = timedelta(days=1)


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="helper")
    return course


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    ada = a_member(session, of=course, name="Ada")
    session.commit()
    return ada


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    iris = a_member(session, of=course, name="Iris", role="instructor")
    iris.user.public_id = "iris"
    return a_caller(session, client, member=iris, role="instructor")


def helper_for(ada: Membership, **named: object) -> dict[str, object]:
    return {"badge": "helper", "user": ada.user.public_id, **named}


def awards(session: Session) -> list[Award]:
    session.rollback()
    query = sa.select(Award).order_by(Award.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def test_a_badge_is_given_with_a_reason(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    body = helper_for(ada, reason=" week  3 ", expires_at="2027-01-01T00:00:00+01:00")

    answer = teacher.send("POST", f"{teacher.course}/awards", body)

    (award,) = awards(session)
    assert answer.status_code == 201
    assert answer.json == {
        "id": award.public_id,
        "user_id": ada.user.public_id,
        "name": "Ada",
        "badge": "helper",
        "label": "Helper",
        "icon": "🏅",
        "version": 1,
        "sequence": 1,
        "state": "open",
        "origin": "hand",
        "evidence": {"by": "iris", "role": "instructor", "reason": "week 3"},
        "granted_at": "2026-11-22T10:00:00Z",
        "expires_at": "2026-12-31T23:00:00Z",
        "ended_at": None,
        "end_reason": None,
        "ended_by": None,
        "barred": False,
    }
    assert told(session) == [("award", "member", ada.id, {"award": award.id})]
    assert noted(session) == [("award_granted", "iris", "instructor")]


def test_who_has_the_badge_keeps_the_award_they_have(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    path = f"{teacher.course}/awards"

    answers = [teacher.send("POST", path, helper_for(ada)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json == answers[1].json
    assert (len(awards(session)), len(told(session)), len(noted(session))) == (1, 1, 1)


def test_the_same_key_and_body_are_answered_the_same(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    path, body = f"{teacher.course}/awards", helper_for(ada)

    first = teacher.send("POST", path, body, Idempotency_Key="one")
    revoked = teacher.send(
        "DELETE", f"{path}/{ident(first.json)}", {"reason": "x", "bars_regrant": False}
    )
    again = teacher.send("POST", path, body, Idempotency_Key="one")
    anew = teacher.send("POST", path, body, Idempotency_Key="two")

    assert (first.status_code, revoked.status_code) == (201, 200)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert anew.status_code == 201
    assert [award.sequence for award in awards(session)] == [1, 2]


def ident(answer: Any) -> str:  # noqa: ANN401 -- JSON
    return str(answer["id"])


def test_a_key_with_another_body_is_refused(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    path = f"{teacher.course}/awards"
    teacher.send("POST", path, helper_for(ada), Idempotency_Key="one")

    answer = teacher.send(
        "POST", path, helper_for(ada, reason="another"), Idempotency_Key="one"
    )

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["detail"].startswith("Idempotency-Key: ")
    assert len(awards(session)) == 1


def test_a_key_is_its_callers_own_and_good_for_a_day(
    teacher: Caller,
    ada: Membership,
    session: Session,
    client: FlaskClient,
    clock: Clock,
) -> None:
    path = f"{teacher.course}/awards"
    other = a_caller(session, client, of=ada.context, role="instructor")
    later = a_caller(
        session,
        client,
        member=session.get_one(Membership, ada.id + 1),
        role="instructor",
        last_used_at=NOW + DAY,
        expires_at=NOW + 2 * DAY,
    )
    first = teacher.send("POST", path, helper_for(ada), Idempotency_Key="one")

    others = other.send("POST", path, helper_for(ada), Idempotency_Key="one")
    clock.advance(DAY)
    anew = later.send("POST", path, helper_for(ada), Idempotency_Key="one")

    assert [a.status_code for a in (first, others, anew)] == [201, 200, 200]


def test_what_was_refused_is_tried_again_with_its_key(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    path = f"{teacher.course}/awards"
    ada.context.enabled = False
    session.commit()

    off = teacher.send("POST", path, helper_for(ada), Idempotency_Key="one")
    ada.context.enabled = True
    session.commit()
    on = teacher.send("POST", path, helper_for(ada), Idempotency_Key="one")

    assert (off.status_code, on.status_code) == (409, 201)
    assert off.json is not None
    assert off.json["detail"] == "course: badges are off (course)"
    assert len(awards(session)) == 1


def test_what_makes_no_sense_is_refused_by_name(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    otto = a_member(session)
    session.commit()
    path, too_long = f"{teacher.course}/awards", "x" * 256
    bodies: list[tuple[int, object]] = [
        (422, {"badge": "helper"}),
        (422, helper_for(otto)),
        (422, helper_for(ada, badge="nothing")),
        (422, helper_for(ada, expires_at="2026-11-22T10:00:00Z")),
        (422, helper_for(ada, expires_at="2027-01-01T00:00:00")),
        (422, helper_for(ada, reason=too_long)),
        (422, helper_for(ada, reason="\0")),
        (422, helper_for(ada, points=3)),
        (409, helper_for(a_member(session, of=ada.context, role="observer"))),
    ]
    session.commit()

    answers = [teacher.send("POST", path, body) for _, body in bodies]
    bad_key = teacher.send("POST", path, helper_for(ada), Idempotency_Key="a b")

    assert [answer.status_code for answer in answers] == [code for code, _ in bodies]
    assert bad_key.status_code == 422
    assert {answer.content_type for answer in answers} == {"application/problem+json"}
    assert awards(session) == []


def test_a_badge_is_taken_back_for_a_reason_and_barred(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context, key="speaker"))
    session.commit()
    path = f"{teacher.course}/awards"

    revoked = teacher.send("DELETE", f"{path}/{award.public_id}", {"reason": "copied"})
    body = helper_for(ada, badge="speaker")
    barred = teacher.send("POST", path, body)
    lifted = teacher.send("POST", f"{path}/{award.public_id}/lift")
    anew = teacher.send("POST", path, body)

    said: Any = revoked.json
    assert (said["state"], said["end_reason"]) == ("revoked", "copied")
    assert (said["ended_by"], said["barred"]) == ("iris", True)
    assert (barred.status_code, lifted.status_code, anew.status_code) == (409, 200, 201)
    assert lifted.json == {**said, "barred": False}
    assert anew.json is not None
    assert anew.json["sequence"] == 2
    session.rollback()
    actions = [action for action, _, _ in noted(session)]
    assert actions == ["award_revoked", "award_lifted", "award_granted"]


def test_nothing_is_taken_back_without_a_reason(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context))
    session.commit()
    path = f"{teacher.course}/awards/{award.public_id}"
    bodies = [{}, {"reason": ""}, {"reason": "  "}, {"reason": "expired"}]

    answers = [teacher.send("DELETE", path, body) for body in bodies]

    assert [answer.status_code for answer in answers] == [422] * len(bodies)
    assert [award.ended_at for award in awards(session)] == [None]


def test_what_is_over_cannot_be_taken_back_again(
    teacher: Caller, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context))
    session.commit()
    path = f"{teacher.course}/awards/{award.public_id}"

    answers = [
        teacher.send("DELETE", path, {"reason": reason}) for reason in ("one", "two")
    ]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert [award.end_reason for award in awards(session)] == ["one"]
