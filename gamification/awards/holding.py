"""What one member has and how far the rest is: the same rules, asked for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from gamification.awards.measuring import Looks, Seen, look_at, look_back
from gamification.awards.ordering import in_order
from gamification.awards.progress import Progress, progress_of
from gamification.metrics.people import is_ranked
from gamification.switches import Switch
from models import Badge, Membership

FIRST_VISIT_SEES = timedelta(days=1)
"""What somebody was awarded so long before their first visit is new to them."""

Withheld = Literal["held", "barred", "retired", ""]


@dataclass(frozen=True, kw_only=True)
class BadgeStanding:
    """One badge as one member sees it."""

    key: str
    label: str
    icon: str
    description: str
    criterion_text: str
    rule: Mapping[str, Any]
    """The same as it is written: it names items, sets and badges, and nobody."""
    metric: str
    earned: bool
    progress: int
    """In wholes, rounded down, never above the threshold."""
    threshold: int
    percent: int
    """0 to 100; a badge that is earned is at 100, whatever happened since."""
    missing: tuple[str, ...]
    """What is still to do, in sentences; empty for a badge that is earned, and for one
    that no longer can be."""
    granted_at: datetime | None
    """Empty, too, where the rule is met and the award is about to be written."""
    is_new: bool
    """It was awarded after the visit before the one that looks, or is about to be.

    Not where its owner was not told, or has said that they saw it."""
    retired: bool
    """It can no longer be earned: only those who have it see it among the others, and
    who had it, by its key."""
    withheld: Withheld
    """Why it is not given now, whatever its owner does: nobody gets it while it is
    `held`, or any more where it is `retired` (and theirs no longer); it is `barred`
    where it was taken back for good. Empty where it is given."""


@dataclass(frozen=True)
class BadgeRoster:
    """A member's badges in the catalog's order; empty while a switch is off."""

    enabled: bool
    badges: list[BadgeStanding]


def holds(session: Session, member: Membership, badge: Badge, now: datetime) -> bool:
    """Say whether a member has a badge, as `badges_for` says it of all of them."""
    looks = look_at(session, member, now, badge=badge)
    if any(one.criterion.prerequisites for one in looks.seen):
        looks = look_at(session, member, now)
    found = _judged(member, looks).get(badge.key)
    return found is not None and found.earned


def badges_for(
    session: Session,
    member: Membership,
    now: datetime,
    *,
    switch: Switch,
    visit: datetime | None = None,
) -> BadgeRoster:
    """Return every badge of the course for a member: in one query, or three with trees.

    `visit` is the moment of the launch that looks: what was awarded since the one
    before it is new. Without a launch nothing that was awarded is.
    """
    if not switch.on:
        return BadgeRoster(enabled=False, badges=[])
    return _roster(member, look_at(session, member, now, visit=visit), visit)


def badges_and_past(
    session: Session,
    member: Membership,
    now: datetime,
    key: str,
    visit: datetime | None = None,
) -> BadgeRoster:
    """Return what `badges_for` does while it is on, and one badge whatever became of it.

    That is the badge of a key: retired, it is there if the member ever had it.
    """
    return _roster(member, look_back(session, member, now, key, visit), visit)


def _roster(member: Membership, looks: Looks, visit: datetime | None) -> BadgeRoster:
    judged = _judged(member, looks)
    badges = [_standing(judged[one.key], visit, looks.labels) for one in looks.seen]
    return BadgeRoster(enabled=True, badges=badges)


@dataclass(frozen=True)
class _Judged:
    """A badge that a member may see, with the word on whether they have it."""

    seen: Seen
    progress: Progress
    earned: bool


def _judged(member: Membership, looks: Looks) -> dict[str, _Judged]:
    """Judge badge by badge, each after those it asks for."""
    judged: dict[str, _Judged] = {}

    def has(key: str) -> bool:
        return key in judged and judged[key].earned

    for one in in_order(looks.seen):
        progress = progress_of(one.criterion, one.haves, has, looks.labels)
        earned = _is_earned(member, one, met=progress.is_met)
        judged[one.key] = _Judged(one, progress, earned)
    return judged


def _is_earned(member: Membership, one: Seen, *, met: bool) -> bool:
    """Say whether a member has a badge: this is the one definition of *earned*.

    Either an award is open; or the badge can be earned and is not held, no award of
    theirs was revoked with a bar, the member is an active learner, and the facts since the
    rule took effect (and since an award expired, if one did) meet the rule.
    """
    if one.granted_at is not None:
        return True
    is_given = one.badge.state == "active" and one.badge.held_at is None
    return met and is_given and is_ranked(member) and not one.barred


def _withheld(one: Seen) -> Withheld:
    if one.granted_at is None and one.badge.state == "retired":
        # Said first: that a bar may be lifted would be a promise.
        return "retired"
    if one.granted_at is None and one.barred:
        return "barred"
    return "held" if one.badge.held_at is not None else ""


def _is_new(one: Seen, visit: datetime | None) -> bool:
    """Tell whether a badge that is earned was not there at the last visit."""
    if one.granted_at is None:
        return True
    if visit is None or not one.has_news:
        return False
    if one.visited_at is None:
        return one.granted_at > visit - FIRST_VISIT_SEES
    return one.granted_at > one.visited_at


def _standing(
    one: _Judged, visit: datetime | None, labels: Mapping[str, str]
) -> BadgeStanding:
    badge, version = one.seen.badge, one.seen.version
    is_retired = badge.state == "retired"
    return BadgeStanding(
        key=badge.key,
        label=version.label,
        icon=version.icon,
        description=version.description,
        criterion_text=one.seen.criterion.said(labels),
        rule=one.seen.criterion.to_document(),
        metric=one.seen.criterion.metric,
        earned=one.earned,
        progress=one.progress.done,
        threshold=one.progress.needed,
        percent=100 if one.earned else one.progress.percent,
        missing=() if one.earned or is_retired else one.progress.missing,
        granted_at=one.seen.granted_at,
        is_new=one.earned and _is_new(one.seen, visit),
        retired=is_retired,
        withheld=_withheld(one.seen),
    )
