"""A recompute with a policy: from when facts count, keep or end, tell or not."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.awards import evaluate
from gamification.catalog import adopt, parse
from models import (
    AuditEntry,
    Award,
    Badge,
    BadgeVersion,
    Context,
    Membership,
    Notification,
)
from tests.factories import a_badge, a_member
from tests.integration.gamification.conftest import ON, Flask, a_fact
from tests.support.awarding import an_award
from tests.support.clock import NOW

WORDS = ("gamification", "recompute", "--tenant", "acme", "--course", "42")
Recompute = Callable[..., list[str]]


@pytest.fixture
def recompute(flask: Flask) -> Recompute:
    """Recompute the course as an operator would; return what was printed."""
    return lambda *more: flask(*WORDS, *more).stdout.splitlines()


@pytest.fixture
def people(session: Session, course: Context) -> list[Membership]:
    """Let three have contributed once today, and the first of them last week, too."""
    for key, times in (("keen", 1), ("twice", 2)):
        badge = a_badge(session, of=course, key=key, metric="events", threshold=times)
        badge.origin = "course"
    query = sa.select(Membership).where(Membership.context_id == course.id)
    people = list(session.scalars(query.order_by(Membership.id)))
    early(session, people[0])
    return people


def early(session: Session, who: Membership) -> None:
    """Let somebody have contributed a week ago, and look at everybody."""
    fact = a_fact(who, attempt="early", occurred_at=NOW - timedelta(days=7))
    record(session, [fact], NOW, environment=True)
    evaluate(session, who.context, NOW, switch=ON)
    session.commit()


def held(session: Session, key: str) -> int:
    session.rollback()
    query = sa.select(sa.func.count(Award.id)).join(Badge, Badge.id == Award.badge_id)
    return session.scalar(query.where(Badge.key == key, Award.ended_at.is_(None))) or 0


def told(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(sa.select(Notification.kind)))


def forget(session: Session) -> None:
    session.execute(sa.delete(Notification))
    session.commit()


def test_facts_before_a_day_count_for_no_badge_from_then_on(
    session: Session, people: list[Membership], recompute: Recompute
) -> None:
    first = recompute("--from", "2026-11-20")
    dan = a_member(session, of=people[0].context)
    early(session, dan)

    again = recompute("--from", "2026-11-20")
    later = recompute()

    starts = session.scalars(
        sa.select(BadgeVersion.effective_from)
        .join(Badge, Badge.id == BadgeVersion.badge_id)
        .where(BadgeVersion.retired_at.is_(None), Badge.key == "keen")
    ).all()
    assert first == ["[acme] contributors=3 badges_awarded=3"]
    assert again == later == ["[acme] contributors=4 badges_awarded=0"]
    assert [start.isoformat() for start in starts if start] == [
        "2026-11-20T00:00:00+00:00"
    ]
    assert (held(session, "keen"), held(session, "twice")) == (3, 1)
    numbers = sa.select(sa.func.max(BadgeVersion.number))
    assert session.scalars(numbers).one() == 2


def test_what_no_rule_justifies_ends_only_if_told_to_and_never_a_gift(
    session: Session, people: list[Membership], recompute: Recompute
) -> None:
    twice = session.scalars(sa.select(Badge).where(Badge.key == "twice")).one()
    an_award(session, people[1], twice)
    session.commit()

    kept = recompute("--from", "2026-11-20", "--unmet", "keep")
    before = held(session, "twice")
    ended = recompute("--from", "2026-11-20", "--unmet", "revoke")

    assert kept == ["[acme] contributors=3 badges_awarded=3"]
    assert ended == ["[acme] contributors=3 badges_awarded=0 badges_ended=1"]
    assert (before, held(session, "twice"), held(session, "keen")) == (2, 1, 3)


def test_a_dry_run_tells_each_badge_and_writes_nothing(
    session: Session, people: list[Membership], recompute: Recompute
) -> None:
    said = recompute("--from", "2026-11-20", "--unmet", "revoke", "--dry-run")

    head, *badges = said
    assert head == (
        "[acme] contributors=3 badges_awarded=3 badges_ended=1 "
        "(dry run: nothing was written)"
    )
    assert badges == ["  first_contribution +3", "  twice -1"]
    assert held(session, "twice") == 1
    assert session.scalars(sa.select(Badge.key)).all() == ["keen", "twice"]
    assert session.scalars(sa.select(AuditEntry)).all() == []


@pytest.mark.parametrize("notify", [False, True])
def test_who_gains_and_who_loses_is_told_only_if_that_was_asked_for(
    session: Session, people: list[Membership], recompute: Recompute, notify: bool
) -> None:
    forget(session)

    flags = ("--notify",) if notify else ()
    recompute("--from", "2026-11-20", "--unmet", "revoke", *flags)

    assert told(session) == ({"award", "revoked"} if notify else set())
    (noted,) = session.scalars(sa.select(AuditEntry.details))
    assert (noted["unmet"], noted["notify"]) == ("revoke", notify)


@pytest.mark.parametrize("off", ["tenant", "course"])
def test_nothing_is_remade_while_it_is_off(
    session: Session,
    course: Context,
    people: list[Membership],
    recompute: Recompute,
    off: str,
) -> None:
    course.tenant.enabled = off != "tenant"
    course.enabled = off != "course"
    session.commit()

    said = recompute("--from", "2026-11-20", "--unmet", "revoke")

    assert said == [f"[acme] off ({off}): nothing was recomputed"]
    assert held(session, "twice") == 1


def test_a_policy_is_for_one_course(flask: Flask, course: Context) -> None:
    result = flask("gamification", "recompute", "--tenant", "acme", "--notify")

    assert result.exit_code == 2
    assert "--from, --unmet and --notify are for one --course." in result.stderr


def test_another_catalog_keeps_from_when_facts_count(
    session: Session, people: list[Membership], recompute: Recompute, now: datetime
) -> None:
    recompute("--from", "2026-11-20")
    session.rollback()
    badge = {"key": "first_contribution", "metric": "events", "threshold": 3}

    adopt(session, people[0].context, parse({"badge": [badge]}), now)

    start = session.scalars(
        sa.select(BadgeVersion.effective_from)
        .join(Badge, Badge.id == BadgeVersion.badge_id)
        .where(BadgeVersion.retired_at.is_(None), Badge.key == "first_contribution")
    ).one()
    assert start is not None
    assert start.isoformat() == "2026-11-20T00:00:00+00:00"
