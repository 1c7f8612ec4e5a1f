"""A course's configuration as one text: what it would change, and changing it."""

from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError

from gamification.awards.compiled import Frame, frame_of
from gamification.awards.giving import Giver
from gamification.catalog.locks import BADGES, MESSAGES, SCORING, SETTINGS
from gamification.copying.applying import apply_badges, changed_keys
from gamification.copying.checking import Target, check
from gamification.copying.customs import Customs, changed_customs
from gamification.copying.differences import (
    changed_settings,
    changed_weights,
    differences,
)
from gamification.copying.fitting import fitted
from gamification.copying.outline import Outline, outline_of
from gamification.copying.reading import BadFile, Fault, Reading, read
from jobs.clock import now
from jobs.customs import decide_customs
from jobs.following import ask_for_all
from jobs.locking import refuse_locked
from jobs.noting import note
from jobs.scoring import save_scoring
from models import Context
from models.db import db
from views.api import setting_schemas as schemas
from views.api.changes import change
from views.api.customs_in_text import customs_in
from views.api.weights_in_text import weights_in
from views.pages import switch_now

SHAPES: dict[tuple[str, ...], type[BaseModel]] = {
    (): schemas.SettingsChange,
    ("board",): schemas.BoardChange,
    ("board", "span"): schemas.SpanChange,
    ("term",): schemas.Term,
}
NOT_IN_A_FILE = ("enabled", "locked")
ITS_OWN = "this is decided in the course itself, and by no file; leave it out"


@dataclass(frozen=True)
class Plan:
    """What a text would make of a course."""

    before: Outline
    after: Outline
    settings: schemas.SettingsChange
    changes: list[str]
    """One sentence for each difference."""
    drafts: list[str]
    """The badges that become drafts, and what they lack."""


@dataclass(frozen=True)
class Parsed:
    """A text that was read; whether it fits a course is not asked yet."""

    written: Outline
    reading: Reading
    settings: schemas.SettingsChange


def parse(raw: bytes) -> Parsed:
    """Read a text, without a look at any course: nobody waits for it meanwhile.

    Raises BadFile for what is no such text at all; other faults are in what it returns.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise BadFile([Fault(0, "", "the text is not in UTF-8")]) from None
    written, reading = read(text)
    settings = _settings(reading)
    decided = replace(written, weights=weights_in(reading), customs=customs_in(reading))
    return Parsed(decided, reading, settings)


def plan(context: Context, parsed: Parsed, by: Giver) -> Plan:
    """Say what a text would make of a course; nothing is written.

    Raises BadFile with all that is wrong with it, and Locked where it changes what the
    organisation keeps as it is.
    """
    before = outline_of(db.session(), context)
    written, reading, settings = parsed.written, parsed.reading, parsed.settings
    fit = fitted(written, before)
    target = Target(db.session(), before, _frame(context, settings))
    check(reading, written, fit, target)
    if reading.faults:
        raise BadFile(reading.faults)
    after = replace(fit.outline, settings=settings.model_dump(exclude_unset=True))
    settings_too = [f"{SETTINGS}.{one}" for one in changed_settings(before, after)]
    badges = [f"{BADGES}.{key}" for key in changed_keys(before, after)]
    scoring = [SCORING] if changed_weights(before, after) else []
    words = [MESSAGES] * bool(_customs(before, after).messages)
    refuse_locked(context, by, *settings_too, *badges, *scoring, *words)
    return Plan(
        before,
        after,
        settings,
        differences(before, after),
        [*map(str, fit.lacks), *fit.left],
    )


def carry_out(context: Context, planned: Plan, by: Giver) -> None:
    """Make a course what a plan says; the caller holds its lock, and commits."""
    session, moment = db.session(), now()
    change(context, planned.settings, by)
    worths = changed_weights(planned.before, planned.after)
    save_scoring(session, context, worths, by, moment)
    decide_customs(
        session, context, _customs(planned.before, planned.after), by, moment
    )
    if not apply_badges(session, context, planned.before, planned.after, moment):
        return
    said = {"badges": len(planned.changes)}
    note(session, context, "badges_changed", by, moment, said)
    follow(context)


def _customs(before: Outline, after: Outline) -> Customs:
    return changed_customs(before.customs, after.customs)


def follow(context: Context) -> None:
    """Let a course that is on be looked at by its new rules."""
    if switch_now(context).on:
        ask_for_all(db.session(), context.id, now())


def _frame(context: Context, settings: schemas.SettingsChange) -> Frame:
    """Return what rules are judged by, with the term that the text brings."""
    frame = frame_of(db.session(), context, now(), [])
    term = settings.term
    return frame if term is None else replace(frame, term=(term.start, term.end))


def _settings(reading: Reading) -> schemas.SettingsChange:
    given = reading.document.get("settings", {})
    if not isinstance(given, dict):
        return schemas.SettingsChange()
    for name in NOT_IN_A_FILE:
        if name in given:
            reading.wrong(("settings", name), f"settings.{name}", ITS_OWN)
    try:
        return schemas.SettingsChange.model_validate(given)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            steps = tuple(map(str, fault["loc"]))
            said = fault["msg"].removeprefix("Value error, ")
            if fault["type"] == "extra_forbidden" and steps[:-1] in SHAPES:
                said = f"unknown field; there are {', '.join(_fields(steps[:-1]))}"
            where = ".".join(("settings", *steps))
            reading.wrong(("settings", *fault["loc"]), where, said)
    return schemas.SettingsChange()


def _fields(place: tuple[str, ...]) -> list[str]:
    names = SHAPES[place].model_fields.keys()
    return sorted(names if place else names - {*NOT_IN_A_FILE})
