"""A badge is saved by itself or in a text: what is promised of one holds of both."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import tomli_w
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.saving import MOST_BADGES
from models import Award, Badge, BadgeVersion, Context, Notification
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.api.test_locks import lock
from tests.support.launches import Caller, a_caller, hand_in
from tests.support.waiting import work_off

RULE = {"metric": "events", "at_least": 3}
NEVER = {"metric": "active_days", "at_least": 9, "last_days": 7}
RICH = {"metric": "score", "at_least": 100, "items": ["quiz-1"]}
Face = Callable[..., Any]


def by_itself(caller: Caller, key: str, **fields: object) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return caller.send("PUT", f"{caller.course}/badges/{key}", fields)


def in_a_text(caller: Caller, key: str, **fields: object) -> Any:  # noqa: ANN401 -- werkzeug's answer
    path = f"{caller.course}/configuration"
    document = tomllib.loads(caller.get(path).text)
    others = [badge for badge in document["badge"] if badge["key"] != key]
    document["badge"] = [*others, {"key": key, **fields}]
    return caller.send_toml("PUT", path, tomli_w.dumps(document))


@pytest.fixture(params=[by_itself, in_a_text], ids=["by itself", "in a text"])
def save(request: pytest.FixtureRequest) -> Face:
    face: Face = request.param
    return face


@pytest.fixture
def course(session: Session) -> Context:
    course = a_context(session)
    a_badge(session, of=course, key="helper", threshold=25)
    return course


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def now_of(session: Session, key: str) -> tuple[Badge, BadgeVersion]:
    session.rollback()
    query = (
        sa.select(Badge, BadgeVersion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.key == key, BadgeVersion.retired_at.is_(None))
    )
    badge, version = session.execute(query).one()
    return badge, version


def test_what_is_locked_stays(
    save: Face,
    teacher: Caller,
    app: OpenAPI,
    session: Session,
    course: Context,
    tmp_path: Path,
) -> None:
    lock(app, tmp_path, course.tenant.key, "badges.helper")

    refused = save(teacher, "helper", criterion=RULE)
    saved = save(teacher, "other", criterion=RULE)

    assert (refused.status_code, saved.status_code // 100) == (403, 2)
    assert now_of(session, "helper")[1].number == 1


def test_a_course_has_so_many_badges_at_most(
    save: Face, teacher: Caller, session: Session, course: Context
) -> None:
    for number in range(MOST_BADGES - 1):
        a_badge(session, of=course, key=f"b{number}")
    session.commit()

    answer = save(teacher, "one-more", criterion=RULE)

    assert answer.status_code in {409, 422}
    assert f"{MOST_BADGES} badges at most" in answer.json["detail"]


def test_badges_that_are_retired_have_their_place(
    save: Face, teacher: Caller, session: Session, course: Context
) -> None:
    fill(session, course)

    answer = save(teacher, "one-more", criterion=RULE)
    revived = save(teacher, "b7", criterion=RULE)

    assert answer.status_code in {409, 422}
    assert f"{MOST_BADGES} badges at most" in answer.json["detail"]
    assert revived.status_code // 100 == 2


def fill(session: Session, course: Context) -> None:
    """Let a course have as many badges as it may, nearly all of them retired."""
    there = session.query(Badge).filter_by(context_id=course.id).count()
    session.add_all(
        Badge(context_id=course.id, key=f"b{number}", state="retired")
        for number in range(MOST_BADGES - there)
    )
    session.commit()


def test_what_the_past_earns_is_told_to_nobody(
    save: Face, app: OpenAPI, teacher: Caller, session: Session, course: Context
) -> None:
    ada = a_member(session, of=course)
    hand_in(session, ada, times=3)
    session.commit()

    save(teacher, "helper", criterion=RULE)
    work_off(app)

    session.rollback()
    assert session.scalars(sa.select(Award.membership_id)).all() == [ada.id]
    assert session.scalars(sa.select(Notification)).all() == []


def test_a_rule_without_sense_is_a_draft_alone(
    save: Face, teacher: Caller, session: Session, course: Context
) -> None:
    an_item(session, of=course, key="quiz-1")
    session.commit()
    refused = save(teacher, "helper", criterion=NEVER)
    term = save(
        teacher,
        "helper",
        criterion={"metric": "score", "at_least": 5, "period": "term"},
    )
    reach = save(teacher, "helper", criterion=RICH)
    kept = save(teacher, "helper", criterion=NEVER, state="draft")

    statuses = [answer.status_code for answer in (refused, term, reach, kept)]
    assert statuses == [422, 422, 422, 200]
    assert "Nobody can reach 100 points" in reach.json["detail"]
    assert "The course has no term dates" in term.json["detail"]
    assert now_of(session, "helper")[0].state == "draft"


def test_a_text_is_judged_by_the_weights_that_it_brings(
    teacher: Caller, session: Session, course: Context
) -> None:
    an_item(session, of=course, key="quiz-1")
    session.commit()
    path = f"{teacher.course}/configuration"
    document = tomllib.loads(teacher.get(path).text)
    document["badge"] += [{"key": "rich", "label": "Rich", "criterion": RICH}]

    refused = teacher.send_toml("PUT", path, tomli_w.dumps(document))
    document["scoring"] = [{"kind": "completed", "weight": 100}]
    saved = teacher.send_toml("PUT", path, tomli_w.dumps(document))

    assert (refused.status_code, saved.status_code) == (422, 200)
    assert now_of(session, "rich")[0].state == "active"


def test_a_hold_is_kept_and_lifted(
    save: Face, teacher: Caller, session: Session
) -> None:
    save(teacher, "helper", criterion=RULE, state="held")
    held = now_of(session, "helper")[0].held_at
    save(teacher, "helper", criterion=RULE, state="active")

    assert held is not None
    assert now_of(session, "helper")[0].held_at is None
