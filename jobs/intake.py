"""What others report of learners: each event for itself, and all by the one writer."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from gamification.activity import EVALUATE_COURSE, Fact, FactRefused, record
from gamification.activity.items import NewItem, item_ids, make_items, some_keys
from gamification.activity.recording import CLOCK_SKEW
from gamification.copying.fitting import UNBOUND
from gamification.metrics.people import people_of
from jobs import outbox
from jobs.settings import settings
from models import Context
from models.locks import lock_course

MOST_NAMED = 20
"""So many items are named where somebody reports of one that is not there."""
MANY = ("posted", "spent")
"""Without an attempt these are told apart by their moment, the others are one."""
ONCE = ("submitted", "completed")
"""Done in an item once, whatever attempts a source counts of it."""
SOURCE = "api"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One act of somebody, as it was reported; scores in millionths of a point."""

    user: str
    """Our id of the person, or the platform's."""
    kind: str
    occurred_at: datetime
    item: str | None = None
    """The item's key."""
    label: str = ""
    """What the item is called, where it may have to be made."""
    status: str = "normal"
    score: int | None = None
    maximum: int | None = None
    seconds: int | None = None
    attempt: str = ""


@dataclass(frozen=True)
class BadEvent:
    """An event that was left out, by its place in what was sent."""

    index: int
    reason: str


@dataclass
class Taken:
    """What came of events."""

    new: int = 0
    corrected: int = 0
    unchanged: int = 0
    """Known already, or older than what is known."""
    awarded: int = 0
    """Badges that were earned by it, as far as they were looked at at once."""
    items: list[str] = field(default_factory=list)
    """The keys of items that were made."""
    refused: list[BadEvent] = field(default_factory=list)


def take_in(
    session: Session,
    context: Context,
    events: Sequence[tuple[int, Event]],
    now: datetime,
    *,
    source: str = SOURCE,
) -> Taken:
    """Record a course's events; what is wrong with one stops no other one.

    Each comes with its place, by which it is reported where it is left out. An item
    that is not there is made if its event says what it is called. Locks the course;
    as many statements for a thousand events as for one, but for those of `record`.
    """
    lock_course(session, context.id)
    taken = Taken()
    found = people_of(session, context, {event.user for _, event in events})
    people = {name: person.membership_id for name, person in found.items()}
    known = []
    for index, event in events:
        fault = _fault(context, event, people, source, now)
        if fault:
            taken.refused.append(BadEvent(index, fault))
        else:
            known.append((index, event))
    items = _items(session, context, known, taken)
    facts: list[tuple[int, Fact]] = []
    for index, event in known:
        if event.item is None or event.item in items:
            item = items[event.item] if event.item is not None else None
            fact = _fact(context, event, people[event.user], source)
            # What is sent late is as old as its moment. Clocks differ a little.
            seen_at = min(event.occurred_at, now)
            facts.append((index, replace(fact, item_id=item, seen_at=seen_at)))
    _record(session, context, facts, now, taken)
    taken.refused.sort(key=lambda bad: bad.index)
    return taken


def _record(
    session: Session,
    context: Context,
    facts: Sequence[tuple[int, Fact]],
    now: datetime,
    taken: Taken,
) -> None:
    environment = settings().gamification_enabled
    places = {id(fact): index for index, fact in facts}
    done = record(session, [fact for _, fact in facts], now, environment=environment)
    taken.new, taken.corrected = done.new, done.corrected
    taken.unchanged, taken.awarded = done.unchanged, len(done.awarded)
    taken.refused += [
        BadEvent(places[id(bad.fact)], bad.reason) for bad in done.refused
    ]
    if outbox.is_waiting(session, context.id, EVALUATE_COURSE):
        outbox.wake_after_commit(session)


def _fault(
    context: Context, event: Event, people: dict[str, int], source: str, now: datetime
) -> str:
    """Say what is wrong with an event by itself; mostly nothing."""
    if event.user not in people:
        return "user: nobody in this course has this id"
    if event.item is not None and event.item.startswith(UNBOUND):
        return f'item.key: "{UNBOUND}" begins the name of no item: take another key'
    if event.occurred_at > now + CLOCK_SKEW:
        return "occurred_at: it lies in the future"
    try:
        _fact(context, event, people[event.user], source)
    except FactRefused as refused:
        return str(refused)
    return ""


def _fact(context: Context, event: Event, member: int, source: str) -> Fact:
    return Fact(
        context_id=context.id,
        membership_id=member,
        kind=event.kind,
        occurred_at=event.occurred_at,
        source=source,
        status=event.status,
        score=event.score,
        maximum=event.maximum,
        seconds=event.seconds,
        attempt=_attempt(event),
    )


def _attempt(event: Event) -> str:
    """Return what tells an event from others of its person, kind and item."""
    if event.kind in ONCE and event.item is not None:
        return ""
    if event.kind in MANY and not event.attempt:
        return event.occurred_at.astimezone(UTC).isoformat()
    return event.attempt


def _items(
    session: Session,
    context: Context,
    events: Sequence[tuple[int, Event]],
    taken: Taken,
) -> dict[str, int]:
    """Find the items of events by key; make those that are named, refuse the others."""
    keys = {event.item for _, event in events if event.item is not None}
    found = item_ids(session, context.id, keys) if keys else {}
    wanted: dict[str, NewItem] = {}
    for _, event in events:
        if event.item is not None and event.item not in found and event.label:
            wanted.setdefault(event.item, NewItem(event.label, event.maximum))
    taken.items = list(wanted)
    found |= make_items(session, context.id, wanted, SOURCE)
    missing = [
        index
        for index, event in events
        if event.item is not None and event.item not in found
    ]
    if missing:
        reason = _no_such_item(some_keys(session, context.id, MOST_NAMED))
        taken.refused += [BadEvent(index, reason) for index in missing]
    return found


def _no_such_item(keys: Sequence[str]) -> str:
    more = " and more" if len(keys) > MOST_NAMED else ""
    there = f"{', '.join(keys[:MOST_NAMED])}{more}" if keys else "none"
    return (
        f"item.key: there is no such item; there are {there}. With an item.label it is "
        "made"
    )
