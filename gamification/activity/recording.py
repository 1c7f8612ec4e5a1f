"""The one writer: every fact of every source comes through `record`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.earning import earn
from gamification.activity.facts import Fact
from gamification.activity.ledger import append, append_idle, rounds
from gamification.activity.outbox import request
from gamification.awards import Granted, evaluate
from gamification.metrics.weights import UNCOUNTED
from gamification.standings.following import follow
from gamification.standings.news import announce
from gamification.standings.showing import show
from gamification.standings.upkeep import move
from gamification.switches import switch_of
from models import Context, Item, Membership
from models.locks import lock_course

BATCH = 500
EVALUATED_AT_ONCE = 200
EVALUATE_COURSE = "evaluate_course"
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Refused:
    """A fact that was not recorded, and why."""

    fact: Fact
    reason: str


@dataclass
class Recorded:
    """What a batch of facts changed."""

    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    """Known already, or seen before what is known."""
    refused: list[Refused] = field(default_factory=list)
    awarded: list[Granted] = field(default_factory=list)


def record(
    session: Session, facts: Sequence[Fact], now: datetime, *, environment: bool
) -> Recorded:
    """Log facts and bring points, standings and badges up to date with them.

    Recording the same facts again changes nothing. Each course is locked until
    the caller commits, unless nothing in it can move. A fact of a stranger, on
    another course's item or from the future is refused and the others are recorded.
    While a switch is off, facts are logged and scored, and nothing is awarded.
    """
    recorded = Recorded()
    if len(facts) == 1 and _is_logged_alone(session, facts[0], now):
        recorded.new = 1
        return recorded
    courses: dict[int, list[Fact]] = {}
    for fact in facts:
        courses.setdefault(fact.context_id, []).append(fact)
    for context_id in sorted(courses):
        context = _locked(session, context_id)
        if context is None:
            _refuse(recorded, courses[context_id], "there is no such course")
            continue
        members = _log(session, context, courses[context_id], now, recorded)
        if members:
            switch = switch_of(context, environment=environment)
            if len(members) > EVALUATED_AT_ONCE:
                request(session, EVALUATE_COURSE, context_id, now, now)
            else:
                recorded.awarded += evaluate(
                    session, context, now, switch=switch, members=sorted(members)
                )
                follow(session, context, now, members, switch=switch)
            announce(session, context_id, now)
            show(session, context, now)
    return recorded


def _is_logged_alone(session: Session, fact: Fact, now: datetime) -> bool:
    """Log a fact at once if nothing moves by it, as by the one of every launch.

    Whatever is not simply new takes the long way, which says what it is.
    """
    moves_nothing = fact.kind in UNCOUNTED and fact.item_id is None
    if not moves_nothing or fact.occurred_at > now + CLOCK_SKEW:
        return False
    return append_idle(session, fact, now)


def _locked(session: Session, context_id: int) -> Context | None:
    """Lock a course and read it as it is now, not as it was before we waited."""
    lock_course(session, context_id)
    session.flush()
    return session.get(Context, context_id, populate_existing=True)


def _log(
    session: Session,
    context: Context,
    facts: Iterable[Fact],
    now: datetime,
    recorded: Recorded,
) -> set[int]:
    """Log a course's facts; return whose points, counts or results may have changed."""
    touched: set[int] = set()
    for batch in rounds(facts, BATCH):
        believed = _believed(session, context, batch, now, recorded)
        appended = append(session, believed, now)
        changes = earn(session, context, appended)
        move(session, context, changes, now)
        touched |= {member for member, _ in changes}
        # A result of 105 after one of 100 is worth no more points, and may earn a badge.
        counted = (e for e in appended.entries if e.kind not in UNCOUNTED)
        touched |= {entry.membership_id for entry in counted}
        recorded.new += appended.new
        recorded.corrected += appended.corrected
        recorded.unchanged += appended.unchanged
    return touched


def _believed(
    session: Session,
    context: Context,
    facts: list[Fact],
    now: datetime,
    recorded: Recorded,
) -> list[Fact]:
    """Refuse what does not belong to the course; return the rest."""
    members = _ours(session, Membership, context, {f.membership_id for f in facts})
    items = _ours(session, Item, context, {f.item_id for f in facts if f.item_id})
    believed = []
    for fact in facts:
        if fact.membership_id not in members:
            _refuse(recorded, [fact], "this is not a member of the course")
        elif fact.item_id is not None and fact.item_id not in items:
            _refuse(recorded, [fact], "this is not an item of the course")
        elif fact.occurred_at > now + CLOCK_SKEW:
            _refuse(recorded, [fact], "it lies in the future")
        else:
            believed.append(fact)
    return believed


def _ours(
    session: Session,
    model: type[Membership | Item],
    context: Context,
    ids: set[int],
) -> set[int]:
    if not ids:
        return set()
    query = sa.select(model.id).where(model.context_id == context.id, model.id.in_(ids))
    return set(session.scalars(query))


def _refuse(recorded: Recorded, facts: Iterable[Fact], reason: str) -> None:
    recorded.refused += [Refused(fact, reason) for fact in facts]
