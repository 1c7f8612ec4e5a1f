"""Badges that somebody brings along as documents: kept as drafts, which nobody earns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.orm import Session

from gamification.awards.findings import Course, course_of
from gamification.awards.saving import MOST_BADGES, TooMany
from gamification.catalog import Catalog, Criterion
from gamification.catalog.adoption import OWN
from gamification.catalog.circles import circle_in
from gamification.catalog.definitions import ICON, Definition, Malformed
from gamification.catalog.drafts import RULE, SOURCE
from gamification.catalog.foreign import Foreign, Reading, proposed
from gamification.catalog.locks import BADGES, WHO, is_locked
from gamification.copying.applying import known_badges, put_badges
from gamification.copying.documents import document_of, key_in, read_document
from gamification.copying.outline import UNRULED, Entry, entries_of
from models import Context
from models.locks import lock_course

NO_DRAFT = (
    "there is a badge of this key, and it is no draft: change that one, or give this "
    "one another key"
)
HAS_A_RULE = (
    "there is a draft of this key, and it has a rule: change that one, or give this "
    "one another key"
)
TWICE = "its key is that of a document above, which says something else"


@dataclass(frozen=True)
class Outcome:
    """What came of a document."""

    key: str
    """As it says it; empty where it says none."""
    outcome: Literal["kept", "known", "refused"]
    """`known`: the course has it, as it is here."""
    text: str = ""
    """What another program says earns it."""
    proposal: dict[str, Any] | None = None
    """The rule that it has, or that its text seems to say."""
    unbound: tuple[str, ...] = ()
    """What that names and the course does not have, or not once."""
    reason: str = ""
    """Why it is refused."""

    @property
    def sentence(self) -> str:
        """What its rule asks for; empty where there is none."""
        if self.proposal is None:
            return ""
        return Criterion.from_json(self.proposal).sentence


def keep_drafts(
    session: Session,
    context: Context,
    documents: Sequence[object],
    catalog: Catalog,
    now: datetime,
) -> list[Outcome]:
    """Keep badges as drafts of a course; return what came of each, in their order.

    A draft of that key gets a new version, but for one that would lose its rule. What
    the course has already stays, and so does every badge that is no draft, those
    included that it is about to get from the catalog of its tenant. One that is
    refused stops no other. Locks the course; as many statements for two hundred
    documents as for one.
    """
    lock_course(session, context.id)
    desk = _desk(session, context, catalog)
    outcomes = [desk.take(document) for document in documents]
    put_badges(session, context.id, list(desk.kept.values()), now)
    return outcomes


@dataclass(frozen=True)
class _Desk:
    """A course to which documents are brought, one after the other."""

    course: Course
    locks: tuple[str, ...]
    there: dict[str, Entry]
    """The badges that can be read: the course's, and what the catalog will give it."""
    places: dict[str, int]
    """Those of all badges that the course ever had."""
    final: set[str]
    """The keys of badges that are no drafts."""
    kept: dict[str, Entry] = field(default_factory=dict)

    def take(self, document: object) -> Outcome:
        """Keep a document, unless it is there or cannot be kept."""
        try:
            read = read_document(document)
        except Malformed as malformed:
            return Outcome(key_in(document), "refused", reason=str(malformed))
        reading = _reading(read, self.course)
        entry = self._carried(_drafted(read, reading))
        found = Outcome(entry.key, "known", _text(entry), reading.rule, reading.unbound)
        if _is_same(entry, self.there.get(entry.key)):
            return found
        if reason := self._refusal(entry):
            return replace(found, outcome="refused", reason=reason)
        self._keep(entry)
        return replace(found, outcome="kept")

    def _refusal(self, entry: Entry) -> str:
        """Say why a badge cannot be kept; nothing where it can."""
        key, name = entry.key, f"{BADGES}.{entry.key}"
        if key in self.kept:
            return TWICE
        if key in self.final:
            return NO_DRAFT
        if entry.foreign is not None and self._has_a_rule(key):
            return HAS_A_RULE
        if is_locked(self.locks, name):
            return WHO.format(name)
        asked = entry.definition.criterion.prerequisites
        circle = circle_in({**self.course.badges, key: asked}) if asked else []
        if key in circle:
            return f"badges ask for each other: {' → '.join(circle)}"
        ever = {*self.places, *self.final}
        has_place = key in self.places or len(ever) < MOST_BADGES
        return "" if has_place else str(TooMany())

    def _carried(self, entry: Entry) -> Entry:
        """Let a badge of ours keep the text it was made of, and its first day."""
        known = self.there.get(entry.key)
        if known is None or entry.foreign is not None:
            return entry
        text = known.source if known.foreign is None else known.foreign[SOURCE]
        return replace(entry, source=entry.source or text, since=known.since)

    def _has_a_rule(self, key: str) -> bool:
        known = self.there.get(key)
        return known is not None and known.foreign is None

    def _keep(self, entry: Entry) -> None:
        after = max(self.places.values(), default=-1) + 1
        place = self.places.setdefault(entry.key, after)
        placed = replace(entry, position=place)
        self.kept[entry.key] = self.there[entry.key] = placed
        self.course.badges[entry.key] = entry.definition.criterion.prerequisites


def _desk(session: Session, context: Context, catalog: Catalog) -> _Desk:
    ever = {key: badge for key, (badge, _) in known_badges(session, context.id).items()}
    coming = {one.key: Entry(one) for one in catalog.entries if one.key not in ever}
    ours = {entry.key: entry for entry in entries_of(session, context.id)}
    course = course_of(session, context.id)
    asked = {key: one.definition.criterion.prerequisites for key, one in coming.items()}
    return _Desk(
        replace(course, badges={**asked, **course.badges}),
        catalog.locked,
        {**coming, **ours},
        {key: badge.position for key, badge in ever.items()},
        {*coming, *(key for key, badge in ever.items() if badge.state != "draft")},
    )


def _is_same(entry: Entry, known: Entry | None) -> bool:
    """Tell whether a badge is there to the letter, be it bound to a rule by now."""
    if known is None:
        return False
    bound = known.source if known.foreign is None else None
    return document_of(entry) in (document_of(known), bound)


def _reading(read: Foreign | Entry, course: Course) -> Reading:
    if isinstance(read, Foreign):
        return proposed(read.text, course.items)
    strange = [
        *sorted(read.item_keys - course.items.keys()),
        *sorted(read.set_keys - course.sets.keys()),
    ]
    return Reading(read.definition.criterion.to_document(), tuple(strange))


def _drafted(read: Foreign | Entry, reading: Reading) -> Entry:
    if isinstance(read, Entry):
        return read
    definition = Definition(
        read.key, read.label, ICON, read.description, UNRULED, origin=OWN
    )
    foreign = {SOURCE: read.document, RULE: reading.rule}
    return Entry(definition, "draft", foreign=foreign)


def _text(entry: Entry) -> str:
    """Return what another program says earns a badge; nothing where none wrote it."""
    source = entry.source if entry.foreign is None else entry.foreign[SOURCE]
    return "" if source is None else Foreign(dict(source)).text
