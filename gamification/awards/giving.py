"""Awards that people give: one or hundreds, by the same few statements."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.evaluation import Granted, announce
from gamification.awards.giveable import Giveable, giveable_badges
from gamification.awards.pinning import BY_PEOPLE, pin
from gamification.feedback import tell_of_awards, tell_programs
from gamification.metrics.awarded import is_open
from gamification.metrics.people import Person, people_of
from models import OPERATOR, Award, Context
from models.locks import lock_course

LONGEST_REASON = 255
MOST_NAMED = 20
"""So many badges are named where somebody asks for one that is not there."""


@dataclass(frozen=True)
class Giver:
    """Who decides, in which role, and by which way."""

    id: str
    """Our id of a person, or `operator`."""
    role: str
    origin: str = "hand"
    """`hand`, `import` or `code`: what the award remembers."""
    code: str = ""
    """Our id of the code, where one was said."""


BY_COMMAND = Giver(OPERATOR, OPERATOR)
"""Who decides by a command."""


@dataclass(frozen=True, kw_only=True)
class Gift:
    """A badge for somebody."""

    user: str
    """Our id of the person, or the platform's."""
    badge: str
    """Its key."""
    reason: str = ""
    expires_at: datetime | None = None
    """None: as long as the badge lasts."""


@dataclass(frozen=True)
class Given:
    """The award that somebody has now."""

    public_id: str
    membership_id: int
    badge_id: int
    is_new: bool
    """False: they had it already, and have the award they had."""
    is_pinned: bool = False
    """A rule gave it, and no rule takes it back from now on."""


@dataclass(frozen=True)
class NotGiven:
    """Why a badge was not given, to whoever decides; no word of what was asked."""

    field: str
    """What has to be another: `user`, `badge` or `expires_at`."""
    reason: str
    is_conflict: bool = False
    """What was asked makes sense, but not as things are."""

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


Outcome = Given | NotGiven
NOBODY = NotGiven("user", "nobody in this course has this id")
NO_LEARNER = NotGiven(
    "user", "only learners who are in the course now can have badges", is_conflict=True
)
BARRED = NotGiven(
    "user", "it was revoked, and nobody has lifted that", is_conflict=True
)
OTHER_END = NotGiven(
    "expires_at",
    "they have the badge already, with another end: change that award instead "
    "(PUT …/awards/{award}, or `flask award renew`)",
    is_conflict=True,
)
TOO_LATE = NotGiven("expires_at", "it lies in the past")
UNUSABLE = {
    "draft": NotGiven("badge", "it is a draft", is_conflict=True),
    "retired": NotGiven("badge", "it is not given any more", is_conflict=True),
    "held": NotGiven("badge", "it is held: nobody gains or loses it", is_conflict=True),
}


@dataclass(frozen=True)
class _Wanted:
    gift: Gift
    person: Person
    badge: Giveable

    @property
    def pair(self) -> tuple[int, int]:
        return self.person.membership_id, self.badge.badge_id


@dataclass(frozen=True)
class _Known:
    """What somebody has and had of a badge."""

    sequence: int = 0
    open_id: str = ""
    expires_at: datetime | None = None
    """When the one that is open ends."""
    is_barred: bool = False
    is_by_rule: bool = False


def give(
    session: Session, context: Context, gifts: Sequence[Gift], by: Giver, now: datetime
) -> list[Outcome]:
    """Give badges, whatever their rules say; return what came of each, in order.

    Whoever has the badge keeps the award they have, and one that a rule gave is a
    person's gift from then on; another end than it has is a conflict. Whoever had the
    badge gets the next award. What a person revoked is not given until they lift that.
    Locks the course; as many statements for a thousand gifts as for one.
    """
    lock_course(session, context.id)
    people = people_of(session, context, {gift.user for gift in gifts})
    badges = giveable_badges(session, context)
    judged = [_judged(gift, people, badges, now) for gift in gifts]
    wanted = [one for one in judged if isinstance(one, _Wanted)]
    known = _known(session, context.id, wanted, now)
    rows: list[dict[str, Any]] = []
    pinned: dict[str, dict[str, Any]] = {}
    outcomes: list[Outcome] = []
    for one in judged:
        outcome = one if isinstance(one, NotGiven) else _settled(one, known, by)
        outcomes.append(outcome)
        if isinstance(one, NotGiven) or isinstance(outcome, NotGiven):
            continue
        had = known.get(one.pair, _Known())
        if outcome.is_pinned:
            known[one.pair] = replace(had, is_by_rule=False)
            pinned[outcome.public_id] = _said(one, by)
        elif outcome.is_new:
            row = _row(one, outcome, had, by, now) | {"context_id": context.id}
            known[one.pair] = _Known(
                had.sequence + 1, outcome.public_id, row["expires_at"]
            )
            rows.append(row)
    _write(session, context.id, rows, now)
    pin(session, pinned, by.origin)
    return outcomes


