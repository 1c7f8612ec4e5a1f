"""What a human believes of a course's next reading, however unlikely it looks.

A reading without their word stays as careful as ever. It is kept with the course's
sources: a worker that dies loses nothing of it, whatever is asked for already.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from jobs import freshness
from jobs.clock import now
from jobs.freshness import QUESTIONS, RESULTS, ROSTER
from jobs.noting import note
from jobs.steps import Consent, Step
from models import Context, SyncState
from models.locks import lock_course

SOURCES = {what: source for source, what in QUESTIONS.items()}
"""What may be believed, and of which source."""
CONSENTS = {ROSTER: Consent(leavers=True), RESULTS: Consent(cleared=True)}
GOOD_FOR = timedelta(days=1)
"""A word that no reading came to its end with until then is none any more."""


class NotOffered(Exception):
    """A platform does not offer this course what is to be believed."""


def believe(
    session: Session, context: Context, what: Collection[str], by: Giver, now: datetime
) -> None:
    """Let the next reading take out leavers, or scores that vanished, however many.

    With its line in the audit; the caller commits. Raises NotOffered.
    """
    if missing := {SOURCES[one] for one in what} - set(freshness.offered(context)):
        raise NotOffered(", ".join(sorted(missing)))
    lock_course(session, context.id)
    for source in sorted(SOURCES[one] for one in set(what)):
        freshness.note_word(session, context.id, source, now)
    note(session, context, "sync_accepted", by, now, {"accept": sorted(set(what))})


def told(step: Step, source: str, word: datetime | None) -> Step:
    """Return a step that believes what a human said of it, if that was not long ago."""
    if word is None or word <= now() - GOOD_FOR:
        return step
    return replace(step, consent=CONSENTS[source], word=word)


def use_up(step: Step, source: str) -> None:
    """Let a reading that came to its end use its word up, with the caller's transaction.

    What was said since it began is for the next one.
    """
    if step.word is None:
        return
    step.session.execute(
        sa.update(SyncState)
        .where(
            SyncState.context_id == step.course.id,
            SyncState.source == source,
            SyncState.accepted_at == step.word,
        )
        .values(accepted_at=None)
        .execution_options(synchronize_session=False)
    )
