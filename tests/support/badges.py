"""A course's badges, as its teachers write them by the API."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Award, Badge, BadgeVersion
from tests.support.launches import Caller

Answer = dict[str, Any]
STARTER_AND_LATE = """
[[badge]]
key = "starter"
metric = "events"
threshold = 1

[[badge]]
key = "late"
criterion = {metric = "completed", item = "quiz-9"}
"""
"""A file of a badge for whoever does anything, and one whose item is nowhere."""
TWICE: Answer = {"label": "Twice", "metric": "events", "threshold": 2}


def put(teacher: Caller, key: str, badge: Answer, **headers: str) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return teacher.send("PUT", f"{teacher.course}/badges/{key}", badge, **headers)


def get(teacher: Caller, key: str) -> Any:  # noqa: ANN401 -- werkzeug's answer
    return teacher.get(f"{teacher.course}/badges/{key}")


def holders(session: Session, key: str) -> int:
    session.rollback()
    query = sa.select(sa.func.count(Award.id)).join(Badge, Badge.id == Award.badge_id)
    held = query.where(Badge.key == key, Award.ended_at.is_(None))
    return session.scalar(held) or 0


def versions(session: Session, key: str) -> list[int]:
    session.rollback()
    query = sa.select(BadgeVersion.number).join(
        Badge, Badge.id == BadgeVersion.badge_id
    )
    return list(
        session.scalars(query.where(Badge.key == key).order_by(BadgeVersion.id))
    )