def _judged(
    gift: Gift, people: dict[str, Person], badges: dict[str, Giveable], now: datetime
) -> _Wanted | NotGiven:
    person, badge = people.get(gift.user), badges.get(gift.badge)
    if person is None:
        return NOBODY
    if badge is None:
        return _no_such_badge(badges)
    if badge.state in UNUSABLE:
        return UNUSABLE[badge.state]
    if not person.is_ranked:
        return NO_LEARNER
    if gift.expires_at is not None and gift.expires_at <= now:
        return TOO_LATE
    return _Wanted(gift, person, badge)


def _no_such_badge(badges: dict[str, Giveable]) -> NotGiven:
    there = [key for key, badge in badges.items() if badge.state == "active"]
    more = f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else ""
    named = f"{', '.join(there[:MOST_NAMED])}{more}" if there else "none"
    return NotGiven("badge", f"there is no such badge here; there are {named}")


def _known(
    session: Session, context_id: int, wanted: Iterable[_Wanted], now: datetime
) -> dict[tuple[int, int], _Known]:
    """Return what there is of the awards that are wanted; those that are over end."""
    pairs = {one.pair for one in wanted}
    if not pairs:
        return {}
    theirs = sa.and_(
        Award.membership_id.in_({member for member, _ in pairs}),
        Award.badge_id.in_({badge for _, badge in pairs}),
    )
    over = sa.and_(theirs, Award.ended_at.is_(None), Award.expires_at <= now)
    tell_programs(session, context_id, "expired", over, now)
    session.execute(
        sa.update(Award)
        .where(over)
        .values(ended_at=Award.expires_at, end_reason="expired")
        .execution_options(synchronize_session=False)
    )
    open_id = sa.func.max(sa.case((is_open(now), Award.public_id)))
    end = sa.func.max(sa.case((is_open(now), Award.expires_at)))
    by_rule = sa.and_(is_open(now), Award.origin == "rule")
    barred = sa.func.max(sa.case((Award.bars_regrant, 1), else_=0))
    rows = session.execute(
        sa.select(
            *(Award.membership_id, Award.badge_id, sa.func.max(Award.sequence)),
            *(open_id, end, barred, sa.func.max(sa.case((by_rule, 1), else_=0))),
        )
        .where(theirs)
        .group_by(Award.membership_id, Award.badge_id)
    )
    return {
        (member, badge): _Known(sequence, open_id or "", end, bool(bar), bool(by_rule))
        for member, badge, sequence, open_id, end, bar, by_rule in rows
    }


def _settled(one: _Wanted, known: dict[tuple[int, int], _Known], by: Giver) -> Outcome:
    had = known.get(one.pair, _Known())
    if had.open_id:
        if one.gift.expires_at not in {None, had.expires_at}:
            return OTHER_END
        is_pinned = had.is_by_rule and by.origin in BY_PEOPLE
        return Given(had.open_id, *one.pair, is_new=False, is_pinned=is_pinned)
    if had.is_barred:
        return BARRED
    return Given(secrets.token_hex(11), *one.pair, is_new=True)


def _row(
    one: _Wanted, given: Given, had: _Known, by: Giver, now: datetime
) -> dict[str, Any]:
    days = one.badge.valid_days
    return {
        "public_id": given.public_id,
        "membership_id": given.membership_id,
        "badge_id": given.badge_id,
        "badge_version_id": one.badge.version_id,
        "sequence": had.sequence + 1,
        "origin": by.origin,
        "evidence": _said(one, by),
        "granted_at": now,
        "expires_at": one.gift.expires_at or (days and now + timedelta(days=days)),
        "bars_regrant": False,
    }


def _said(one: _Wanted, by: Giver) -> dict[str, Any]:
    """Return who gives it, in which role, and why, if they say so."""
    said = {"reason": one.gift.reason, "code": by.code}
    words = {name: word for name, word in said.items() if word}
    return {"by": by.id, "role": by.role, **words}


def _write(
    session: Session, context_id: int, rows: list[dict[str, Any]], now: datetime
) -> None:
    if not rows:
        return
    columns = (Award.id, Award.membership_id, Award.badge_id)
    # Whatever differs in its columns would be a statement of its own.
    insert = sa.insert(Award).execution_options(render_nulls=True).returning(*columns)
    granted = [Granted(*row) for row in session.execute(insert, rows)]
    announce(session, context_id, now, sorted(granted, key=lambda one: one.award_id))
    theirs = Award.id.in_([one.award_id for one in granted])
    tell_of_awards(session, context_id, "award", theirs, now)
    tell_programs(session, context_id, "granted", theirs, now)
