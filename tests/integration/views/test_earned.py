"""A page that shows a badge before its award is written asks for it, and no more."""

from dataclasses import replace
from time import monotonic

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.activity import request
from jobs.awards import evaluate_course
from models import Award, Context, Outbox
from models.locks import begin_write
from tests.factories import a_member
from tests.support.clock import NOW
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
    first = caller.get(path)
    while_it_is_read = asked(session)
    first.close()
    second = caller.get(path)
    second.close()

    assert (first.status_code, while_it_is_read) == (200, [])
    assert (second.status_code, asked(session)) == (200, ["evaluate_course"])
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
    caller.get(path).close()
    (context_id,) = session.scalars(sa.select(Outbox.subject_id))
    session.execute(sa.delete(Outbox))
    session.commit()
    with app.app_context():
        evaluate_course(context_id)

    answer = caller.get(path)
    answer.close()

    assert (answer.status_code, asked(session)) == (200, [])


def test_a_page_does_not_wait_for_who_writes_and_the_next_one_asks_again(
    caller: Caller, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    course = session.scalars(sa.select(Context.id)).one()
    session.rollback()
    begin_write(session)
    request(session, "evaluate_course", course, NOW, NOW)

    began = monotonic()
    caller.get("/panel/overview").close()
    waited = monotonic() - began
    session.rollback()
    after_busy = asked(session)
    caller.get("/panel/overview").close()

    assert (after_busy, asked(session)) == ([], ["evaluate_course"])
    assert [one.levelname for one in caplog.records] == ["WARNING"]
    assert waited < 5


def test_a_page_of_a_course_that_is_off_asks_for_nothing(
    app: OpenAPI, caller: Caller, session: Session
) -> None:
    settings = app.extensions["laurel"]
    app.extensions["laurel"] = replace(settings, gamification_enabled=False)

    answer = caller.get("/api/me/badges")
    answer.close()

    assert (answer.json, asked(session)) == ({"enabled": False, "badges": []}, [])
