"""Where a reload of a panel ends: words, and nothing of anybody's."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import a_context, a_registration
from tests.support.markup import text_of

ODD = ["unknown", "%00", "x%27--", "%ff", "a" * 2000]


def framers_of(answer: TestResponse) -> str:
    policy = answer.headers["Content-Security-Policy"]
    (framers,) = re.findall("frame-ancestors ([^;]*)", policy)
    return str(framers)


def test_a_reload_is_told_where_to_open_it(
    client: FlaskClient, session: Session
) -> None:
    registration = a_registration(session)
    registration.frame_origins = ["https://school.example"]
    a_context(session, registration=registration, title="Botany")
    session.commit()

    answer = client.get(f"/lti/again/{registration.public_id}")
    page = text_of(answer.text)

    assert answer.status_code == 401
    assert "Please open it again from your course" in page
    assert "Follow the link in your course once more" in page
    assert "Botany" not in page
    assert "https://school.example" in framers_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:9])
def test_an_id_of_nobody_tells_the_same_to_no_frame(
    client: FlaskClient, session: Session, odd: str
) -> None:
    known = a_registration(session)
    session.commit()

    answer = client.get(f"/lti/again/{odd}")

    assert (answer.status_code, framers_of(answer)) == (401, "'self'")
    assert answer.text == client.get(f"/lti/again/{known.public_id}").text
