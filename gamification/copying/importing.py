"""From an earlier course to a new one: what comes along, and what does not.

It fills what is empty and takes nothing away: what was decided in the new course
stays, so doing it again changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame, frame_of
from gamification.awards.findings import senseless_in
from gamification.awards.saving import TooMany
from gamification.catalog.adoption import OWN
from gamification.catalog.circles import circle_in
from gamification.catalog.locks import (
    BADGES,
    is_locked,
)
from gamification.copying.applying import without_room
from gamification.copying.checking import Judge
from gamification.copying.choices import (
    Wanted,
    customs_to_take,
    settings_to_take,
    weights_of,
    weights_to_take,
)
from gamification.copying.dates import Moved, moved
from gamification.copying.differences import differences
from gamification.copying.fitting import UNBOUND, Fitted, fitted
from gamification.copying.mapping import Place
from gamification.copying.outline import (
    Entry,
    Outline,
    entries_of,
    outline_of,
    places_of,
    set_keys_of,
    sets_of,
)
from gamification.copying.weights import together
from gamification.metrics.weights import Worth
from models import Badge, Context


@dataclass(frozen=True)
class Import:
    """What an earlier course brings, in the words of the new one."""

    before: Outline
    after: Outline
    changes: list[str]
    """One sentence for each difference."""
    drafts: list[str]
    """The badges that come as drafts, and what they lack."""
    mapping: list[tuple[Place, Place]]
    """The items and sets of them that rules name, there and here."""
    dates: list[str]
    """What becomes of the days in rules."""
    stays: list[str]
    """What is not taken, and why."""


def plan_import(
    session: Session,
    source: Context,
    target: Context,
    wanted: Wanted,
    now: datetime,
) -> Import:
    """Say what a course would bring to another; nothing is written.

    The new course has its catalog's badges already. Raises TooMany.
    """
    before = outline_of(session, target)
    distance = _distance(source, target, wanted.shift_days)
    theirs, shifted = _brought(session, source, distance)
    fit = fitted(theirs, before)
    worths, left = weights_to_take(session, target, fit.outline.weights, wanted)
    judge = _judge(session, frame_of(session, target, now, []), before, worths)
    fit = _sensible(fit, judge)
    retired = _retired(session, (source.id, target.id))
    taken, stays = _taken(fit, before, retired[target.id], wanted)
    given = {entry.key for entry in taken}
    if without_room(session, target.id, given):
        raise TooMany
    gone = _gone(before, retired[source.id] - given, wanted)
    badges = _merged(before, taken, gone)
    settings, kept = settings_to_take(source, target, wanted)
    customs, own = customs_to_take(session, (source, target), distance, wanted)
    after = replace(
        before, settings=settings, badges=badges, weights=worths, customs=customs
    )
    return Import(
        before=before,
        after=after,
        changes=differences(before, after),
        drafts=_drafts(fit, taken, judge),
        mapping=_mapping(theirs, fit),
        dates=[_dated(one, distance) for one in shifted if one.entry.key in given],
        stays=[*kept, *left, *(fit.left if worths else ()), *own, *stays],
    )


def _judge(
    session: Session, frame: Frame, before: Outline, worths: Iterable[Worth]
) -> Judge:
    """Return the judge of rules in a course that takes some weights."""
    others = together(before.weights, worths)
    return partial(senseless_in, session, frame=frame, worths=others)


def _brought(
    session: Session, source: Context, distance: timedelta | None
) -> tuple[Outline, list[Moved]]:
    """Return the badges that a course made its own, and those of them with days."""
    own = entries_of(session, source.id, (OWN,))
    # From when facts count there is that course's past.
    shifted = [moved(replace(entry, since=None), distance) for entry in own]
    theirs = Outline(
        course=source.public_id,
        badges=tuple(one.entry for one in shifted),
        items=tuple(places_of(session, source.id, with_gone=True)),
        sets=tuple(sets_of(session, source.id, set_keys_of(own))),
        weights=weights_of(session, source),
    )
    return theirs, [one for one in shifted if one.days]


def _drafts(fit: Fitted, taken: Iterable[Entry], judge: Judge) -> list[str]:
    lacks = {lack.badge: str(lack) for lack in fit.lacks}
    said = []
    for entry in taken:
        if entry.key in lacks:
            said.append(lacks[entry.key])
        elif entry.state == "draft":
            why = judge(entry.definition.criterion)
            said.append(" ".join([f"{_named(entry)} is a draft.", *why]))
    return said


def _mapping(theirs: Outline, fit: Fitted) -> list[tuple[Place, Place]]:
    sides = (
        (theirs.named_items, fit.outline.items, fit.pairs),
        (theirs.named_sets, fit.outline.sets, fit.set_pairs),
    )
    return [
        (place, one)
        for named, there, pairs in sides
        for place in named
        for one in there
        if pairs.get(place.key) == one.key
    ]


def _distance(
    source: Context, target: Context, shift_days: int | None
) -> timedelta | None:
    if shift_days is not None:
        return timedelta(days=shift_days)
    if source.term_start is None or target.term_start is None:
        return None
    return target.term_start - source.term_start


def _retired(session: Session, courses: Iterable[int]) -> dict[int, set[str]]:
    """Return the keys that each course has taken out by its own decision."""
    found: dict[int, set[str]] = {course: set() for course in courses}
    query = sa.select(Badge.context_id, Badge.key).where(
        Badge.context_id.in_(found), Badge.state == "retired", Badge.origin == OWN
    )
    for course, key in session.execute(query):
        found[course].add(key)
    return found


def _taken(
    fit: Fitted, before: Outline, retired: set[str], wanted: Wanted
) -> tuple[list[Entry], list[str]]:
    """Return the badges that come, and say of the others why they do not."""
    taken: dict[str, Entry] = {}
    stays = []
    known = before.by_key
    for entry in fit.outline.badges or ():
        why = _why_not(entry, known.get(entry.key), retired, wanted)
        if why is None:
            taken[entry.key] = entry
        elif why:
            stays.append(f"{_named(entry)} {why}")
    while lost := _lost(taken, known):
        for key, why in lost.items():
            stays.append(f"{_named(taken.pop(key))} does not come: {why}.")
    return list(taken.values()), stays


def _why_not(
    entry: Entry, ours: Entry | None, retired: set[str], wanted: Wanted
) -> str | None:
    """Return why a badge does not come, nothing where it is here; None: it comes."""
    if ours is not None and ours.words == entry.words and not _is_open(ours):
        return ""
    if is_locked(wanted.locks, f"{BADGES}.{entry.key}"):
        return "is kept as it is by the organisation."
    if entry.key in retired:
        return "was taken out here, and stays so."
    if ours is None or _is_open(ours):
        return None
    return "is this course's own, and stays as it is."


def _lost(taken: Mapping[str, Entry], known: Mapping[str, Entry]) -> dict[str, str]:
    """Return which of the badges ask for one that is not here, or for themselves."""
    asked = {
        key: entry.definition.criterion.prerequisites
        for key, entry in {**known, **taken}.items()
    }
    lost = {
        key: f"it asks for {', '.join(missing)}, which is not here"
        for key in taken
        if (missing := sorted({*asked[key]} - asked.keys()))
    }
    around = circle_in(asked)
    circle = f"badges would ask for each other: {' → '.join(around)}"
    return lost | {key: circle for key in around if key in taken}


def _is_open(ours: Entry) -> bool:
    """Tell whether a badge may be replaced: the catalog's, or a draft to be bound."""
    keys = ours.item_keys | ours.set_keys
    is_unbound = any(key.startswith(UNBOUND) for key in keys)
    return ours.definition.origin != OWN or (ours.state == "draft" and is_unbound)


