"""What the API tells of one's own progress, and what a course decides of it."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Membership, Outbox
from tests.factories import a_member
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.statements import statements

PROGRESS = "/api/v1/me/progress"


@pytest.fixture
def ada(session: Session) -> Membership:
    ada = a_member(session, of=a_live_course(session))
    hand_in(session, ada, times=14)
    return ada


@pytest.fixture
def caller(client: FlaskClient, session: Session, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


@pytest.fixture
def teacher(client: FlaskClient, session: Session, ada: Membership) -> Caller:
    return a_caller(session, client, of=ada.context, role="instructor")


def told(caller: Caller, path: str = PROGRESS) -> dict[str, Any]:
    answer = caller.get(path)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.get_json()
    return body


def test_my_progress_tells_where_i_am_and_what_comes_next(caller: Caller) -> None:
    answer = told(caller)

    assert (answer["points"], answer["this_week"]) == (28, 28)
    assert answer["level"] == {
        "number": 1,
        "next_at": 50,
        "points_needed": 22,
        "percent": 26,
    }
    assert answer["items"] == {"done": 0, "total": 1}
    assert answer["next"] == [
        {"kind": "points", "value": 50, "missing": 22},
        {"kind": "share", "value": 25, "missing": 1},
    ]
    assert answer["bests"]["week_points"] == 28
    assert answer["steadiness"] == {"active_weeks": 1, "of_weeks": 8, "run": 1}


def test_my_progress_is_nothing_while_a_switch_is_off(
    session: Session, caller: Caller, ada: Membership
) -> None:
    ada.context.tenant.enabled = False
    session.commit()

    answer = told(caller)

    assert (answer["enabled"], answer["points"], answer["level"]) == (False, 0, None)
    assert (answer["milestones"], answer["next"]) == ([], [])


def test_my_progress_costs_the_same_however_much_i_did(
    app: OpenAPI, client: FlaskClient, session: Session, ada: Membership
) -> None:
    costs = []
    for times in (1, 3):
        member = a_member(session, of=ada.context)
        hand_in(session, member, times=times)
        caller = a_caller(session, client, member=member)
        with statements(app) as sent:
            told(caller)
        costs.append(len(sent))

    assert costs[0] == costs[1]


def test_a_course_chooses_its_levels(teacher: Caller, caller: Caller) -> None:
    path = f"{teacher.course}/levels"
    before = told(teacher, path)

    answer = teacher.send("PUT", path, {"base": 5, "growth": 2})

    assert (before["base"], before["growth"], before["starts"][:3]) == (
        20,
        1.5,
        [20, 50, 95],
    )
    assert answer.get_json()["starts"][:4] == [5, 15, 35, 75]
    assert told(caller)["level"]["number"] == 2
    teacher.send("PUT", path, {"base": 100, "growth": 2})
    assert told(caller)["level"]["number"] == 1, "a level that was reached is kept"


def test_a_calendar_is_kept_and_followed_up(session: Session, teacher: Caller) -> None:
    path = f"{teacher.course}/calendar"
    rest = {"first": "2026-12-21", "last": "2027-01-03", "name": "Winter break"}

    answer = teacher.send("PUT", path, {"breaks": [rest]})

    assert answer.get_json() == {"breaks": [rest]} == told(teacher, path)
    session.rollback()
    assert "evaluate_course" in session.scalars(sa.select(Outbox.job)).all()


def test_a_learners_leave_is_read_by_staff_alone(
    teacher: Caller, caller: Caller, ada: Membership
) -> None:
    path = f"{teacher.course}/members/{ada.user.public_id}/excused"
    leave = {"periods": [{"first": "2026-11-02", "last": "2026-11-15"}]}

    answer = teacher.send("PUT", path, leave)

    assert answer.get_json() == leave == told(teacher, path)
    assert caller.get(path).status_code == 403
    assert teacher.get(f"{teacher.course}/members/nobody/excused").status_code == 404
    assert teacher.get(f"{teacher.course}/members/%00/excused").status_code == 422


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("levels", {"base": 20, "growth": 1.5}),
        ("calendar", {"breaks": []}),
    ],
)
def test_the_second_of_two_who_change_it_is_told(
    teacher: Caller, resource: str, body: dict[str, Any]
) -> None:
    path = f"{teacher.course}/{resource}"
    tag = teacher.get(path).headers["ETag"]
    first: dict[str, Any] = {"base": 7, "growth": 3}
    if resource == "calendar":
        first = {"breaks": [{"first": "2026-12-21", "last": "2027-01-03"}]}

    answers = [
        teacher.send("PUT", path, first, If_Match=tag),
        teacher.send("PUT", path, body, If_Match=tag),
    ]

    assert [answer.status_code for answer in answers] == [200, 412]


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("levels", {"base": 0, "growth": 1.5}),
        ("levels", {"base": 20, "growth": 0.9}),
        ("levels", {"base": 20, "growth": 1.555}),
        ("calendar", {"breaks": [{"first": "2026-12-21", "last": "2026-12-20"}]}),
        ("calendar", {"breaks": [{"first": "2026-01-01", "last": "2027-01-02"}]}),
        ("calendar", {}),
    ],
)
def test_what_makes_no_sense_is_refused(
    teacher: Caller, resource: str, body: dict[str, Any]
) -> None:
    answer = teacher.send("PUT", f"{teacher.course}/{resource}", body)

    assert answer.status_code == 422
