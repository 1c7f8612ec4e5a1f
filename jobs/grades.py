"""Bringing grades over: the line items first, then each one's results as facts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import sqlalchemy as sa

from gamification.activity import Fact, Recorded, record
from jobs.attempts import Basis, Told
from jobs.clock import now
from jobs.following import ask_for_all
from jobs.marks import Log, Marker, are_believable, log_of
from jobs.settings import settings
from jobs.steps import Step, chunks
from lti import grades, items, score_items
from lti.errors import ResourceGone
from lti.grades import LineItem, Result, ResultsPage
from lti.rows import Dropped
from models import Context, Membership, User, UserIdentity

AT_ONCE = 100
"""How many facts one transaction records: SQLite's other writers wait for it."""
PAUSE_SECONDS = 0.01
"""Between two of them: whoever waits for SQLite is not told when it is free."""


@dataclass(frozen=True)
class _People:
    members: dict[str, int]
    """Every membership, by the person's id at the platform."""
    active: frozenset[int]
    public_ids: dict[str, str]
    """Our ids of people, by the platform's."""
    several: dict[int, frozenset[str]]
    """All ids of those whom the platform knows by more than one."""

    def sub_of(self, member: int) -> str:
        return next((sub for sub, id_ in self.members.items() if id_ == member), "")


@dataclass(frozen=True)
class _Reading:
    """One item: what is known of it, and what its pages of results say so far."""

    people: _People
    known: Log
    named: set[str] = field(default_factory=set)
    """Everybody on the pages, by the platform's ids."""
    held: dict[int, dict[str, Result]] = field(default_factory=dict)
    """The rows of people of several ids, who may be on several pages."""


@dataclass(frozen=True)
class _Listed:
    """An item of ours, as the platform lists it."""

    id: int
    label: str


def sync_results(step: Step) -> None:
    """Make the log say what the platform's gradebook says of our line items.

    Raises LTIError when something could not be read whole; what was read is kept, but
    for people of several ids, of whom an item is read whole or not at all.
    `tally.needs` tells when too many scores vanished to believe it.
    """
    scopes = grades.reading_scopes(step.course.ags_scopes)
    listed = _line_items(step, scopes)
    people = _people(step)
    for url, item in listed.items():
        dropped = step.tally.dropped
        first = len(dropped)
        try:
            _sync_item(step, people, item.id, url, scopes)
        except ResourceGone:
            # Deleted since it was listed: the next list will not have it.
            step.tally.counts["gone"] += 1
        finally:
            dropped[first:] = [
                row.told(item.label, people.public_ids) for row in dropped[first:]
            ]


def _line_items(step: Step, scopes: list[str]) -> dict[str, _Listed]:
    line_items: list[LineItem] = []
    url = step.course.lineitems_url
    for page in grades.line_item_pages(step.connector, url, scopes):
        step.tally.dropped += page.dropped
        line_items += page.line_items
    ours = [item for item in line_items if score_items.takes_scores(item)]
    # Our own scores come of facts: read back, they would be facts of themselves.
    line_items = [item for item in line_items if not score_items.takes_scores(item)]

    def store(context: Context) -> tuple[dict[str, int], int]:
        score_items.store(step.session, context, ours, now())
        before = items.gone_items(step.session, context)
        listed = items.store_items(step.session, context, line_items)
        gone = items.mark_gone(step.session, context, set(listed.values()), now())
        if gone or before & set(listed.values()):
            # A module is smaller without what is gone, and larger with what is back.
            ask_for_all(step.session, context.id, now())
        return listed, gone

    listed, gone = step.written(store)
    step.tally.counts["items"] = len(listed)
    step.tally.counts["gone"] = gone
    return {
        item.url: _Listed(listed[item.url], item.label)
        for item in line_items
        if item.url in listed
    }


def _people(step: Step) -> _People:
    query = (
        sa.select(UserIdentity.sub, Membership.id, Membership.status, User.public_id)
        .join(Membership, Membership.user_id == UserIdentity.user_id)
        .join(User, User.id == Membership.user_id)
        .join(Context, Context.id == Membership.context_id)
        .where(
            Context.id == step.course.id,
            # The same id may be another's at another platform of theirs.
            UserIdentity.registration_id == Context.registration_id,
        )
    )
    rows = step.session.execute(query).all()
    ids: dict[int, set[str]] = {}
    for sub, id_, _, _ in rows:
        ids.setdefault(id_, set()).add(sub)
    return _People(
        {sub: id_ for sub, id_, _, _ in rows},
        frozenset(id_ for _, id_, status, _ in rows if status == "active"),
        {sub: public_id for sub, _, _, public_id in rows},
        {id_: frozenset(subs) for id_, subs in ids.items() if len(subs) > 1},
    )


