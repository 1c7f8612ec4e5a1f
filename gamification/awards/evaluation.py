"""Who gains a badge, who loses one: a few statements a course, whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import statements
from gamification.awards.expiring import set_ends, timed_out
from gamification.awards.rules import COURSE, whose
from gamification.awards.trees import award_trees, end_unjustified
from gamification.catalog.criteria import is_shorthand
from gamification.feedback import is_heard, tell_of_awards, tell_programs
from gamification.switches import Switch
from models import Award, Badge, BadgeVersion, Context, StreamEvent
from models.locks import lock_course

TOLD_ONE_BY_ONE = 200
"""More new awards than this are one message to the course."""

_RULES = (
    sa.select(
        Badge.id.label("badge_id"),
        Badge.key,
        Badge.policy,
        BadgeVersion.id.label("version_id"),
        BadgeVersion.criterion,
        BadgeVersion.effective_from,
        BadgeVersion.valid_days,
        BadgeVersion.quiet,
        BadgeVersion.ends_unmet,
    )
    .join(Badge, Badge.id == BadgeVersion.badge_id)
    .where(
        Badge.context_id == COURSE,
        Badge.state == "active",
        Badge.held_at.is_(None),
        BadgeVersion.retired_at.is_(None),
    )
)


@dataclass(frozen=True)
class Granted:
    """One award that is new."""

    award_id: int
    membership_id: int
    badge_id: int
    is_quiet: bool = False
    """Its rule is new and gave it for what was before: nobody is told."""


@dataclass(frozen=True)
class Look:
    """What a look at a course found before it granted anything."""

    before: int
    """The id before the first new award: the new ones of the course are those above
    it, because the course is locked until the transaction ends."""
    moment: datetime
    """When it grants."""
    has_first: bool = False
    """Some rule was looked at for the first time since it was saved."""

    @property
    def is_new(self) -> sa.ColumnElement[bool]:
        """Hold for the awards of the course that it granted."""
        # The moment is for the index: without it each look read all of a course's.
        return (Award.granted_at == self.moment) & (Award.id > self.before)

    @property
    def is_unmet(self) -> sa.ColumnElement[bool]:
        """Hold for the awards that ended at that moment as their rule is not met."""
        return (Award.ended_at == self.moment) & (Award.end_reason == statements.UNMET)


def evaluate(
    session: Session,
    context: Context,
    now: datetime,
    *,
    switch: Switch,
    members: Sequence[int] | None = None,
) -> list[Granted]:
    """Grant what is earned and not yet held, once; return the awards that are new.

    Only active learners are looked at; `members` narrows that, for at most a few
    hundred. Without them no more than the first 201 new awards are returned: the
    memory it takes must not grow with the course. While a switch is off nobody
    gains anything.
    """
    if not switch.on:
        return []
    look = grant(session, context.id, now, members=members)
    granted = _granted(session, context, look, members)
    announce(session, context.id, now, granted)
    if granted:
        _tell(session, context.id, "award", look.is_new, now)
    _settle_first(session, context, look)
    return granted


def evaluate_silently(
    session: Session,
    context: Context,
    now: datetime,
    *,
    switch: Switch,
    members: Sequence[int] | None = None,
) -> list[Granted]:
    """Do what `evaluate` does, and tell nobody: for what is made up for afterwards.

    There is neither news nor a word to the streams of what is gained or lost; who
    looks sees it.
    """
    if not switch.on:
        return []
    look = grant(session, context.id, now, members=members, silent=True)
    granted = _granted(session, context, look, members)
    _settle_first(session, context, look)
    return granted


def _granted(
    session: Session, context: Context, look: Look, members: Sequence[int] | None
) -> list[Granted]:
    limit = TOLD_ONE_BY_ONE + 1 if members is None else None
    return new_awards(session, context.id, look, limit=limit)


def _settle_first(session: Session, context: Context, look: Look) -> None:
    if look.has_first:
        settle(session, context.id)


def grant(
    session: Session,
    context_id: int,
    now: datetime,
    *,
    members: Sequence[int] | None = None,
    silent: bool = False,
) -> Look:
    """Bring a course's awards up to date without reading them.

    A look at everybody does, once, what was said of the past when a rule was saved;
    `settle` comes after it, as soon as the new awards were read. Who lost one is told
    here unless it is `silent`; who gained one, by whoever asks. Programs are told here
    of all of it, silent or not.
    """
    lock_course(session, context_id)
    before, heard = _before(session, context_id)
    rules = rules_of(session, context_id)
    trees = [rule for rule in rules if not is_shorthand(rule.criterion)]
    flat = [rule for rule in rules if is_shorthand(rule.criterion)]
    first = [] if members is not None else [r for r in rules if r.quiet or r.ends_unmet]
    end_unjustified(session, context_id, now, [r for r in first if r.ends_unmet])
    if heard:
        over = sa.and_(*whose(context_id, members), *timed_out(now))
        tell_programs(session, context_id, "expired", over, now)
    _grant_flat(session, context_id, now, flat, members)
    award_trees(session, context_id, now, trees, members=members)
    days = {rule.valid_days for rule in rules if rule.valid_days is not None}
    set_ends(session, context_id, before, now, days)
    look = Look(before, now, has_first=bool(first))
    if heard:
        tell_programs(session, context_id, "unmet", look.is_unmet, now)
        tell_programs(session, context_id, "granted", look.is_new, now)
    if not silent and any(r.policy == "revoke" or r.ends_unmet for r in rules):
        _tell(session, context_id, "revoked", look.is_unmet, now)
    return look


def _before(session: Session, context_id: int) -> tuple[int, bool]:
    """Return the last award's id, and whether programs are told of the course's."""
    last = sa.select(sa.func.max(Award.id)).scalar_subquery()
    before, heard = session.execute(sa.select(last, is_heard(context_id))).one()
    return before or 0, bool(heard)


def rules_of(session: Session, context_id: int) -> Sequence[Any]:
    """Return the rules that are in force in a course, as `award_trees` takes them."""
    return session.execute(_RULES, {"course": context_id}).all()


def _tell(
    session: Session,
    context_id: int,
    kind: str,
    which: sa.ColumnElement[bool],
    now: datetime,
) -> None:
    """Write news of some awards, but for those of rules that are quiet by now."""
    is_quiet = sa.exists().where(
        BadgeVersion.badge_id == Award.badge_id,
        BadgeVersion.retired_at.is_(None),
        BadgeVersion.quiet,
    )
    tell_of_awards(session, context_id, kind, which & ~is_quiet, now)


def settle(session: Session, context_id: int) -> None:
    """Let a course's rules be as any other, once everybody was looked at by them."""
    ours = sa.select(Badge.id).where(
        Badge.context_id == context_id,
        Badge.state == "active",
        Badge.held_at.is_(None),
    )
    session.execute(
        sa.update(BadgeVersion)
        .where(BadgeVersion.badge_id.in_(ours), BadgeVersion.retired_at.is_(None))
        .values(quiet=False, ends_unmet=False)
    )


