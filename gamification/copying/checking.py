"""What is wrong with a file in the course it is meant for, by line."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame
from gamification.awards.findings import senseless_in
from gamification.awards.saving import TooMany
from gamification.catalog import Criterion
from gamification.catalog.definitions import key_of, shown
from gamification.catalog.own import DRAFT
from gamification.copying.applying import without_room
from gamification.copying.fitting import UNBOUND, Fitted, is_as_before
from gamification.copying.mapping import Place
from gamification.copying.outline import Entry, Outline
from gamification.copying.reading import Reading
from gamification.copying.weights import together

MOST_NAMED = 20
Judge = Callable[[Criterion], list[str]]
"""Says why a rule can only be a draft."""


@dataclass(frozen=True)
class Target:
    """The course that a text is for, as it is and as it will be looked at."""

    session: Session
    before: Outline
    frame: Frame

    def judge(self, fit: Fitted) -> Judge:
        """Return the judge of rules beside the weights that come with them."""
        # The weights of a text count before anybody is looked at by its rules.
        worths = together(self.before.weights, fit.outline.weights)
        return partial(senseless_in, self.session, frame=self.frame, worths=worths)

    def without_room(self, written: Outline) -> list[str]:
        """Return the keys of a text's badges that are too many."""
        return without_room(self.session, self.frame.context_id, written.by_key)


def check(reading: Reading, written: Outline, fit: Fitted, target: Target) -> None:
    """Add to a reading what a badge names that is nowhere, and rules without sense.

    A rule that makes no sense may stay where it is, and be a draft; so may one that
    names what is nowhere.
    """
    numbers = {key_of(raw): n for n, raw in enumerate(reading.entries("badge"))}
    if too_many := target.without_room(written):
        reading.wrong(("badge", numbers[too_many[0]]), "badge", str(TooMany()))
    before, judge = target.before, target.judge(fit)
    known = before.by_key
    described = {place.key for place in written.items}
    for entry in written.badges or ():
        if entry.state == DRAFT or is_as_before(entry, written, before):
            continue
        strangers = entry.item_keys - fit.pairs.keys() - described
        sets = entry.set_keys - fit.set_pairs.keys() - {p.key for p in written.sets}
        messages = [
            *_strange("item", strangers, before.items),
            *_strange("set of items", sets, before.sets),
        ]
        for message in messages:
            reading.wrong(("badge", numbers[entry.key]), f"badge {entry.key}", message)
    for entry in fit.outline.badges or ():
        for message in _senseless(entry, known.get(entry.key), judge):
            reading.wrong(("badge", numbers[entry.key]), f"badge {entry.key}", message)


def _strange(kind: str, keys: Iterable[str], course: Iterable[Place]) -> Iterator[str]:
    there = [place.key for place in course]
    more = ", …" if len(there) > MOST_NAMED else ""
    known = f"there are {', '.join(there[:MOST_NAMED])}{more}" if there else ""
    for key in sorted(keys):
        if not key.startswith(UNBOUND):
            has = known or "there are none yet"
            article = "an" if kind == "item" else "a"
            yield f'its rule names {article} {kind} "{shown(key)}"; {has}'


def _senseless(entry: Entry, before: Entry | None, judge: Judge) -> list[str]:
    is_as_before = before is not None and (before.rule, before.state) == (
        entry.rule,
        entry.state,
    )
    if entry.state == DRAFT or is_as_before:
        return []
    return [
        f"{why} It can be kept as a draft alone."
        for why in judge(entry.definition.criterion)
    ]
