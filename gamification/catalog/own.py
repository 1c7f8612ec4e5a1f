"""A course's own badges: written by who teaches, version by version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.catalog.adoption import OWN
from gamification.catalog.criteria import Criterion
from gamification.catalog.definitions import ICON, Definition
from gamification.catalog.drafts import SOURCE, find_badge
from gamification.catalog.rules import BadRule
from models import Badge, BadgeVersion, Context
from models.locks import lock_course

DRAFT, ACTIVE, HELD, RETIRED = STATES = ("draft", "active", "held", "retired")
CONTENT = (
    *("label", "icon", "description", "criterion", "valid_days", "effective_from"),
)
LIVE = (ACTIVE, HELD)
"""The states whose rule is in force, or will be again as it is."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a saved rule does to what was before it."""

    since: datetime | None = None
    """Facts before it do not count; None: all of them do."""
    unmet: str = "keep"
    """`revoke` ends, once, awards of earlier versions that the rule does not justify."""
    notify: bool = False
    """Tell who gains the badge by what was done before it was saved."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A badge as a course would have it."""

    key: str
    label: str
    icon: str = ICON
    description: str = ""
    rule: Criterion | None = None
    """None: as it is; a draft may be without."""
    policy: str = "keep"
    valid_days: int | None = None
    state: str = ACTIVE
    """`draft`, `active`, `held` or `retired`."""
    past: Past | None = None
    """None: facts count from when they did, awards stay, and nobody is told."""
    anyway: bool = False
    """Use it although nobody can meet it as the course is now. It is not kept."""


@dataclass(frozen=True)
class Written:
    """What was written, and what there was before."""

    badge: Badge
    version: BadgeVersion
    is_new: bool
    """There was no badge of this key."""
    has_changed: bool
    past: Past = field(default_factory=Past)


def state_of(badge: Badge) -> str:
    """Return the state in which a course's staff know a badge."""
    return HELD if badge.state == ACTIVE and badge.held_at else badge.state


def rule_in(version: BadgeVersion | None) -> Criterion | None:
    """Return a version's rule; None where it has none, or one of a newer Laurel."""
    if version is None or not version.criterion or SOURCE in version.criterion:
        return None
    try:
        return Criterion.from_json(version.criterion)
    except BadRule:
        return None


def wish_of(badge: Badge, version: BadgeVersion, *, state: str) -> Wish:
    """Return a badge as it is, in another state."""
    return Wish(
        key=badge.key,
        label=version.label,
        icon=version.icon,
        description=version.description,
        policy=badge.policy,
        valid_days=version.valid_days,
        state=state,
    )


def write(session: Session, context: Context, wish: Wish, now: datetime) -> Written:
    """Make a badge of a course, or change one: other content is a new version.

    What is changed becomes the course's own, whatever layer it came from; a hold
    alone leaves it there. Whether its rule makes sense was asked before. Locks the
    course.
    """
    lock_course(session, context.id)
    badge, version = find_badge(session, context.id, wish.key)
    is_new = badge is None
    if badge is None:
        badge = Badge(
            context_id=context.id,
            key=wish.key,
            position=_last(session, context.id),
            state=wish.state,
            policy=wish.policy,
            origin=OWN,
        )
        session.add(badge)
    content = _content(wish, version)
    is_same = version is not None and _same(version, content)
    before = state_of(badge)
    is_as_written = not is_new and is_same and badge.policy == wish.policy
    has_changed = not (is_as_written and before == wish.state)
    is_hold = is_as_written and {before, wish.state} <= set(LIVE)
    if has_changed and not is_hold:
        badge.origin = OWN
    _set_state(badge, wish, now)
    session.flush()
    if version is None or not is_same:
        _keep_text(badge, version, wish)
        version = _next(session, badge, version, content, now)
    past = wish.past or Past()
    if has_changed or wish.past:
        version.quiet = not past.notify
    # Without a word on it, what an earlier save said and nobody looked at yet holds.
    version.ends_unmet = past.unmet == "revoke" if wish.past else version.ends_unmet
    session.flush()
    return Written(badge, version, is_new, has_changed, past)


def begin_at(
    session: Session,
    context_id: int,
    since: datetime,
    now: datetime,
    *,
    but: Collection[str] = (),
) -> None:
    """Let facts before a moment count for none of a course's badges that are in use.

    Each gets a version that says so, unless it does already; those of some keys stay
    as they are. Locks the course.
    """
    lock_course(session, context_id)
    for badge, version in _in_use(session, context_id, but):
        if version.effective_from != since:
            _again(session, badge, version, since, now)
    session.flush()


