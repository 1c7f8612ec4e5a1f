"""What a launch asks of the database, the questions of its panel among it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context
from tests.conformance.stage import Stage
from tests.support.platform import Registered
from tests.support.statements import statements


@pytest.fixture
def stage(app: OpenAPI, registered: Registered, session: Session) -> Stage:
    return Stage(app, registered, session)


def test_a_login_is_one_question_and_one_row(stage: Stage) -> None:
    form, browser = stage.login_form(), stage.browser()

    with statements(stage.app) as sent:
        browser.post("/lti/login", data=form)

    assert [text.split()[0] for text in sent] == ["SELECT", "INSERT"]


def test_a_launch_into_a_course_that_is_off_is_four_statements(stage: Stage) -> None:
    stage.launch()
    begun = stage.begin()
    token = stage.token(begun)

    with statements(stage.app) as sent:
        answer = stage.post(begun, token)

    assert answer.status_code == 200
    words = [text.split()[0] for text in sent]
    assert words == ["SELECT", "UPDATE", "SELECT", "INSERT"]


def test_one_launch_of_many_with_its_panel_is_a_dozen_statements(
    stage: Stage,
) -> None:
    stage.launch()
    stage.session.execute(sa.update(Context).values(enabled=True))
    stage.session.commit()
    stage.launch()
    stage.app.extensions["clock"].advance(timedelta(seconds=10))
    begun = stage.begin()
    token = stage.token(begun)

    with statements(stage.app) as sent:
        answer = stage.post(begun, token)

    assert answer.status_code == 200
    words = [text.split()[0] for text in sent]
    locked = ["SELECT", "SELECT"] if is_postgresql(stage) else []
    assert words == [
        *("SELECT", "UPDATE"),  # the login
        *("SELECT", *locked),  # the person; again with the course's lock
        *("INSERT", "INSERT"),  # the session, the fact
        *["SELECT"] * 6,  # the worker twice, badges, points, reported work, freshness
    ]


def is_postgresql(stage: Stage) -> bool:
    return stage.session.get_bind().dialect.name == "postgresql"
