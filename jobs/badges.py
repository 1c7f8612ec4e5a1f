"""What people decide about a course's badges, with its line in the audit.

The caller commits.
"""

from datetime import datetime
from typing import Any, Literal, Protocol

from sqlalchemy.orm import Session

from gamification.awards import evaluate
from gamification.awards.giving import Giver
from gamification.awards.saving import BadgeRefused, save
from gamification.catalog import Criterion
from gamification.catalog.definitions import ICON, label_of
from gamification.catalog.drafts import find_badge
from gamification.catalog.locks import BADGES
from gamification.catalog.own import (
    Past,
    Wish,
    Written,
    put_back,
    state_of,
    wish_of,
)
from gamification.metrics.people import learners
from gamification.switches import switch_of
from jobs.catalog import current_catalog
from jobs.following import ask_for_all
from jobs.locking import refuse_locked
from jobs.noting import note
from jobs.settings import settings
from models import Context

AT_ONCE = 200
"""The rules of more people than these are looked at by a job."""
OWN_ALONE = "No layer below the course has a badge of this key: retire it instead."
NO_BADGE = "There is no badge of this key in the course."


class NoBadge(LookupError):
    """A course has no badge of a key."""


def save_badge(
    session: Session, context: Context, wish: Wish, by: Giver, now: datetime
) -> Written:
    """Make or change a badge as `save` does, and see to who gains and loses it.

    Up to 200 learners are looked at at once, more by a job. What its rule gives for
    the past is told to nobody, unless the wish says so. Raises BadgeRefused, and
    Locked where the organisation keeps the badge as it is: the operator may all the
    same.
    """
    refuse_locked(context, by, f"{BADGES}.{wish.key}")
    written = save(session, context, wish, now)
    if written.has_changed or wish.past:
        _follow(session, context, written, now)
        note(session, context, "badge_saved", by, now, _said(written))
    return written


def as_it_is(session: Session, context: Context, key: str, state: str) -> Wish:
    """Return a badge of a course as it is, in another state; raise NoBadge for none."""
    badge, version = find_badge(session, context.id, key)
    if badge is None or version is None:
        raise NoBadge(NO_BADGE)
    return wish_of(badge, version, state=state)


class Fields(Protocol):
    """What somebody sent of a badge, beside its rule."""

    label: str
    icon: str
    description: str
    policy: Literal["keep", "revoke"] | None
    valid_days: int | None
    state: Literal["draft", "active", "held", "retired"]
    anyway: bool


def wish_from(
    key: str, fields: Fields, rule: Criterion | None, past: Past | None
) -> Wish:
    """Return the wish in what somebody sent; what they left empty is filled in."""
    return Wish(
        key=key,
        label=fields.label or label_of(key),
        icon=fields.icon or ICON,
        description=fields.description,
        rule=rule,
        policy=fields.policy or "keep",
        valid_days=fields.valid_days,
        state=fields.state,
        past=past,
        anyway=fields.anyway,
    )


def reset_badge(
    session: Session, context: Context, key: str, by: Giver, now: datetime
) -> Written:
    """Let a badge be again as the catalog of the course's tenant has it.

    Raises NoBadge, and BadgeRefused where that has none of this key.
    """
    badge, _ = find_badge(session, context.id, key)
    if badge is None:
        raise NoBadge(NO_BADGE)
    catalog = current_catalog().of(context.tenant.key)
    entry = next((entry for entry in catalog.entries if entry.key == key), None)
    if entry is None:
        raise BadgeRefused(OWN_ALONE)
    written = put_back(session, context, entry, now)
    if written.has_changed:
        _follow(session, context, written, now)
        note(session, context, "badge_reset", by, now, _said(written))
    return written


def _follow(
    session: Session, context: Context, written: Written, now: datetime
) -> None:
    """Let awards follow a badge that is in use."""
    if written.badge.state != "active":
        return
    if learners(session, context.id) > AT_ONCE:
        ask_for_all(session, context.id, now)
        return
    switch = switch_of(context, environment=settings().gamification_enabled)
    evaluate(session, context, now, switch=switch)


def _said(written: Written) -> dict[str, Any]:
    badge, past = written.badge, written.past
    return {
        "badge": badge.key,
        "version": written.version.number,
        "state": state_of(badge),
        "policy": badge.policy,
        "unmet": past.unmet,
        "notify": past.notify,
    }
