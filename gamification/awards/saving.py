"""A badge as a course would have it: judged, written, and told of as it is."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import frame_of
from gamification.awards.findings import (
    circles_in_course,
    course_of,
    faults_in_course,
    findings,
)
from gamification.catalog.criteria import Criterion
from gamification.catalog.drafts import find_badge
from gamification.catalog.own import (
    ACTIVE,
    HELD,
    LIVE,
    Wish,
    Written,
    rule_in,
    state_of,
    write,
)
from models import Badge, BadgeVersion, Context
from models.locks import lock_course

NO_RULE = "It has no rule yet."
AS_A_DRAFT = "Change the rule, or save it as a draft."
MOST_BADGES = 200
"""Each is asked for at every launch."""


class BadgeRefused(ValueError):
    """A badge cannot be saved so; the message says what is wrong and what there is."""


class Doubted(BadgeRefused):
    """Nobody can meet a rule as its course is now; the message says why not.

    Who knows that what is missing will come says `anyway`.
    """


class TooMany(BadgeRefused):
    """A course has as many badges as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"A course has {MOST_BADGES} badges at most, those that are retired "
            "included: take the key of one of these."
        )


@dataclass(frozen=True)
class Judged:
    """What is to be said of a badge's rule in its course, in a sentence each."""

    circle: list[str] = field(default_factory=list)
    """The badges that would ask for each other: it cannot be kept at all."""
    faults: list[str] = field(default_factory=list)
    """What it names and is not there: so it can only be a draft."""
    senseless: list[str] = field(default_factory=list)
    """Why it can only be a draft, whatever may still come."""
    doubts: list[str] = field(default_factory=list)
    """Why it is a draft, unless somebody knows what will come."""
    advice: list[str] = field(default_factory=list)
    """What else there is to know."""

    @property
    def findings(self) -> list[str]:
        """All that there is to say of it, what cannot be used first."""
        unusable = [*self.circle, *self.faults, *self.senseless]
        return [*unusable, *self.doubts, *self.advice]


def judge(
    session: Session,
    context: Context,
    key: str,
    rule: Criterion | None,
    now: datetime,
) -> Judged:
    """Say what a rule names that is not there, and what makes no sense about it."""
    if rule is None:
        return Judged(senseless=[NO_RULE])
    frame = frame_of(session, context, now, [rule])
    course = course_of(session, context.id)
    found = findings(session, rule, frame)
    return Judged(
        [str(fault) for fault in circles_in_course(rule, key, course)],
        [str(fault) for fault in faults_in_course(rule, course)],
        found.senseless,
        found.doubts,
        found.advice,
    )


def save(session: Session, context: Context, wish: Wish, now: datetime) -> Written:
    """Make or change a badge of a course, if its rule can be used as it is wished.

    A rule is judged where it is another one, and where its badge comes into use: what
    it names may have gone since. One that names what is not there or makes no sense is
    kept as a draft alone; so is one that nobody can meet for now, unless the wish says
    `anyway`. A circle of badges is refused even of drafts. Raises BadgeRefused. Locks
    the course; `evaluate` comes after it.
    """
    lock_course(session, context.id)
    badge, version = find_badge(session, context.id, wish.key)
    if badge is None and _number(session, context.id) >= MOST_BADGES:
        raise TooMany
    known = rule_in(version)
    is_other = wish.rule is not None and wish.rule != known
    if is_other or _comes_into_use(badge, wish):
        _refuse(judge(session, context, wish.key, wish.rule or known, now), wish)
    written = write(session, context, wish, now)
    if written.has_changed and not written.past.notify:
        _quieten(session, context.id, wish.key)
    return written


def _refuse(judged: Judged, wish: Wish) -> None:
    """Raise BadgeRefused where a rule cannot be kept in the state that is wished."""
    faults = judged.circle
    if wish.state in LIVE:
        faults = [*judged.faults, *judged.circle]
    if faults:
        raise BadgeRefused("; ".join(faults))
    if wish.state not in LIVE:
        return
    if judged.senseless:
        raise BadgeRefused(" ".join([*judged.senseless, AS_A_DRAFT]))
    if judged.doubts and not wish.anyway:
        raise Doubted(" ".join(judged.doubts))


def _comes_into_use(badge: Badge | None, wish: Wish) -> bool:
    before = state_of(badge) if badge else None
    if wish.state == ACTIVE:
        return before != ACTIVE
    return wish.state == HELD and before not in LIVE


def _number(session: Session, context_id: int) -> int:
    """Count the badges of a course, with those that may be revived."""
    query = sa.select(sa.func.count()).where(Badge.context_id == context_id)
    return session.scalar(query) or 0


def quieten_all(session: Session, context_id: int) -> None:
    """Let nobody be told what a course's badges give at the next look at everybody."""
    ours = sa.select(Badge.id).where(
        Badge.context_id == context_id, Badge.state == "active"
    )
    session.execute(
        sa.update(BadgeVersion)
        .where(BadgeVersion.badge_id.in_(ours), BadgeVersion.retired_at.is_(None))
        .values(quiet=True)
    )


def _quieten(session: Session, context_id: int, key: str) -> None:
    """Let nobody be told, either, of badges that come because this one did."""
    badges = course_of(session, context_id).badges
    reached, more = {key}, {key}
    while more:
        more = {one for one, asked in badges.items() if more & set(asked)} - reached
        reached |= more
    if len(reached) == 1:
        return
    ours = sa.select(Badge.id).where(
        Badge.context_id == context_id, Badge.key.in_(reached - {key})
    )
    session.execute(
        sa.update(BadgeVersion)
        .where(BadgeVersion.badge_id.in_(ours), BadgeVersion.retired_at.is_(None))
        .values(quiet=True)
    )
