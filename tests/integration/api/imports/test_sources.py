"""From which courses a teacher may take: their own, of the same tenant, and now."""

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context, CopyProposal, Membership
from tests.factories import a_badge, a_context, a_member
from tests.support.clock import NOW
from tests.support.copying import own, teaching
from tests.support.launches import Caller, a_caller
from tests.support.statements import statements


@pytest.fixture
def iris(session: Session) -> Membership:
    """Build who taught botany before."""
    old = a_context(session, title="Geheim 101", label="G1")
    own(session, old, "helper")
    a_badge(session, of=old, key="contributor")
    return a_member(session, of=old, role="instructor")


@pytest.fixture
def teacher(session: Session, client: FlaskClient, iris: Membership) -> Caller:
    new = a_context(session, registration=iris.context.registration)
    return teaching(session, client, new, iris.user)


def sources(caller: Caller) -> list[object]:
    answer = caller.get(f"{caller.course}/imports/sources").json
    assert answer is not None
    assert answer["next"] is None
    return list(answer["items"])


def refused(caller: Caller, course: Context) -> set[int]:
    """Ask for everything one can ask of a course that is not one's own."""
    return {
        caller.send(
            "POST", f"{caller.course}/imports{way}", {"course": course.public_id}
        ).status_code
        for way in ("", "/preview", "/dismiss")
    }


def test_a_teachers_other_courses_are_listed(teacher: Caller, iris: Membership) -> None:
    assert sources(teacher) == [
        {
            "id": iris.context.public_id,
            "title": "Geheim 101",
            "label": "G1",
            "badges": 1,
            "proposed": False,
        }
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [("role", "assistant"), ("role", "learner"), ("status", "left")],
)
def test_who_teaches_there_no_more_takes_nothing_and_learns_nothing(
    column: str, value: str, teacher: Caller, session: Session, iris: Membership
) -> None:
    setattr(iris, column, value)
    session.add(proposal(teacher, session, iris.context))
    session.commit()

    assert sources(teacher) == []
    assert refused(teacher, iris.context) == {404}
    page = teacher.get("/panel/manage").text
    assert "Geheim" not in page


def test_somebody_elses_course_is_not_there(
    teacher: Caller, session: Session, iris: Membership
) -> None:
    theirs = a_context(session, registration=iris.context.registration)
    elsewhere = a_context(session)
    a_member(session, of=elsewhere, role="instructor", sub="same")
    session.commit()

    assert len(sources(teacher)) == 1
    assert refused(teacher, theirs) == refused(teacher, elsewhere) == {404}


def test_another_tenants_course_is_not_there_even_to_its_teacher(
    teacher: Caller, session: Session, iris: Membership
) -> None:
    elsewhere = a_context(session)
    session.add(
        Membership(
            context_id=elsewhere.id,
            user_id=iris.user_id,
            role="instructor",
            first_seen_at=NOW,
        )
    )
    session.commit()

    assert len(sources(teacher)) == 1
    assert refused(teacher, elsewhere) == {404}


def test_a_course_is_no_source_of_itself(
    teacher: Caller, session: Session, client: FlaskClient, iris: Membership
) -> None:
    alone = a_caller(session, client, member=iris, role="instructor")

    assert [one["id"] for one in sources(alone)] == [teacher.course_id]  # type: ignore[index] # JSON
    assert refused(alone, iris.context) == {404}


@pytest.mark.parametrize("role", ["learner", "assistant"])
def test_learners_and_assistants_may_not_ask(
    role: str, session: Session, client: FlaskClient, iris: Membership
) -> None:
    new = a_context(session, registration=iris.context.registration)
    caller = teaching(session, client, new, iris.user, role)

    answer = caller.get(f"{caller.course}/imports/sources")

    assert answer.status_code == 403
    assert refused(caller, iris.context) == {403}


def proposal(teacher: Caller, session: Session, source: Context) -> CopyProposal:
    new = session.query(Context).filter_by(public_id=teacher.course_id).one()
    return CopyProposal(
        context_id=new.id, source_id=source.id, found_by="notice", created_at=NOW
    )


@pytest.mark.parametrize("others", [1, 3])
def test_the_list_takes_one_question_however_long(
    others: int,
    app: OpenAPI,
    teacher: Caller,
    session: Session,
    iris: Membership,
) -> None:
    for _ in range(others):
        course = a_context(session, registration=iris.context.registration)
        session.add(
            Membership(
                context_id=course.id,
                user_id=iris.user_id,
                role="instructor",
                first_seen_at=NOW,
            )
        )
    session.commit()

    with statements(app) as sent:
        found = sources(teacher)

    assert (len(found), len(sent)) == (others + 1, 2)
