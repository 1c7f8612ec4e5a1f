"""A course's own words, levels, breaks and leave, decided; the caller commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.copying.customs import Customs
from gamification.standings.calendar import (
    Rest,
    breaks_of,
    excused_of,
    set_breaks,
    set_excused,
)
from gamification.standings.levels import curve_of
from jobs.following import ask_for_all
from jobs.messages import decide_messages
from jobs.noting import note
from models import Context, Membership
from models.locks import lock_course


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
    breaks, levels = changed.breaks, changed.levels
    if breaks is not None and sorted(set(breaks)) != breaks_of(session, context.id):
        set_breaks(session, context, breaks)
        note(session, context, "calendar_saved", by, now, {})
        ask_for_all(session, context.id, now)
    if levels is not None and levels != curve_of(context):
        context.level_base, context.level_growth = levels.base, levels.growth
        note(session, context, "levels_saved", by, now, {})
        ask_for_all(session, context.id, now)


def decide_excused(
    session: Session,
    member: Membership,
    rests: Sequence[Rest],
    by: Giver,
    now: datetime,
) -> None:
    """Let these be all the days on which a member need not work.

    The audit has whose they are, and not which. Locks the course.
    """
    lock_course(session, member.context_id)
    if sorted(set(rests)) == excused_of(session, member):
        return
    set_excused(session, member, rests, by.id, now)
    whose = {"user": member.user.public_id}
    note(session, member.context, "leave_saved", by, now, whose)
    ask_for_all(session, member.context_id, now)
