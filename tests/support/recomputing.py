"""Recomputing a course by the API, and a look at what came of it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import Fact, record
from jobs import remaking
from models import AuditEntry, Badge, BadgeVersion, Membership, Notification, Outbox
from tests.support.clock import NOW
from tests.support.launches import Caller

WEEK = timedelta(days=7)
TODAY = "2026-11-20T00:00:00Z"
"""Whoever worked a week before NOW worked before it."""
TOLD = {"award", "revoked"}


def hand_in_early(session: Session, who: Membership) -> None:
    fact = Fact(
        context_id=who.context_id,
        membership_id=who.id,
        kind="submitted",
        occurred_at=NOW - WEEK,
        source="test",
        attempt="early",
    )
    record(session, [fact], NOW, environment=True)
    session.commit()


def badge_of(session: Session, key: str) -> Badge:
    return session.scalars(sa.select(Badge).where(Badge.key == key)).one()


def ask(teacher: Caller, past: dict[str, Any] | None = None, **more: object) -> Any:  # noqa: ANN401 -- werkzeug's answer
    body = {} if past is None else {"past": past}
    headers = {name: str(more.pop(name)) for name in list(more) if name[0].isupper()}
    path = f"{teacher.course}/recompute"
    return teacher.send("POST", path, {**body, **more}, **headers)


def told(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(sa.select(Notification.kind)))


def asked(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(sa.select(Outbox.job)))


def audited(session: Session) -> list[dict[str, Any]]:
    session.rollback()
    query = sa.select(AuditEntry.details).where(
        AuditEntry.action == "badges_recomputed"
    )
    return list(session.scalars(query.order_by(AuditEntry.id)))


def flags(session: Session) -> set[tuple[bool, bool]]:
    """Return what versions of today still have to do: (quiet, ends_unmet)."""
    session.rollback()
    query = sa.select(BadgeVersion.quiet, BadgeVersion.ends_unmet)
    rows = session.execute(query.where(BadgeVersion.retired_at.is_(None)))
    return {(quiet, ends) for quiet, ends in rows}


def let_it_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three learners be too many for one request."""
    monkeypatch.setattr(remaking, "AT_ONCE", 2)
