"""A page that shows a badge before its award is written asks for it, and no more."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.awards import evaluate_course
from models import Award, Outbox
from tests.factories import a_member
from tests.support.launches import Caller, a_caller, a_live_course, hand_in

PATHS = ["/panel/overview", "/panel/badges/first_contribution", "/api/me/badges"]


@pytest.fixture
def caller(client: FlaskClient, session: Session) -> Caller:
    """Let somebody meet a rule whose award nobody has written."""
    ada = a_member(session, of=a_live_course(session))
    hand_in(session, ada, times=1)
    session.execute(sa.delete(Award))
    return a_caller(session, client, member=ada)


def asked(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(sa.select(Outbox.job)))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_once_for_the_award_that_it_shows(
    path: str, app: OpenAPI, caller: Caller, session: Session
) -> None:
    answers = [caller.get(path).status_code for _ in range(2)]

    assert (answers, asked(session)) == ([200, 200], ["evaluate_course"])
    assert session.scalars(sa.select(Award.id)).all() == []
    session.rollback()
    (context_id,) = session.scalars(sa.select(Outbox.subject_id))
    session.rollback()
    with app.app_context():
        evaluate_course(context_id)
    assert len(session.scalars(sa.select(Award.id)).all()) == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_page_whose_badges_are_written_asks_for_nothing(
    path: str, app: OpenAPI, caller: Caller, session: Session
) -> None:
    caller.get(path)
    (context_id,) = session.scalars(sa.select(Outbox.subject_id))
    session.execute(sa.delete(Outbox))
    session.commit()
    with app.app_context():
        evaluate_course(context_id)

    answer = caller.get(path)

    assert (answer.status_code, asked(session)) == (200, [])


def test_a_page_of_a_course_that_is_off_asks_for_nothing(
    app: OpenAPI, caller: Caller, session: Session
) -> None:
    settings = app.extensions["laurel"]
    app.extensions["laurel"] = replace(settings, gamification_enabled=False)

    answer = caller.get("/api/me/badges")

    assert (answer.json, asked(session)) == ({"enabled": False, "badges": []}, [])
