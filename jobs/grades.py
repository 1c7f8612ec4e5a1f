"""Bringing grades over: the line items first, then each one's results as facts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
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

    def sub_of(self, member: int) -> str:
        return next((sub for sub, id_ in self.members.items() if id_ == member), "")


@dataclass(frozen=True)
class _Listed:
    """An item of ours, as the platform lists it."""

    id: int
    label: str


def sync_results(step: Step) -> None:
    """Make the log say what the platform's gradebook says of our line items.

    Raises LTIError when something could not be read whole; what was read is kept.
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
    return _People(
        {sub: id_ for sub, id_, _, _ in rows},
        frozenset(id_ for _, id_, status, _ in rows if status == "active"),
        {sub: public_id for sub, _, _, public_id in rows},
    )


def _sync_item(
    step: Step, people: _People, item_id: int, url: str, scopes: list[str]
) -> None:
    known = log_of(step.session, step.course.id, item_id)
    step.session.rollback()
    basis = _basis(step)
    named: set[int] = set()
    began = seen_at = now()
    pages = 0
    for page in grades.result_pages(step.connector, url, scopes):
        marker = Marker(step.course.id, item_id, seen_at, basis)
        named |= _take(step, people, page, marker, known)
        seen_at, pages = now(), pages + 1
    if pages == 1:
        # In one piece it tells by whom it leaves out whose score was cleared; over
        # several pages somebody may have slipped between two of them.
        marker = Marker(step.course.id, item_id, began, basis)
        _clear(step, people, named, known, marker)


def _basis(step: Step) -> Basis:
    """Say what the platform's dates tell."""
    return "act" if step.connector.platform.tells_acts else "mark"


def _take(
    step: Step, people: _People, page: ResultsPage, marker: Marker, known: Log
) -> set[int]:
    """Record a page's results; return the members it names."""
    step.tally.dropped += page.dropped
    step.tally.counts["results"] += len(page.results)
    told = list[Told]()
    for result in page.results:
        member = people.members.get(result.sub)
        if member is None:
            stranger = "the person is not known in the course"
            step.tally.dropped.append(Dropped("results", stranger, result.sub))
        else:
            told += marker.facts(member, result)
    _record(step, people, known.news(told))
    subs = {result.sub for result in page.results} | page.unclear
    return {people.members[sub] for sub in subs if sub in people.members}


def _clear(
    step: Step, people: _People, named: set[int], known: Log, marker: Marker
) -> None:
    """Take the scores back of those whom the platform no longer names."""
    graded = known.graded()
    missing = graded & people.active - named
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