def _grant_flat(
    session: Session,
    context_id: int,
    now: datetime,
    rules: Sequence[Any],
    members: Sequence[int] | None,
) -> None:
    """End what is over, and grant by all rules of one metric and a number at once."""
    some = members is not None
    asked: dict[str, Any] = {"course": context_id, "moment": now}
    asked |= {"members": members} if some else {}
    dialect = session.get_bind().dialect.name
    session.execute(statements.end_expired(some=some), asked)
    if any(rule.policy == "revoke" for rule in rules):
        session.execute(statements.end_unmet(some=some), asked)
    for since in {rule.effective_from for rule in rules}:
        first = statements.grant_first(dialect, some=some, dated=since is not None)
        session.execute(first, asked | ({"since": since} if since else {}))
    if rules:
        session.execute(statements.grant_again(dialect, some=some), asked)


def new_awards(
    session: Session, context_id: int, look: Look, *, limit: int | None = None
) -> list[Granted]:
    """Return a course's awards that are new, in the order they were granted.

    Those that nobody is told of come last: a limit leaves them out first.
    """
    quiet = BadgeVersion.quiet
    rows = session.execute(
        sa.select(Award.id, Award.membership_id, Award.badge_id, quiet)
        .join(BadgeVersion, BadgeVersion.id == Award.badge_version_id)
        .where(Award.context_id == context_id, look.is_new)
        .order_by(quiet, Award.id)
        .limit(limit)
    )
    return [Granted(*row) for row in rows]


def announce(
    session: Session, context_id: int, now: datetime, granted: Sequence[Granted]
) -> None:
    """Tell each member's own streams; where there are very many, the course once.

    What a new rule gives for the past is told to nobody.
    """
    event = {"context_id": context_id, "kind": "award", "created_at": now}
    to_all: dict[str, Any] = {"audience": "course", "subject": {}}
    events = [
        event
        | {
            "audience": "member",
            "membership_id": one.membership_id,
            "subject": {"award": one.award_id},
        }
        for one in granted
        if not one.is_quiet
    ]
    if len(events) > TOLD_ONE_BY_ONE:
        events = [event | to_all]
    if events:
        session.execute(sa.insert(StreamEvent), events)
