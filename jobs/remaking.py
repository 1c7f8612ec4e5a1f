"""A course's badges looked at anew, as whoever decides says, with its line in the audit.

The caller commits.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.activity.weighing import facts_in
from gamification.awards.giving import Giver
from gamification.awards.remaking import Policy, Remade, ask, remake
from gamification.catalog import adopt
from gamification.catalog.locks import BADGES, is_locked
from gamification.catalog.own import keys_in_use
from gamification.metrics.people import learners
from gamification.switches import switch_of
from jobs.badges import AT_ONCE
from jobs.catalog import current_catalog
from jobs.following import ask_for_all
from jobs.locking import locks_of
from jobs.noting import note
from jobs.scoring import MOST_FACTS, TooLarge
from jobs.settings import settings
from models import Context


@dataclass(frozen=True)
class Decided:
    """What came of a policy of who teaches."""

    remade: Remade | None
    """None: the worker looks at everybody soon."""
    spared: tuple[str, ...]
    """The badges that the organisation keeps as they are."""


def remake_now(
    session: Session, context: Context, policy: Policy, by: Giver, now: datetime
) -> Remade:
    """Give a course the catalog's badges, and look at everybody as `remake` does."""
    adopt(session, context, current_catalog(), now)
    _note(session, context, policy, by, now)
    return _remade(session, context, policy, now)


def remake_course(
    session: Session, context: Context, policy: Policy, by: Giver, now: datetime
) -> Decided:
    """Do the same for who teaches: up to 200 learners at once, more by a job.

    The job finds the policy in the badges' versions. What the organisation locks stays
    as it is.
    """
    adopt(session, context, current_catalog(), now)
    policy = _bound(session, context, policy)
    _note(session, context, policy, by, now)
    if learners(session, context.id) > AT_ONCE:
        ask(session, context, policy, now)
        ask_for_all(session, context.id, now)
        return Decided(None, policy.spared)
    return Decided(_remade(session, context, policy, now), policy.spared)


def preview_remaking(
    session: Session, context: Context, policy: Policy, now: datetime
) -> Decided:
    """Say what a policy of who teaches would come to; all of it is undone.

    Raises TooLarge for a course of very many facts.
    """
    if facts_in(session, context.id) > MOST_FACTS:
        raise TooLarge
    try:
        adopt(session, context, current_catalog(), now)
        policy = _bound(session, context, policy)
        return Decided(_remade(session, context, policy, now), policy.spared)
    finally:
        session.rollback()


def _remade(
    session: Session, context: Context, policy: Policy, now: datetime
) -> Remade:
    switch = switch_of(context, environment=settings().gamification_enabled)
    return remake(session, context, policy, now, switch=switch)


def _bound(session: Session, context: Context, policy: Policy) -> Policy:
    """Let a policy that changes badges leave alone those that are locked."""
    if policy.since is None and policy.unmet == "keep":
        return policy
    locks, keys = locks_of(context), keys_in_use(session, context.id)
    locked = [key for key in keys if is_locked(locks, f"{BADGES}.{key}")]
    return replace(policy, spared=tuple(locked))


def _note(
    session: Session, context: Context, policy: Policy, by: Giver, now: datetime
) -> None:
    since = policy.since.isoformat() if policy.since else None
    said = {
        "since": since,
        "unmet": policy.unmet,
        "notify": policy.notify,
        "spared": list(policy.spared),
    }
    note(session, context, "badges_recomputed", by, now, said)
