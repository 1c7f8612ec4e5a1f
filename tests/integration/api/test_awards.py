"""A teacher gives a badge and takes it back, over the API."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Membership
from tests.factories import a_member
from tests.integration.api.conftest import awards, helper_for
from tests.support.awarding import noted, told
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller

DAY = timedelta(days=1)


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


def test_an_id_that_no_database_takes_is_refused(teacher: Caller) -> None:
    path = f"{teacher.course}/awards"

    answers = [
        teacher.get(f"{path}/%00"),
        teacher.get(f"{path}/nothing"),
        teacher.get(f"{path}?cursor=%00"),
        teacher.get(f"{path}?user=%00"),
        teacher.send("DELETE", f"{path}/%00", {"reason": "x"}),
        teacher.send("PUT", f"{path}/nothing", {"expires_at": None}),
        teacher.send("DELETE", f"{teacher.course}/codes/%00", {}),
    ]

    codes = [answer.status_code for answer in answers]
    assert codes == [422, 404, 422, 422, 422, 404, 422]


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-12:00", "2200-01-01T00:00:00Z"]
)
def test_an_end_beyond_every_calendar_is_refused(
    teacher: Caller, ada: Membership, moment: str
) -> None:
    body = helper_for(ada, expires_at=moment)

    answer = teacher.send("POST", f"{teacher.course}/awards", body)

    assert answer.status_code == 422
