"""What an organisation locks stays in texts and copies, too; unlocked, it changes."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import Context, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.api.test_locks import lock
from tests.support.copying import own, rules, take, teaching
from tests.support.launches import Caller, a_caller


@pytest.fixture
def old(session: Session) -> Context:
    old = a_context(session, board_rank="hidden")
    own(session, old, "helper", threshold=25)
    own(session, old, "quick", threshold=5)
    return old


@pytest.fixture
def iris(session: Session, old: Context) -> Membership:
    return a_member(session, of=old, role="instructor")


@pytest.fixture
def teacher(
    session: Session, client: FlaskClient, old: Context, iris: Membership
) -> Caller:
    new = a_context(session, registration=old.registration, enabled=False)
    return teaching(session, client, new, iris.user)


LOCKS = ("badges.helper", "settings.board.rank")


@pytest.mark.parametrize("name", LOCKS)
def test_a_text_that_changes_what_is_locked_changes_nothing(
    name: str,
    app: OpenAPI,
    client: FlaskClient,
    session: Session,
    tmp_path: Path,
) -> None:
    course = a_context(session)
    a_badge(session, of=course, key="helper", threshold=25)
    teacher = a_caller(session, client, of=course, role="instructor")
    path = f"{teacher.course}/configuration"
    text = teacher.get(path).text
    changed = text.replace("at_least = 25", "at_least = 1").replace(
        'rank = "absolute"', 'rank = "hidden"'
    )
    lock(app, tmp_path, course.tenant.key, name)

    looked = teacher.send_toml("POST", f"{path}/preview", changed)
    refused = teacher.send_toml("PUT", path, changed)
    same = teacher.send_toml("PUT", path, text)
    unchanged = teacher.get(path).text
    lock(app, tmp_path, course.tenant.key)
    done = teacher.send_toml("PUT", path, changed)

    statuses = [one.status_code for one in (looked, refused, same, done)]
    assert statuses == [403, 403, 200, 200]
    assert f"can unlock {name} in the catalog" in (refused.json or {})["detail"]
    assert unchanged == text


def test_what_is_locked_does_not_come_from_an_earlier_course(
    app: OpenAPI,
    teacher: Caller,
    session: Session,
    old: Context,
    tmp_path: Path,
) -> None:
    new = session.query(Context).filter_by(public_id=teacher.course_id).one()
    lock(app, tmp_path, old.tenant.key, *LOCKS)
    before = take(teacher, old).json
    brought = {*rules(session, new)}
    lock(app, tmp_path, old.tenant.key)

    after = take(teacher, old).json

    assert before["stays"] == [
        "The settings of the leaderboard are kept as they are by the organisation.",
        "The badge “Helper” (helper) is kept as it is by the organisation.",
    ]
    assert brought == {"quick"}
    assert after["stays"] == []
    assert {*rules(session, new)} == {"helper", "quick"}
