"""What a request held is gone with it, and an application with its last user."""

import gc
import weakref

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app import create_app
from config import Config
from models.db import db
from tests.support.launches import a_caller, a_live_course

UNPRINTABLE = "\x00"


def _errors() -> int:
    gc.collect()
    return sum(isinstance(one, ValidationError) for one in gc.get_objects())


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "awards", {"user": "a", "badge": "b", "reason": UNPRINTABLE}),
        ("PUT", "badges/b", {"label": UNPRINTABLE}),
        ("PUT", "scoring", {"weights": [{"kind": "posted", "weight": "many"}]}),
    ],
)
def test_a_request_that_our_own_rules_refuse_leaves_nothing_behind(
    session: Session,
    client: FlaskClient,
    method: str,
    path: str,
    body: dict[str, object],
) -> None:
    course = a_live_course(session)
    iris = a_caller(session, client, of=course, role="instructor")
    before = _errors()

    refused = [
        iris.send(method, f"{iris.course}/{path}", body).status_code for _ in range(3)
    ]

    assert refused == [422] * 3
    assert _errors() == before


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    "text",
    [
        'version = 1\n[settings]\ntime_zone = "Nowhere"\n',
        'version = 1\n[[scoring]]\nkind = "posted"\nweight = "many"\n',
    ],
)
def test_a_configuration_that_is_refused_leaves_nothing_behind(
    session: Session, client: FlaskClient, text: str
) -> None:
    course = a_live_course(session)
    iris = a_caller(session, client, of=course, role="instructor")
    before = _errors()

    refused = [
        iris.send_toml("PUT", f"{iris.course}/configuration", text).json
        for _ in range(3)
    ]

    assert [answer["status"] for answer in refused if answer] == [422] * 3
    assert _errors() == before


@pytest.mark.sqlite_alone
def test_an_application_is_gone_when_nobody_uses_it(config: Config) -> None:
    app = create_app(config)
    with app.app_context():
        answer = app.test_client().get("/health/ready")
        db.session.remove()
        db.engine.dispose()
    gone = weakref.ref(app)

    del app
    gc.collect()

    assert answer.status_code == 200
    assert gone() is None
