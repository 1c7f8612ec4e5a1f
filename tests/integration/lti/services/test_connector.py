"""PyLTI1p3's own services work on our connector, without its traps."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask_openapi3.openapi import OpenAPI
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.names_roles import NamesRolesProvisioningService
from sqlalchemy.orm import Session

from campus.faults import changed
from campus.records import Enrolment, Person
from campus.vocabulary import MEMBERS_READ, SCORE
from lti import roster
from lti.connector import StrictServiceConnector
from lti.errors import PlatformUnavailable, WalkStopped
from lti.http import session_for
from lti.tokens import TokenCache
from models import Registration
from tests.support.clock import Clock
from tests.support.platform import Registered


@contextmanager
def connected(
    app: OpenAPI,
    session: Session,
    registered: Registered,
    clock: Clock,
    tokens: TokenCache | None = None,
) -> Iterator[StrictServiceConnector]:
    key = app.extensions["key_ring"].signing_key(session, clock())
    session.commit()
    registration = session.get_one(Registration, registered.registration.id)
    with session_for(registration, development=True) as http:
        yield StrictServiceConnector(
            registration, key, http, tokens or TokenCache(), clock
        )


def memberships_url(registered: Registered) -> str:
    campus, cast = registered.campus, registered.cast
    return campus.shape.memberships_url(campus, cast.course, cast.tool)


def test_a_roster_of_many_pages_comes_whole(
    app: OpenAPI,
    served: str,
    session: Session,
    canvas_registered: Registered,
    clock: Clock,
) -> None:
    """Plain, the library puts the next page's address into lower case."""
    campus, course = canvas_registered.campus, canvas_registered.cast.course
    for _ in range(100):
        person = campus.add_person(Person(given_name="Learner"))
        campus.enrol(Enrolment(course=course.number, person=person.number))

    with connected(app, session, canvas_registered, clock) as connector:
        members = NamesRolesProvisioningService(
            connector, {"context_memberships_url": memberships_url(canvas_registered)}
        ).get_members()

    assert len(members) == 109


def test_a_score_goes_out(
    app: OpenAPI, served: str, session: Session, registered: Registered, clock: Clock
) -> None:
    campus, cast = registered.campus, registered.cast
    url = campus.shape.line_item_url(campus, cast.quiz, cast.tool)
    grade = Grade().set_user_id(cast.ben.sub).set_score_given(17)
    grade = grade.set_score_maximum(20).set_timestamp(clock().isoformat())
    grade = grade.set_activity_progress("Completed").set_grading_progress("FullyGraded")

    with connected(app, session, registered, clock) as connector:
        AssignmentsGradesService(
            connector, {"scope": [SCORE], "lineitem": url, "lineitems": ""}
        ).put_grade(grade)

    result = campus.find_result(cast.quiz, cast.ben)
    assert result is not None
    assert result.score == 17


def test_a_token_is_asked_for_once_by_all_connectors_of_a_process(
    app: OpenAPI, served: str, session: Session, registered: Registered, clock: Clock
) -> None:
    cache, tokens = TokenCache(), set()
    for _ in range(2):
        with connected(app, session, registered, clock, cache) as connector:
            tokens.add(connector.get_access_token([MEMBERS_READ]))

    assert len(tokens) == 1
    assert registered.campus.traffic.count("token") == 1


@pytest.mark.parametrize("body", [{}, {"members": None}, [], None])
def test_an_answer_without_members_is_no_roster(
    app: OpenAPI,
    served: str,
    session: Session,
    registered: Registered,
    clock: Clock,
    body: object,
) -> None:
    registered.campus.faults.on("memberships", changed(lambda _: body))

    with (
        connected(app, session, registered, clock) as connector,
        pytest.raises(PlatformUnavailable),
    ):
        list(roster.pages(connector, memberships_url(registered), "3"))


def test_a_roster_has_an_end(
    app: OpenAPI,
    served: str,
    session: Session,
    registered: Registered,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roster, "MAX_MEMBERS", 5)

    with (
        connected(app, session, registered, clock) as connector,
        pytest.raises(WalkStopped, match="more than 5 rows"),
    ):
        list(roster.pages(connector, memberships_url(registered), "3"))


def test_a_platform_that_does_not_know_our_wishes_is_asked_without_them(
    app: OpenAPI,
    served: str,
    session: Session,
    canvas_registered: Registered,
    clock: Clock,
) -> None:
    """An older Canvas may not take the course's own id for a link."""
    with connected(app, session, canvas_registered, clock) as connector:
        url = memberships_url(canvas_registered)
        pages = list(roster.pages(connector, url, "no-such-link"))

    assert len(pages[0].members) == 9
