"""How fresh each source of a course is, and what its last try brought."""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from jobs.clock import now
from jobs.outbox import unfinished
from jobs.settings import settings
from lti.errors import (
    AddressRefused,
    LTIError,
    PlatformUnavailable,
    ResourceGone,
    ScopeMissing,
    WalkStopped,
)
from lti.rows import Dropped
from models import Context, ScoreItem, SyncState
from models.upsert import insert

ROSTER, RESULTS, SCORES = "roster", "results", "scores"
QUESTIONS = {ROSTER: "leavers", RESULTS: "cleared"}
"""What may be believed of a source, however unlikely it looks."""
SYNC_COURSE, SYNC_COURSE_NOW = "sync_course", "sync_course_now"
RECOUNT_COURSE = "recount_course"
State = Literal["fresh", "stale", "failed", "running", "never"]

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
PAUSE_AFTER_NO = timedelta(days=1)
ATTEMPT = timedelta(minutes=30)
"""How long an attempt may take until somebody else may begin one."""
ROWS_NAMED = 20
LONGEST_ERROR = 255

# Asked at every launch, so it is put together once.
KNOWN: sa.Select[SyncState | None, bool, bool] = (
    sa.select(
        SyncState,
        unfinished(Context.id, SYNC_COURSE, SYNC_COURSE_NOW),
        unfinished(Context.id, RECOUNT_COURSE),
    )
    .select_from(Context)
    .outerjoin(SyncState, SyncState.context_id == Context.id)
    .where(Context.id == sa.bindparam("course"))
)

ADVICE: dict[type[LTIError], str] = {
    ScopeMissing: "Ask the platform's administrator to allow it for this tool; if the "
    "tool was made anew, open it in the course once.",
    ResourceGone: "Open the tool in the course once; if it ended, all is well.",
    PlatformUnavailable: "Nothing to do: we try again by ourselves.",
    AddressRefused: "If it is right, `flask platform approve` takes --frame-origin.",
    WalkStopped: "What was read is kept. Nobody was taken out.",
}


@dataclass
class Tally:
    """What one try read, changed and left out."""

    counts: Counter[str] = field(default_factory=Counter)
    dropped: list[Dropped] = field(default_factory=list)
    needs: str = ""
    """What a human has to decide, in a sentence."""

    def as_json(self) -> dict[str, Any]:
        reasons = Counter(row.reason for row in self.dropped)
        rows = [f"{row.where}: {row.reason}" for row in self.dropped[:ROWS_NAMED]]
        return {**self.counts, "dropped": dict(reasons), "rows": rows}


@dataclass(frozen=True)
class SourceFreshness:
    """What is known about one source; never tried means all of it is empty."""

    source: str
    succeeded_at: datetime | None
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    error: str | None
    counts: dict[str, Any]
    """What the last success read."""
    is_stale: bool
    """No success for twice the time between two tries."""

    @property
    def has_failed(self) -> bool:
        """Tell whether something went wrong since the last success."""
        if self.succeeded_at is None or self.attempted_at is None:
            return bool(self.error)
        return bool(self.error) and self.succeeded_at < self.attempted_at

    @property
    def asks(self) -> str | None:
        """What a human may believe of it: `leavers` or `cleared`; None: it asks nothing.

        A reading that came to its end needs a look for that alone.
        """
        return (
            QUESTIONS.get(self.source) if self.error and not self.has_failed else None
        )

    @property
    def state(self) -> State:
        """Say in a word how far the last success can be trusted, or why there is none."""
        if self.succeeded_at is not None:
            return "stale" if self.is_stale else "fresh"
        if self.has_failed:
            return "failed"
        return "never" if self.attempted_at is None else "running"


@dataclass(frozen=True)
class Freshness:
    """How much a course's picture can be trusted now."""

    sources: tuple[SourceFreshness, ...]
    """Those the platform offers for this course."""
    is_waiting: bool
    """A synchronisation is asked for and is not done."""
    is_recounted: bool = False
    """Points are about to be counted anew: totals by week may be old ones."""

    @property
    def as_of(self) -> datetime | None:
        """Return since when nothing was missed: the oldest last success."""
        moments = [source.succeeded_at for source in self.sources]
        return min((m for m in moments if m), default=None) if all(moments) else None

    @property
    def is_stale(self) -> bool:
        return any(source.is_stale for source in self.sources)

    @property
    def errors(self) -> tuple[str, ...]:
        return tuple(source.error for source in self.sources if source.error)


