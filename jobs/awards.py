"""Awards of whole courses: the nightly look, and the same on demand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.rebuilding import batches_of
from gamification.awards import Recomputed, courses_on, evaluate, recompute
from gamification.awards.giving import BY_COMMAND
from gamification.awards.remaking import Counted, Policy, Remade
from gamification.catalog import Catalog
from gamification.standings.following import follow
from gamification.switches import switch_of
from jobs.catalog import current_catalog
from jobs.clock import now
from jobs.faults import logged
from jobs.remaking import remake_now
from jobs.settings import settings
from jobs.settling import settle
from jobs.steps import written
from models import Context, Tenant
from models.db import db
from models.locks import begin_write, retried


@dataclass(frozen=True)
class Scope:
    """Which courses are meant: all, a tenant's, or one; and whether it counts."""

    tenant: str | None = None
    context_id: int | None = None
    is_trial: bool = False
    """Roll back instead of committing: what would be awarded?"""
    policy: Policy | None = None
    """What becomes of the past in one course; None: it is as it was."""


@dataclass
class Outcome:
    """What came of a tenant's courses."""

    tenant: str
    found: Recomputed = field(default_factory=Recomputed)
    failed: int = 0
    """So many courses could not be recomputed; the log says why."""
    gains: tuple[Counted, ...] = ()
    losses: tuple[Counted, ...] = ()
    """Badge by badge, where there was a policy."""


def recompute_all(scope: Scope = Scope()) -> Iterator[Outcome]:
    """Recompute course by course; yield what came of each tenant's.

    A tenant without a course that is on is yielded with zeros. A course that fails
    is logged and counted, and the others are recomputed all the same.
    """
    session = db.session()
    catalog = current_catalog()
    query = sa.select(Tenant).order_by(Tenant.key)
    if scope.tenant is not None:
        query = query.where(Tenant.key == scope.tenant)
    for tenant in session.scalars(query).all():
        courses = courses_on(
            session, tenant, environment=settings().gamification_enabled
        )
        outcome = Outcome(tenant.key)
        session.rollback()
        for context_id in courses:
            if scope.context_id in (None, context_id):
                _add(outcome, session, context_id, catalog, scope)
        yield outcome


def _add(
    outcome: Outcome,
    session: Session,
    context_id: int,
    catalog: Catalog,
    scope: Scope,
) -> None:
    try:
        remade = _recompute(session, context_id, catalog, scope)
        outcome.found += remade.found
        outcome.gains += remade.gains
        outcome.losses += remade.losses
    except Exception as error:  # noqa: BLE001 -- one course must not end the night
        session.rollback()
        logged(f"Recomputing course {context_id}", error)
        outcome.failed += 1


def evaluate_course(context_id: int) -> None:
    """Award what is earned in a course by anybody, with what follows, and commit."""
    session = db.session()

    def look(context: Context) -> None:
        switch = switch_of(context, environment=settings().gamification_enabled)
        evaluate(session, context, now(), switch=switch)
        for members in batches_of(session, context.id):
            follow(session, context, now(), members, switch=switch)

    written(session, context_id, look)


def _recompute(
    session: Session, context_id: int, catalog: Catalog, scope: Scope
) -> Remade:
    def look() -> Remade:
        begin_write(session)
        context = session.get_one(Context, context_id)
        settle(session, context, now())
        if scope.policy is None:
            remade = Remade(_as_ever(session, context, catalog))
        else:
            remade = remake_now(session, context, scope.policy, BY_COMMAND, now())
        if scope.is_trial:
            session.rollback()
        else:
            session.commit()
        return remade

    return retried(session, look)


def _as_ever(session: Session, context: Context, catalog: Catalog) -> Recomputed:
    environment = settings().gamification_enabled
    return recompute(session, context, now(), catalog=catalog, environment=environment)