def leave_word(
    session: Session,
    context_id: int,
    past: Past,
    now: datetime,
    *,
    but: Collection[str] = (),
) -> None:
    """Write down what the next look at everybody does to the past of a course's badges.

    As `begin_at`; with `unmet="revoke"` each that is not held gets a version anyway:
    such a look ends awards of earlier ones alone. What was said before and is not done
    yet holds, too. Locks the course.
    """
    lock_course(session, context_id)
    for badge, version in _in_use(session, context_id, but):
        since = past.since or version.effective_from
        ends = past.unmet == "revoke" and badge.held_at is None
        if ends or version.effective_from != since:
            made = _again(session, badge, version, since, now)
            made.ends_unmet = ends or version.ends_unmet
    session.flush()


def keys_in_use(session: Session, context_id: int) -> list[str]:
    """Return the keys of a course's badges that are in use or held, in their order."""
    query = sa.select(Badge.key).where(
        Badge.context_id == context_id, Badge.state == ACTIVE
    )
    return list(session.scalars(query.order_by(Badge.position, Badge.id)))


def put_back(
    session: Session, context: Context, entry: Definition, now: datetime
) -> Written:
    """Let a badge be again as the layer below the course has it. Locks the course."""
    wish = Wish(
        key=entry.key,
        label=entry.label,
        icon=entry.icon,
        description=entry.description,
        rule=entry.criterion,
        policy=entry.policy,
        valid_days=entry.valid_days,
        past=Past(),
    )
    written = write(session, context, wish, now)
    has_moved = written.badge.origin != entry.origin
    written.badge.origin = entry.origin
    session.flush()
    return replace(written, has_changed=written.has_changed or has_moved)


def _in_use(
    session: Session, context_id: int, but: Collection[str]
) -> Sequence[sa.Row[Badge, BadgeVersion]]:
    """Return the badges that are in use or held, with their versions of today."""
    query = (
        sa.select(Badge, BadgeVersion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context_id, Badge.state == ACTIVE)
        .where(BadgeVersion.retired_at.is_(None), Badge.key.not_in(but))
        .order_by(Badge.id)
    )
    return session.execute(query).all()


def _again(
    session: Session,
    badge: Badge,
    version: BadgeVersion,
    since: datetime | None,
    now: datetime,
) -> BadgeVersion:
    """Make a version like another one, by which facts count from a moment."""
    content = {name: getattr(version, name) for name in CONTENT}
    return _next(session, badge, version, content | {"effective_from": since}, now)


def _set_state(badge: Badge, wish: Wish, now: datetime) -> None:
    is_held = wish.state == HELD
    badge.state = ACTIVE if is_held else wish.state
    badge.held_at = (badge.held_at or now) if is_held else None
    badge.policy = wish.policy


def _content(wish: Wish, version: BadgeVersion | None) -> dict[str, Any]:
    rule = wish.rule.to_json() if wish.rule else (version.criterion if version else {})
    known = version.effective_from if version else None
    return {
        "label": wish.label,
        "icon": wish.icon,
        "description": wish.description,
        "criterion": rule,
        "valid_days": wish.valid_days,
        "effective_from": wish.past.since if wish.past else known,
    }


def _same(version: BadgeVersion, content: dict[str, Any]) -> bool:
    return all(getattr(version, name) == value for name, value in content.items())


def _keep_text(badge: Badge, version: BadgeVersion | None, wish: Wish) -> None:
    """Keep the text of another program's badge beside the rule it is bound to."""
    if version is not None and wish.rule is not None:
        badge.source = version.criterion.get(SOURCE, badge.source)


def _next(
    session: Session,
    badge: Badge,
    version: BadgeVersion | None,
    content: dict[str, Any],
    now: datetime,
) -> BadgeVersion:
    number = 1
    if version is not None:
        version.retired_at, number = now, version.number + 1
        # One active version a badge: the old one must go before the new one comes.
        session.flush()
    made = BadgeVersion(badge_id=badge.id, number=number, created_at=now, **content)
    if version is not None:
        made.quiet, made.ends_unmet = version.quiet, version.ends_unmet
    session.add(made)
    return made


def _last(session: Session, context_id: int) -> int:
    """Return the place after all of a course's badges."""
    last = sa.select(sa.func.max(Badge.position)).where(Badge.context_id == context_id)
    known = session.scalar(last)
    return 0 if known is None else known + 1
