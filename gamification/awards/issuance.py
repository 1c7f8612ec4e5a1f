"""Whether awards came about as awards do: what no way of giving one would leave behind."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from gamification.awards.pinning import BY_PEOPLE
from models import AuditEntry, Award, BadgeVersion, Context, Membership, Tenant

GRANTED, PINNED = "award_granted", "award_pinned"
PEOPLES = (*BY_PEOPLE, "code")
"""Origins of awards that people gave: the audit has who."""
AN_HOUR = timedelta(hours=1)
"""So long a writer may have waited after it asked the time."""
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
MOST_AN_HOUR = 1000
"""So many awards by one giver within an hour are a large import, or something else."""

Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Doubt:
    """Something about an award, or about who gives them, that a person should look at."""

    tenant: str
    course: str
    """Our id."""
    what: str


def doubts(
    session: Session, tenant_id: int | None, *, most: int = MOST_AN_HOUR
) -> Iterator[Doubt]:
    """Look at the awards of a tenant, or for None of all; one query for each question.

    `most` is how many one giver may give within an hour.
    """
    for question in (_unnoted, _gone, _twice, _before_its_badge, _before_its_owner):
        yield from question(session, tenant_id)
    yield from _in_a_rush(session, tenant_id, most)


def _unnoted(session: Session, tenant_id: int | None) -> Iterator[Doubt]:
    details = AuditEntry.details
    noted = (
        sa.select(
            AuditEntry.context_id,
            details["award"].as_string().label("award"),
            details["by"].as_string().label("by"),
            details["origin"].as_string().label("origin"),
        )
        .where(AuditEntry.action.in_([GRANTED, PINNED]))
        .distinct()
        .subquery()
    )
    is_it = sa.and_(
        noted.c.award == Award.public_id,
        noted.c.context_id == Award.context_id,
        # A code is said by its learner, and its award's giver is who made it.
        sa.or_(
            Award.origin == "code",
            noted.c.by == Award.evidence["by"].as_string(),
        ),
        noted.c.origin == Award.origin,
    )
    query = _of(tenant_id, Award.public_id, Award.origin).join(
        Award, Award.context_id == Context.id
    )
    query = query.join(noted, is_it, isouter=True).where(
        Award.origin.in_(PEOPLES), noted.c.award.is_(None)
    )
    for tenant, course, award, origin in session.execute(query):
        what = f"award {award}: by people ({origin}); the audit does not have who"
        yield Doubt(tenant, course, what)


def _gone(session: Session, tenant_id: int | None) -> Iterator[Doubt]:
    named = AuditEntry.details["award"].as_string()
    query = (
        _of(tenant_id, AuditEntry.id, named)
        .join(AuditEntry, AuditEntry.context_id == Context.id)
        .join(
            Award,
            sa.and_(Award.public_id == named, Award.context_id == Context.id),
            isouter=True,
        )
        # What a rule gave while two people were one goes when they are two again,
        # pinned or not: only what people gave is there for good.
        .where(AuditEntry.action == GRANTED, Award.id.is_(None))
    )
    for tenant, course, entry, award in session.execute(query):
        what = f"award {award}: given by entry {entry} of the audit; it is not there"
        yield Doubt(tenant, course, what)


def _twice(session: Session, tenant_id: int | None) -> Iterator[Doubt]:
    first, second = aliased(Award), aliased(Award)
    same = sa.and_(
        second.membership_id == first.membership_id,
        second.badge_id == first.badge_id,
        second.id > first.id,
        second.ended_at.is_(None),
    )
    query = (
        _of(tenant_id, first.public_id, second.public_id)
        .join(first, first.context_id == Context.id)
        .join(second, same)
        .where(first.ended_at.is_(None))
    )
    for tenant, course, award, other in session.execute(query):
        what = f"award {other}: open beside {award}, of the same badge and person"
        yield Doubt(tenant, course, what)


def _before_its_badge(session: Session, tenant_id: int | None) -> Iterator[Doubt]:
    query = _of(tenant_id, Award.public_id, Award.granted_at, BadgeVersion.created_at)
    query = (
        query.join(Award, Award.context_id == Context.id)
        .join(BadgeVersion, BadgeVersion.id == Award.badge_version_id)
        .where(Award.granted_at < BadgeVersion.created_at)
    )
    return _too_early(session, query, "its badge was worded so")


def _before_its_owner(session: Session, tenant_id: int | None) -> Iterator[Doubt]:
    query = _of(tenant_id, Award.public_id, Award.granted_at, Membership.first_seen_at)
    query = (
        query.join(Award, Award.context_id == Context.id)
        .join(Membership, Membership.id == Award.membership_id)
        .where(Award.granted_at < Membership.first_seen_at)
    )
    return _too_early(session, query, "its owner was in the course")


def _too_early(session: Session, query: Query, than: str) -> Iterator[Doubt]:
    for tenant, course, award, granted_at, since in session.execute(query):
        if granted_at < since - AN_HOUR:
            yield Doubt(tenant, course, f"award {award}: granted before {than}")


def _in_a_rush(session: Session, tenant_id: int | None, most: int) -> Iterator[Doubt]:
    given = (
        sa.select(
            AuditEntry.context_id,
            AuditEntry.details["by"].as_string().label("by"),
            AuditEntry.happened_at,
        )
        .where(AuditEntry.action == GRANTED)
        .subquery()
    )
    giver = (Tenant.key, Context.public_id, given.c.by)
    query = (
        _of(tenant_id, given.c.by, given.c.happened_at, sa.func.count())
        .join(given, given.c.context_id == Context.id)
        .group_by(*giver, given.c.happened_at)
        .order_by(*giver, given.c.happened_at)
    )
    for (tenant, course, by), rows in groupby(session.execute(query), key=_giver):
        count, end = _busiest_hour((moment, count) for *_, moment, count in rows)
        if count > most:
            until = f"{end:%Y-%m-%dT%H:%M:%SZ}"
            what = f"giver {by}: gave {count} awards within the hour until {until}"
            yield Doubt(tenant, course, what)


def _giver(row: sa.Row[*tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(row[:3])


def _busiest_hour(given: Iterable[tuple[datetime, int]]) -> tuple[int, datetime]:
    """Return the most that were given within an hour, and when that hour ended."""
    hour: deque[tuple[datetime, int]] = deque()
    most, within = (0, BEFORE_ALL), 0
    for moment, count in given:
        hour.append((moment, count))
        within += count
        while hour[0][0] <= moment - AN_HOUR:
            within -= hour.popleft()[1]
        most = max(most, (within, moment))
    return most


def _of(tenant_id: int | None, *columns: Any) -> Query:  # noqa: ANN401 -- columns of several tables
    """Ask for columns of what belongs to a tenant's courses, or to all."""
    query: Query = (
        sa.select(Tenant.key, Context.public_id, *columns)
        .select_from(Context)
        .join(Tenant, Tenant.id == Context.tenant_id)
    )
    return query if tenant_id is None else query.where(Context.tenant_id == tenant_id)
