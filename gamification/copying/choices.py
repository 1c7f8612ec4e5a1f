"""What else than badges comes from an earlier course, and what stays as it is."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from gamification.catalog.locks import (
    LOCKABLE,
    MESSAGES,
    SCORING,
    SETTINGS,
    is_locked,
)
from gamification.catalog.settling import decided
from gamification.copying.customs import Customs, customs_of
from gamification.copying.settings import nested, settings_of
from gamification.feedback.wording import messages_of
from gamification.metrics.weights import Worth, newest
from gamification.standings.calendar import Rest
from gamification.standings.levels import Curve
from models import Context

KEPT = "The settings of the leaderboard are kept as they are by the organisation."
STAYS = "The settings of the leaderboard were chosen here, and stay."
MESSAGES_KEPT = "What learners are told is kept as it is by the organisation."
MESSAGE_STAYS = "The message “{}” was decided here, and stays."
LEVELS_STAY = "The levels were chosen here, and stay."
BREAKS_STAY = "The breaks were decided here, and stay."
BREAKS_UNDATED = "No break comes: give shift_days, or both courses' terms."
WEIGHTS_KEPT = "What facts are worth is kept as it is by the organisation."
WEIGHTS_STAY = "What facts are worth was decided here, and stays."
CURVE_AS_DELIVERED = Curve()


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
    # What its organisation gave it, nobody chose in it.
    if decided(target):
        return {}, [] if theirs["board"] == ours["board"] else [STAYS]
    is_chosen = target.time_zone or target.next_time_zone
    chosen = nested(decided(source))
    if is_chosen or is_locked(wanted.locks, f"{SETTINGS}.time_zone"):
        return chosen, []
    return {**chosen, "time_zone": ours["time_zone"]}, []


def customs_to_take(
    session: Session,
    courses: tuple[Context, Context],
    distance: timedelta | None,
    wanted: Wanted,
) -> tuple[Customs, list[str]]:
    """Return which of a course's words, levels and breaks to take to another.

    `courses` are the earlier one and the new one. Also what is said of those that
    are not taken. Breaks move with the terms; by an unknown distance they do not come.
    """
    ours, theirs = (customs_of(session, one) for one in courses)
    texts, kept = _messages_to_take(session, courses[1], ours, wanted)
    breaks, stays = _breaks_to_take(ours.breaks or (), theirs.breaks or (), distance)
    is_open = theirs.levels == CURVE_AS_DELIVERED
    if theirs.levels not in {ours.levels, CURVE_AS_DELIVERED}:
        stays = [LEVELS_STAY, *stays]
    return Customs(texts, ours.levels if is_open else None, breaks), [*kept, *stays]


def _messages_to_take(
    session: Session, target: Context, ours: Customs, wanted: Wanted
) -> tuple[dict[str, str], list[str]]:
    there = messages_of(session, target.id, {})
    other = {k: text for k, text in ours.messages.items() if there[k].text != text}
    if other and is_locked(wanted.locks, MESSAGES):
        return {}, [MESSAGES_KEPT]
    # Whoever went back to the organisation's words has decided, too.
    free = {kind: text for kind, text in other.items() if not there[kind].version}
    stays = [MESSAGE_STAYS.format(kind) for kind in sorted(other.keys() - free.keys())]
    return free, stays


def _breaks_to_take(
    ours: tuple[Rest, ...], theirs: tuple[Rest, ...], distance: timedelta | None
) -> tuple[tuple[Rest, ...] | None, list[str]]:
    if not ours:
        return None, []
    if distance is None:
        return None, [] if theirs else [BREAKS_UNDATED]
    there = tuple(sorted(_shifted(rest, distance) for rest in ours))
    if theirs:
        return None, [] if theirs == there else [BREAKS_STAY]
    return there, []


def _shifted(rest: Rest, by: timedelta) -> Rest:
    """Return a break as many days later; where the calendar ends it stays."""
    try:
        return replace(rest, first=rest.first + by, last=rest.last + by)
    except OverflowError:
        return rest


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
