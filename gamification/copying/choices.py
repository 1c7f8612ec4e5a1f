"""What else than badges comes from an earlier course, and what stays as it is."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from gamification.catalog.locks import LOCKABLE, SCORING, SETTINGS, is_locked
from gamification.copying.settings import BOARD_AS_DELIVERED, settings_of
from gamification.metrics.weights import Worth, newest
from models import Context

KEPT = "The settings of the leaderboard are kept as they are by the organisation."
STAYS = "The settings of the leaderboard were chosen here, and stay."
WEIGHTS_KEPT = "What facts are worth is kept as it is by the organisation."
WEIGHTS_STAY = "What facts are worth was decided here, and stays."


@dataclass(frozen=True)
class Wanted:
    """How an earlier course is to be taken."""

    shift_days: int | None = None
    """By so many days the days in rules move; None: by the distance of the terms'
    starts, and if that is not known they stay."""
    locks: tuple[str, ...] = ()
    """What the organisation keeps as it is."""


def settings_to_take(
    source: Context, target: Context, wanted: Wanted
) -> tuple[dict[str, Any], list[str]]:
    """Return the settings to take, and what is said of those that are not."""
    ours, theirs = settings_of(source), settings_of(target)
    names = [name for name in LOCKABLE if name.startswith(f"{SETTINGS}.board")]
    if any(is_locked(wanted.locks, name) for name in names):
        return {}, [] if theirs["board"] == ours["board"] else [KEPT]
    if theirs["board"] != BOARD_AS_DELIVERED:
        return {}, [] if theirs["board"] == ours["board"] else [STAYS]
    is_chosen = target.time_zone or target.next_time_zone
    if is_chosen or is_locked(wanted.locks, f"{SETTINGS}.time_zone"):
        return {"board": ours["board"]}, []
    return {"board": ours["board"], "time_zone": ours["time_zone"]}, []


def weights_of(session: Session, source: Context) -> tuple[Worth, ...]:
    """Return what a course decided facts are worth: from the first day of another."""
    version, worths = newest(session, source.id)
    if not version:
        return ()
    return tuple(replace(worth, effective_from=None) for worth in worths)


def weights_to_take(
    session: Session, target: Context, worths: tuple[Worth, ...], wanted: Wanted
) -> tuple[tuple[Worth, ...], list[str]]:
    """Return the weights to take, and what is said where none are."""
    version, ours = newest(session, target.id)
    if all(worth in ours for worth in worths):
        return (), []
    if is_locked(wanted.locks, SCORING):
        return (), [WEIGHTS_KEPT]
    if version:
        return (), [WEIGHTS_STAY]
    return worths, []
