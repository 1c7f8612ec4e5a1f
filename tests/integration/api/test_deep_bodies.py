"""What no database and no parser can take is refused like any other nonsense."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Membership
from tests.integration.api.conftest import awards, helper_for
from tests.support.badges import TWICE, put
from tests.support.launches import Caller

DEPTH = 20_000


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "events"),
        ("POST", "awards"),
        ("POST", "badge-documents"),
        ("POST", "badges/preview"),
        ("PUT", "settings"),
        ("PUT", "badges/helper"),
    ],
)
def test_a_body_that_is_nested_too_deeply_is_refused(
    method: str, path: str, teacher: Caller
) -> None:
    answer = teacher.client.open(
        f"{teacher.course}/{path}",
        method=method,
        data="[" * DEPTH + "]" * DEPTH,
        content_type="application/json",
        headers={"Authorization": f"Bearer {teacher.token}"},
    )

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00"]
)
def test_a_moment_that_is_none_in_utc_is_refused(
    moment: str, teacher: Caller, session: Session, ada: Membership
) -> None:
    asked = helper_for(ada, expires_at=moment)
    event = {"user": "ada", "kind": "submitted", "occurred_at": moment}

    answers = [
        teacher.send("POST", f"{teacher.course}/awards", asked).status_code,
        teacher.send("POST", f"{teacher.course}/events", event).status_code,
    ]

    assert answers == [422, 422]
    assert awards(session) == []


@pytest.mark.parametrize(
    "body",
    [
        {**TWICE, "past": {"from": "0001-01-01T00:00:00+12:00"}},
        {**TWICE, "past": {"from": "9999-12-31T23:59:59-12:00"}},
    ],
)
def test_a_moment_that_no_calendar_has_is_refused(
    teacher: Caller, body: dict[str, Any]
) -> None:
    answer = put(teacher, "twice", body)

    assert answer.status_code == 422
    assert answer.json["detail"].startswith("past.from: Value error, that is too")


@pytest.mark.parametrize("depth", [70, 3_000, 20_000])
@pytest.mark.parametrize("field", ["criterion", "source"])
def test_a_body_that_is_nested_deeper_than_it_means_anything_is_refused(
    client: FlaskClient, teacher: Caller, field: str, depth: int
) -> None:
    nested = '{"all":[' * depth + "]}" * depth
    text = json.dumps({**TWICE, field: 0}).replace(": 0", f": {nested}")

    answer = client.put(
        f"{teacher.course}/badges/twice",
        data=text,
        content_type="application/json",
        headers={"Authorization": f"Bearer {teacher.token}"},
    )

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["detail"] == "body: it is nested more than 64 deep"
