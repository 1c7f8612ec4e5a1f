"""What a course says to its learners, by all three layers; the caller commits."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.catalog.locks import MESSAGES, is_locked
from gamification.catalog.messages import SHIPPED
from gamification.feedback.wording import Message, messages_of, save_messages
from jobs.catalog import current_catalog
from jobs.locking import locks_of, refuse_locked
from jobs.noting import note
from models import Context


def messages_in(session: Session, context: Context) -> dict[str, Message]:
    """Return a course's messages by their kinds, in one query."""
    said = current_catalog().of(context.tenant.key).messages
    return messages_of(session, context.id, said)


def words_below(context: Context) -> dict[str, str]:
    """Return what is said in a course that says nothing of its own, by kind."""
    return {**SHIPPED, **current_catalog().of(context.tenant.key).messages}


def decide_messages(
    session: Session,
    context: Context,
    texts: Mapping[str, str | None],
    by: Giver,
    now: datetime,
) -> None:
    """Let a course say something else; raise what `save_messages` raises, and Locked.

    The audit has which, and not the words.
    """
    refuse_locked(context, by, MESSAGES)
    if not save_messages(session, context, texts, now):
        return
    note(session, context, "messages_saved", by, now, {"kinds": sorted(texts)})


def are_locked(context: Context) -> bool:
    """Tell whether a course's organisation keeps its messages as they are."""
    return is_locked(locks_of(context), MESSAGES)
