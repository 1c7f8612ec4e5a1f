"""What an organisation's courses begin with, and what it locks, brought to a course."""

from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Self

from sqlalchemy.orm import Session

from gamification.awards.giving import BY_COMMAND
from gamification.catalog.settings import COLUMNS
from gamification.catalog.settling import Settled, settled
from gamification.standings import assign_aliases, refresh
from gamification.standings.dealing import deal_at_once
from gamification.standings.showing import follow
from jobs.catalog import current_catalog
from jobs.noting import note
from models import Context
from models.locks import lock_course


@dataclass(frozen=True)
class Shown:
    """Whether there is a board, and who is on it without being asked."""

    enabled: bool
    participation: str

    @classmethod
    def of(cls, context: Context) -> Self:
        return cls(context.board_enabled, context.board_participation)


def settle(session: Session, context: Context, now: datetime) -> None:
    """Let a course's settings be what it decided, and else its organisation's.

    Again changes nothing, and costs nothing. Takes the course's lock where it writes;
    what is not flushed of the course's row by then is lost.
    """
    if not _is_due(context, _settled(context)):
        return
    if lock_course(session, context.id):
        session.refresh(context)
    ours, was = _settled(context), Shown.of(context)
    context.given_settings = ours.given
    for column, value in ours.values.items():
        setattr(context, column, value)
    session.flush()
    if not ours.values:
        return
    values = {
        name: ours.values[column]
        for name, column in COLUMNS.items()
        if column in ours.values
    }
    # Whoever runs Laurel wrote the catalog.
    note(session, context, "settings_changed", BY_COMMAND, now, {"settings": values})
    follow_board(session, context, was, now)


def follow_board(session: Session, context: Context, was: Shown, now: datetime) -> None:
    """Let a board be as a course's settings are now. Hold the course's lock."""
    if context.board_participation != was.participation:
        refresh(session, context)
    follow(session, context, now)
    deal_at_once(session, context, now)
    if context.board_enabled and not was.enabled:
        assign_aliases(session, context, SystemRandom())


def _settled(context: Context) -> Settled:
    return settled(context, current_catalog().of(context.tenant.key))


def _is_due(context: Context, ours: Settled) -> bool:
    return bool(ours.values) or ours.given != context.given_settings
