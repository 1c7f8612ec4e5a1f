"""`flask code …` and `flask award renew`, as an operator types them."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Award, Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import Flask
from tests.support.awarding import an_award, noted
from tests.support.launches import a_caller

MAKE = ("code", "make", "--course", "42", "--uses", "2", "--badge")


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course that gives a badge, some hours east of Greenwich."""
    course = a_context(session, lti_id="42", time_zone="Asia/Tokyo")
    a_badge(session, of=course, key="helper")
    session.commit()
    return course


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    return a_member(session, of=course)


def test_a_code_is_made_listed_and_ended(
    flask: Flask, course: Context, session: Session
) -> None:
    made = flask(*MAKE, "helper", "--until", "2026-11-30").output.split()
    code, word = made
    before = flask("code", "list", "--course", "42").output
    ended = flask("code", "revoke", "--course", "42", code).output
    after = flask("code", "list", "--course", "42").output

    assert len(word) == len("XXXX-XXXX-XXXX")
    assert before == f"{code} open helper 0/2 until 2026-11-30\n"
    assert ended == f"{code} revoked\n"
    assert after == f"{code} revoked helper 0/2 until 2026-11-30\n"
    session.rollback()
    by_operator = ("operator", "operator")
    assert noted(session) == [
        ("code_made", *by_operator),
        ("code_revoked", *by_operator),
    ]


def test_a_learner_says_the_operators_code(
    flask: Flask, client: FlaskClient, ada: Membership, session: Session
) -> None:
    learner = a_caller(session, client, member=ada)
    word = flask(*MAKE, "helper", "--until", "2026-11-22").output.split()[1]

    answer = learner.send("POST", "/api/v1/me/claims", {"code": word})

    assert answer.status_code == 201
    session.rollback()
    (evidence,) = session.scalars(sa.select(Award.evidence))
    assert (evidence["by"], evidence["role"]) == ("operator", "operator")


def test_a_code_that_makes_no_sense_is_a_sentence(
    flask: Flask, course: Context
) -> None:
    results = [
        flask(*MAKE, "helper", "--until", "2026-11-21"),
        flask(*MAKE, "nothing", "--until", "2026-11-30"),
        flask(*MAKE, "helper", "--until", "9999-12-31"),
        flask("code", "revoke", "--course", "42", "nothing"),
        flask("code", "list", "--course", "43"),
    ]

    assert [result.exit_code for result in results] == [1, 1, 2, 1, 2]
    assert "That day is over." in results[0].output
    assert "There is no such badge here to give." in results[1].output


def test_an_award_is_renewed_until_the_end_of_a_day_or_for_good(
    flask: Flask, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context)).public_id
    session.commit()
    ends = sa.select(Award.expires_at)

    output = flask("award", "renew", award, "--until", "2027-01-31").output
    first = session.scalars(ends).one()
    session.rollback()
    flask("award", "renew", award)
    second = session.scalars(ends).one()

    assert output == f"{award} renewed\n"
    # Midnight in Tokyo.
    assert str(first) == "2027-01-31 15:00:00+00:00"
    assert second is None


def test_what_cannot_be_renewed_is_a_sentence(
    flask: Flask, ada: Membership, session: Session
) -> None:
    award = an_award(session, ada, a_badge(session, of=ada.context)).public_id
    session.commit()

    results = [
        flask("award", "renew", award, "--until", "2026-11-21"),
        flask("award", "renew", "nothing"),
    ]

    assert [result.exit_code for result in results] == [1, 1]
    assert "That moment has passed" in results[0].output
