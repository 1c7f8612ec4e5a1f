"""Keeping courses in step with their platforms."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from gamification.activity import request
from gamification.switches import switch_of
from jobs import believing, faults, freshness, outbox
from jobs.catalog import adopt_catalog
from jobs.clock import now
from jobs.connections import connected
from jobs.freshness import RESULTS, ROSTER, SYNC_COURSE, SYNC_COURSE_NOW, Tally
from jobs.grades import sync_results
from jobs.rosters import sync_roster
from jobs.settings import settings
from jobs.settling import settle
from jobs.steps import Consent, Course, Step, written
from jobs.turns import Turn, turn
from lti.errors import LTIError, PlatformNotApproved
from models import Context, Registration, SyncState, Tenant
from models.db import db
from models.locks import begin_write, retried

WORKS: dict[str, Callable[[Step], None]] = {ROSTER: sync_roster, RESULTS: sync_results}
NO_CONSENT = Consent()

LAUNCHES_ASK_AGAIN_AFTER = timedelta(minutes=5)
DUE_AT_ONCE = 200
STATES = sa.select(SyncState).where(SyncState.context_id == sa.bindparam("course"))


@dataclass(frozen=True)
class SourceReport:
    """What became of one source; `error` says what went wrong and what to do."""

    source: str
    tally: Tally
    error: str | None


@dataclass(frozen=True)
class SyncReport:
    """What became of one course; no sources if it is off, or was not its turn."""

    context_id: int
    sources: tuple[SourceReport, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(source.error for source in self.sources)


def sync_course(
    context_id: int, *, now_please: bool = False, consent: Consent = NO_CONSENT
) -> SyncReport:
    """Read a course's roster and results from its platform, and commit step by step.

    A course that is off is left alone: nothing about it is fetched. A source that
    failed lately is left alone until its pause is over, unless a human asks. Raises
    NotItsTurn while the course is being read.
    """
    session = db.session()
    session.rollback()
    context = session.get_one(Context, context_id)
    sources = _sources(session, context, now_please=now_please)
    if not sources or not may_sync(context):
        return SyncReport(context_id)
    with turn(session, context_id) as ours:
        return _read(ours, sources, consent)


def _read(turn: Turn, sources: list[str], consent: Consent) -> SyncReport:
    session, context_id = turn.session, turn.context_id
    written(session, context_id, lambda c: _adopt(session, c, now()))
    context = session.get_one(Context, context_id)
    course, registration_id = Course.of(context), context.registration_id
    present = set[str]()
    try:
        with connected(session, registration_id) as connector:
            reports = [
                _sync(
                    source,
                    Step(turn, course, connector, Tally(), consent, present=present),
                )
                for source in sources
            ]
    except PlatformNotApproved:  # disabled since we looked: off, like the others
        return SyncReport(context_id)
    return SyncReport(context_id, tuple(reports))


def _adopt(session: Session, context: Context, now: datetime) -> None:
    """Give a course what the catalog says by now: its settings and its badges."""
    settle(session, context, now)
    adopt_catalog(session, context, now)


def sync_course_now(context_id: int) -> SyncReport:
    """Read a course at once: a human asked."""
    return sync_course(context_id, now_please=True)


def sync_due_courses() -> int:
    """Ask for every course whose time has come; return how many."""
    session = db.session()
    moment = now()
    due = session.scalars(_due(moment)).all() if settings().gamification_enabled else []
    session.rollback()

    def ask() -> None:
        begin_write(session)
        for context_id in sorted(due):
            request(session, SYNC_COURSE, context_id, moment, moment)
        outbox.wake_after_commit(session)
        session.commit()

    if due:
        retried(session, ask)
    return len(due)


def request_sync(
    session: Session, context: Context, now: datetime, *, now_please: bool = False
) -> bool:
    """Ask the worker for a course, once while it waits; return whether it is asked.

    It happens soon after the caller committed. A launch asks politely: not again
    within five minutes, and not while a platform that failed is left alone; a human
    asks with `now_please`. Courses that are off are not asked for.
    """
    if not may_sync(context) or not freshness.offered(context):
        return False
    if not (now_please or _is_worth_asking(session, context, now)):
        return False
    job = SYNC_COURSE_NOW if now_please else SYNC_COURSE
    if not outbox.is_waiting(session, context.id, job):
        request(session, job, context.id, now, now)
        outbox.wake_after_commit(session)
    return True


def may_sync(context: Context) -> bool:
    """Tell whether a course is on, all three switches, and its platform admitted."""
    environment = settings().gamification_enabled
    is_admitted = context.registration.state == "active"
    return is_admitted and switch_of(context, environment=environment).on


def _sources(session: Session, context: Context, *, now_please: bool) -> list[str]:
    states = _states(session, context)
    return [
        source
        for source in freshness.offered(context)
        if now_please or not freshness.is_paused(states.get(source), now())
    ]


def _is_worth_asking(session: Session, context: Context, moment: datetime) -> bool:
    states = _states(session, context)
    recently = moment - LAUNCHES_ASK_AGAIN_AFTER
    for source in freshness.offered(context):
        state = states.get(source)
        if state is None or state.attempted_at is None:
            return True
        if state.attempted_at < recently and not freshness.is_paused(state, moment):
            return True
    return False


def _states(session: Session, context: Context) -> dict[str, SyncState]:
    states = session.scalars(STATES, {"course": context.id})
    return {state.source: state for state in states}


def _sync(source: str, step: Step) -> SourceReport:
    session, course_id, tally = step.session, step.course.id, step.tally

    def begin(_context: Context) -> Step:
        word = freshness.note_attempt(session, course_id, source)
        return believing.told(step, source, word)

    def note(_context: Context, *, failure: LTIError | None = None) -> str | None:
        if failure is not None:
            return freshness.note_failure(session, course_id, source, failure)
        believing.use_up(believed, source)
        freshness.note_success(session, course_id, source, tally)
        return tally.needs or None

    believed = step.written(begin)
    try:
        WORKS[source](believed)
    except LTIError as error:
        said = step.written(partial(note, failure=error))
    except Exception as error:  # noqa: BLE001 -- it is noted, and the other source is read
        fault = faults.logged(f"Reading the {source} of course {course_id}", error)
        said = step.written(partial(note, failure=fault))
    else:
        said = step.written(note)
    return SourceReport(source, tally, said)


def _due(moment: datetime) -> sa.Select[int]:
    """Select the courses that are on and have a source that is due."""

    def is_due(
        source: str, url: InstrumentedAttribute[str | None]
    ) -> sa.ColumnElement[bool]:
        settled = sa.exists().where(
            SyncState.context_id == Context.id,
            SyncState.source == source,
            SyncState.next_attempt_at > moment,
        )
        return sa.and_(url.is_not(None), ~settled)

    return (
        sa.select(Context.id)
        .join(Tenant, Tenant.id == Context.tenant_id)
        .join(Registration, Registration.id == Context.registration_id)
        .where(
            Context.enabled,
            Tenant.enabled,
            Registration.state == "active",
            sa.or_(
                is_due(ROSTER, Context.memberships_url),
                is_due(RESULTS, Context.lineitems_url),
            ),
        )
        .order_by(_longest_due(), Context.id)
        .limit(DUE_AT_ONCE)
    )


def _longest_due() -> sa.UnaryExpression[datetime | None]:
    """Return since when a course is due; who was never read comes first."""
    first = sa.select(sa.func.min(SyncState.next_attempt_at)).where(
        SyncState.context_id == Context.id
    )
    return first.scalar_subquery().asc().nulls_first()