def _gone(before: Outline, keys: set[str], wanted: Wanted) -> set[str]:
    """Return the catalog's badges that the earlier course had taken out."""
    return {
        entry.key
        for entry in before.badges or ()
        if entry.key in keys and entry.definition.origin != OWN
        if not is_locked(wanted.locks, f"{BADGES}.{entry.key}")
    }


def _merged(
    before: Outline, taken: Iterable[Entry], gone: set[str]
) -> tuple[Entry, ...]:
    merged = {**before.by_key, **{entry.key: entry for entry in taken}}
    return tuple(merged[key] for key in sorted(merged) if key not in gone)


def _sensible(fit: Fitted, judge: Judge) -> Fitted:
    """Let a rule that makes no sense in the new course be a draft there."""
    badges = tuple(
        entry.ruled(entry.definition.criterion, "draft")
        if entry.state != "draft" and judge(entry.definition.criterion)
        else entry
        for entry in fit.outline.badges or ()
    )
    return replace(fit, outline=replace(fit.outline, badges=badges))


def _dated(one: Moved, distance: timedelta | None) -> str:
    days = ", ".join(
        f"{was}" if was == becomes else f"{was} becomes {becomes}"
        for was, becomes in one.days
    )
    if distance is None:
        return (
            f"{_named(one.entry)} keeps its days ({days}): give shift_days, or both "
            "courses' terms."
        )
    return f"{_named(one.entry)}: {days}."


def _named(entry: Entry) -> str:
    return f"The badge “{entry.definition.label}” ({entry.key})"