def freshness(session: Session, context: Context) -> Freshness:
    """Return how fresh a course's sources are, in one query."""
    moment, every = now(), _every()
    rows = session.execute(KNOWN, {"course": context.id}).all()
    known = {state.source: state for state, _, _ in rows if state is not None}
    return Freshness(
        tuple(
            _source(source, known.get(source), moment - 2 * every)
            for source in offered(context)
        ),
        is_waiting=any(is_waiting for _, is_waiting, _ in rows),
        is_recounted=any(is_recounted for _, _, is_recounted in rows),
    )


def freshness_of_scores(session: Session, context: Context) -> SourceFreshness | None:
    """Return how sending a course's scores went; None where no line item takes any."""
    takes = sa.exists().where(
        ScoreItem.context_id == context.id, ScoreItem.gone_at.is_(None)
    )
    if not session.scalar(sa.select(takes)):
        return None
    state = session.get(SyncState, (context.id, SCORES))
    return _source(SCORES, state, now() - 2 * _every())


def offered(context: Context) -> list[str]:
    """Return the sources whose addresses a launch brought."""
    urls = {ROSTER: context.memberships_url, RESULTS: context.lineitems_url}
    return [source for source, url in urls.items() if url]


def is_paused(state: SyncState | None, moment: datetime) -> bool:
    """Tell whether a source failed lately and is to be left alone for a while."""
    if state is None or not state.failures or state.next_attempt_at is None:
        return False
    return state.next_attempt_at > moment


def note_attempt(session: Session, context_id: int, source: str) -> datetime | None:
    """Write down that a try begins, so that nobody else begins one soon.

    Returns when a human said to believe what it reads, if one did.
    """
    moment = now()
    return _note(
        session,
        context_id,
        source,
        {"attempted_at": moment, "next_attempt_at": moment + ATTEMPT},
    )


def note_word(session: Session, context_id: int, source: str, now: datetime) -> None:
    """Write down that a human said to believe what is read next."""
    _note(session, context_id, source, {"accepted_at": now})


def note_success(session: Session, context_id: int, source: str, tally: Tally) -> None:
    """Write down that a source was read whole, and when it is due again."""
    moment = now()
    values = {
        "succeeded_at": moment,
        "failures": 0,
        "next_attempt_at": moment + _every(),
        "error": tally.needs[:LONGEST_ERROR] or None,
        "counts": tally.as_json(),
    }
    _note(session, context_id, source, values)


def note_failure(
    session: Session, context_id: int, source: str, error: LTIError
) -> str:
    """Write down a failure and when to try again; return it as a sentence.

    What the last success counted stays: it is still what there is to be seen.
    """
    key = (context_id, source)
    state = session.get(SyncState, key, populate_existing=True)
    failures = (state.failures if state else 0) + 1
    text = sentence_of(error)[:LONGEST_ERROR]
    values = {
        "failures": failures,
        "next_attempt_at": now() + pause_after(error, failures, secrets.randbelow),
        "error": text,
    }
    _note(session, context_id, source, values)
    return text


def pause_after(
    error: LTIError, failures: int, chance: Callable[[int], int]
) -> timedelta:
    """Return how long to wait: doubled with each failure, never all at once.

    A platform's own wish is the least; a clear no is asked again after a day.
    """
    if isinstance(error, ScopeMissing | ResourceGone):
        return PAUSE_AFTER_NO
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    jitter = timedelta(seconds=chance(max(int(pause.total_seconds()) // 4, 1)))
    if isinstance(error, PlatformUnavailable) and error.retry_after is not None:
        pause = max(pause, timedelta(seconds=error.retry_after))
    return pause + jitter


def sentence_of(error: LTIError) -> str:
    """Return what went wrong and what to do, for an operator or an instructor."""
    advice = (advice for kind, advice in ADVICE.items() if isinstance(error, kind))
    return f"{error} {next(advice, '')}".strip()


def _source(source: str, state: SyncState | None, oldest: datetime) -> SourceFreshness:
    succeeded_at = state.succeeded_at if state else None
    return SourceFreshness(
        source=source,
        succeeded_at=succeeded_at,
        attempted_at=state.attempted_at if state else None,
        next_attempt_at=state.next_attempt_at if state else None,
        error=state.error if state else None,
        counts=dict(state.counts) if state else {},
        is_stale=succeeded_at is None or succeeded_at < oldest,
    )


def _note(
    session: Session, context_id: int, source: str, values: dict[str, Any]
) -> datetime | None:
    word: datetime | None = session.scalar(
        insert(session, SyncState)
        .values(context_id=context_id, source=source, **values)
        .on_conflict_do_update(index_elements=["context_id", "source"], set_=values)
        .returning(SyncState.accepted_at)
    )
    return word


def _every() -> timedelta:
    return timedelta(minutes=settings().sync_every_minutes)