def _sync_item(
    step: Step, people: _People, item_id: int, url: str, scopes: list[str]
) -> None:
    known = log_of(step.session, step.course.id, item_id)
    reading = _Reading(people, known)
    step.session.rollback()
    basis = _basis(step)
    began = seen_at = now()
    pages = 0
    for page in grades.result_pages(step.connector, url, scopes):
        marker = Marker(step.course.id, item_id, seen_at, basis)
        _take(step, reading, page, marker)
        seen_at, pages = now(), pages + 1
    marker = Marker(step.course.id, item_id, began, basis)
    # In one piece it tells by whom it leaves out whose score was cleared; over
    # several pages somebody may have slipped between two of them.
    is_whole = pages == 1
    _take_held(step, reading, marker, is_whole=is_whole)
    if is_whole:
        _clear(step, reading, marker)


def _basis(step: Step) -> Basis:
    """Say what the platform's dates tell."""
    return "act" if step.connector.platform.tells_acts else "mark"


def _take(step: Step, reading: _Reading, page: ResultsPage, marker: Marker) -> None:
    """Record a page's results, but for those that wait for another page's."""
    people = reading.people
    step.tally.dropped += page.dropped
    step.tally.counts["results"] += len(page.results)
    told = list[Told]()
    for result in page.results:
        member = people.members.get(result.sub)
        if member is None:
            stranger = "the person is not known in the course"
            step.tally.dropped.append(Dropped("results", stranger, result.sub))
        elif member in people.several:
            reading.held.setdefault(member, {})[result.sub] = result
        else:
            told += marker.facts(member, result)
    _record(step, people, reading.known.news(told))
    reading.named.update(page.unclear, (result.sub for result in page.results))


def _take_held(
    step: Step, reading: _Reading, marker: Marker, *, is_whole: bool
) -> None:
    """Record what is said of people of several ids, of all their ids at once."""
    told = list[Told]()
    for member, rows in reading.held.items():
        for sub in sorted(rows):
            told += marker.facts(member, rows[sub])
        if _is_open(step, reading, member, is_whole=is_whole):
            told += marker.again(member, reading.known)
    _record(step, reading.people, reading.known.news(told))


def _is_open(step: Step, reading: _Reading, member: int, *, is_whole: bool) -> bool:
    """Tell whether somebody may have a score under an id that has no row here.

    A row that cannot be read may hold one, and one that slipped between two pages.
    What an id had that has left stays, too, until another has a score there.
    """
    rows = reading.held[member]
    others = reading.people.several[member] - rows.keys()
    if not others:
        return False
    if others & reading.named:
        return True
    if any(row.score is not None for row in rows.values()):
        return not (is_whole or (step.present and others.isdisjoint(step.present)))
    return not (is_whole and others <= step.present)


def _clear(step: Step, reading: _Reading, marker: Marker) -> None:
    """Take the scores back of those whom the platform no longer names.

    Of people of several ids all must be in the course.
    """
    people, known = reading.people, reading.known
    named = {people.members[sub] for sub in reading.named if sub in people.members}
    here = {id_ for id_, subs in people.several.items() if subs <= step.present}
    graded = known.graded()
    missing = (graded & people.active - named) - (people.several.keys() - here)
    if not (step.consent.cleared or are_believable(missing, graded)):
        step.tally.needs = (
            f"{len(missing)} of {len(graded)} scores of one activity vanished at once; "
            "they were kept. If that is right, a teacher says so on the course's page, "
            "or the operator by `flask sync run` with --course and --accept-cleared."
        )
        return
    told = list[Told]()
    for member in sorted(missing):
        told += marker.facts(member, Result("", None, None, None))
    _record(step, people, known.news(told))


def _record(step: Step, people: _People, facts: Sequence[Fact]) -> None:
    """Record facts in transactions that are short enough for everybody else."""

    def log(batch: Sequence[Fact], _context: Context) -> Recorded:
        environment = settings().gamification_enabled
        return record(step.session, batch, now(), environment=environment)

    for number, batch in enumerate(chunks(facts, AT_ONCE)):
        if number:
            time.sleep(PAUSE_SECONDS)
        recorded = step.written(partial(log, batch))
        step.tally.counts["recorded"] += recorded.new + recorded.corrected
        step.tally.counts["awards"] += len(recorded.awarded)
        step.tally.dropped += [
            Dropped(
                "results", refused.reason, people.sub_of(refused.fact.membership_id)
            )
            for refused in recorded.refused
        ]
