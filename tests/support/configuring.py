"""A course's configuration as one text, as its teachers read and send it."""

import tomllib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Badge, BadgeVersion, Context
from tests.factories import a_badge, a_context, an_item
from tests.support.launches import Caller

QUICK = {"metric": "percent", "item": "quiz-1", "more_than": 90, "by": "2026-11-30"}


def a_course_with_rules(session: Session) -> Context:
    """Build a course with two badges; one rule names an item, of two there are."""
    course = a_context(session, board_rank="hidden", time_zone="Europe/Vienna")
    an_item(session, of=course, key="quiz-1").position = 4
    an_item(session, of=course, key="unnamed")
    a_badge(session, of=course, key="quick", criterion=QUICK)
    a_badge(session, of=course, key="helper", threshold=25)
    return course


def text_of(caller: Caller) -> str:
    return caller.get(f"{caller.course}/configuration").text


def put(caller: Caller, text: str, **headers: str) -> Any:  # noqa: ANN401 -- whatever JSON holds
    return caller.send_toml("PUT", f"{caller.course}/configuration", text, **headers)


def badges_in(text: str) -> list[dict[str, Any]]:
    return list(tomllib.loads(text)["badge"])


def badges(session: Session, course: Context) -> dict[str, tuple[str, str, int]]:
    """Return the course's badges: their states, origins and versions."""
    session.rollback()
    query = (
        sa.select(Badge.key, Badge.state, Badge.origin, BadgeVersion.number)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == course.id, BadgeVersion.retired_at.is_(None))
    )
    return {key: (state, origin, n) for key, state, origin, n in session.execute(query)}
