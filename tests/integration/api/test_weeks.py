"""`GET …/digest`: a course's weeks in numbers, for staff and programs."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from jobs.api_keys import COURSES_READ, PEOPLE_READ
from models import Context
from tests.factories import a_context, a_member, an_item
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller
from tests.support.programs import a_program, problem


@pytest.fixture
def worked(session: Session, course: Context) -> Context:
    """Let somebody hand in this week, and somebody else three weeks ago."""
    for back in (0, 3):
        fact = Fact(
            context_id=course.id,
            membership_id=a_member(session, of=course, name="Ada Ahorn").id,
            item_id=an_item(session, of=course).id,
            kind="submitted",
            occurred_at=NOW - timedelta(weeks=back),
            source="test",
        )
        assert record(session, [fact], NOW, environment=True).new == 1
    session.commit()
    return course


@pytest.fixture
def teacher(session: Session, client: FlaskClient, worked: Context) -> Caller:
    return a_caller(session, client, of=worked, role="instructor")


def digest(caller: Caller, query: str = "") -> Any:  # noqa: ANN401 -- an answer of the client
    return caller.get(f"{caller.course}/digest{query}")


def test_the_running_week_is_told_in_numbers(teacher: Caller) -> None:
    answer = digest(teacher).json

    badges = answer["items"][0].pop("badges")
    assert answer == {
        "enabled": True,
        "items": [
            {
                "week": "2026-W47",
                "first": "2026-11-16",
                "last": "2026-11-22",
                "is_free": False,
                "contributors": 1,
                "events": 1,
                "points": 2,
                "facts": {"submitted": 1},
                "people": answer["items"][0]["people"],
            }
        ],
        "next": None,
    }
    assert all(set(one) == {"key", "label", "icon", "awards"} for one in badges)


def test_weeks_in_a_row_and_a_past_one_begin_with_the_oldest(teacher: Caller) -> None:
    row = digest(teacher, "?weeks=4").json["items"]
    past = digest(teacher, "?until=2026-W44").json["items"]

    assert [(week["week"], week["events"]) for week in row] == [
        ("2026-W44", 1),
        ("2026-W45", 0),
        ("2026-W46", 0),
        ("2026-W47", 1),
    ]
    assert past == row[:1]


def test_a_program_and_an_assistant_read_the_same_without_a_name(
    session: Session, client: FlaskClient, teacher: Caller, worked: Context
) -> None:
    program = a_program(session, client, worked, PEOPLE_READ)
    assistant = a_caller(session, client, of=worked, role="assistant")

    told = digest(program, "?weeks=4")

    assert told.json == digest(teacher, "?weeks=4").json
    assert told.json == digest(assistant, "?weeks=4").json
    assert "Ahorn" not in told.text


@pytest.mark.parametrize("off", ["tenant", "course"])
def test_off_there_are_no_weeks(
    session: Session, teacher: Caller, worked: Context, off: str
) -> None:
    (worked.tenant if off == "tenant" else worked).enabled = False
    session.commit()

    answer = digest(teacher, "?weeks=8")

    assert answer.json == {"enabled": False, "items": [], "next": None}


def test_learners_and_other_keys_may_not_ask(
    session: Session, client: FlaskClient, worked: Context
) -> None:
    learner = a_caller(session, client, of=worked)
    other = a_program(session, client, worked, COURSES_READ)

    assert problem(digest(learner))[0] == 403
    status, said = problem(digest(other))
    assert (status, "people:read" in said) == (403, True)


def test_another_organisations_course_is_not_there(
    session: Session, client: FlaskClient, teacher: Caller, worked: Context
) -> None:
    theirs = a_context(session).public_id
    program = a_program(session, client, worked, PEOPLE_READ)

    for caller in (teacher, program):
        answer = caller.get(f"/api/v1/courses/{theirs}/digest")
        assert problem(answer)[0] == 404


@pytest.mark.parametrize(
    "query",
    ["weeks=0", "weeks=61", "weeks=x", "until=2026-W48", "until=2026-W99", "until=x"],
)
def test_what_makes_no_sense_is_refused(teacher: Caller, query: str) -> None:
    status, said = problem(digest(teacher, f"?{query}"))

    assert status == 422
    assert said.startswith(query.split("=", maxsplit=1)[0])
