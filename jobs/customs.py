"""A course's own words, levels and breaks, decided together; the caller commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.copying.customs import Customs
from gamification.standings.calendar import set_breaks
from jobs.following import ask_for_all
from jobs.messages import decide_messages
from models import Context


def decide_customs(
    session: Session, context: Context, changed: Customs, by: Giver, now: datetime
) -> None:
    """Let a course be as is said; what is not said stays.

    A level that somebody reached stays theirs. Raises what `decide_messages` raises.
    Locks the course where anything changes.
    """
    texts = {kind: text or None for kind, text in changed.messages.items()}
    if texts:
        decide_messages(session, context, texts, by, now)
    if changed.breaks is not None:
        set_breaks(session, context, changed.breaks)
    if changed.levels is not None:
        context.level_base = changed.levels.base
        context.level_growth = changed.levels.growth
    if changed.levels is not None or changed.breaks is not None:
        ask_for_all(session, context.id, now)
