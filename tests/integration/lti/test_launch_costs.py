"""What a launch asks of the database, the questions of its panel among it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context
from models.db import db
from tests.conformance.stage import Stage
from tests.support.platform import Registered
from tests.support.statements import statements


@pytest.fixture
def stage(app: OpenAPI, registered: Registered, session: Session) -> Stage:
    return Stage(app, registered, session)


@contextmanager
def until_commit(stage: Stage) -> Iterator[list[str]]:
    """Collect what is sent before the writing transaction ends."""
    collected: list[str] = []
    with statements(stage.app) as sent, stage.app.app_context():

        def note(_connection: object) -> None:
            collected.extend(text for text in sent if not text.startswith("BEGIN"))
            sent.clear()

        sa.event.listen(db.engine, "commit", note, once=True)
        yield collected


def test_a_login_is_one_question_and_one_row(stage: Stage) -> None:
    form, browser = stage.login_form(), stage.browser()

    with until_commit(stage) as sent:
        browser.post("/lti/login", data=form)

    assert [text.split()[0] for text in sent] == ["SELECT", "INSERT"]


def test_a_launch_into_a_course_that_is_off_is_four_statements(stage: Stage) -> None:
    stage.launch()
    begun = stage.begin()
    token = stage.token(begun)

    with until_commit(stage) as sent:
        answer = stage.post(begun, token)

    assert answer.status_code == 200
    words = [text.split()[0] for text in sent]
    assert words == ["SELECT", "UPDATE", "SELECT", "INSERT"]


def test_one_launch_of_many_with_its_panel_is_eleven_statements(stage: Stage) -> None:
    stage.launch()
    stage.session.execute(sa.update(Context).values(enabled=True))
    stage.session.commit()
    stage.launch()
    stage.app.extensions["clock"].advance(timedelta(seconds=10))
    begun = stage.begin()
    token = stage.token(begun)

    with until_commit(stage) as sent:
        answer = stage.post(begun, token)

    assert answer.status_code == 200
    words = [text.split()[0] for text in sent]
    # Login, person, session, fact; then the worker, badges, points, what is
    # reported at all, and freshness.
    begun_and_known = ["SELECT", "UPDATE", "SELECT", "INSERT", "INSERT"]
    assert words == [*begun_and_known, *["SELECT"] * 6]
