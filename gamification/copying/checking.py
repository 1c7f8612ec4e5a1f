"""What is wrong with a file in the course it is meant for, by line."""

from collections.abc import Iterator

from gamification.awards.compiled import Frame
from gamification.awards.findings import senseless
from gamification.awards.saving import MOST_BADGES
from gamification.catalog.definitions import key_of, shown
from gamification.copying.fitting import UNBOUND, Fitted, is_as_before
from gamification.copying.outline import Entry, Outline
from gamification.copying.reading import Reading

MOST_NAMED = 20


def check(
    reading: Reading, written: Outline, fit: Fitted, before: Outline, frame: Frame
) -> None:
    """Add to a reading what a badge names that is nowhere, and rules without sense.

    A rule that makes no sense may stay where it is, and be a draft.
    """
    if len(written.badges or ()) > MOST_BADGES:
        most = f"a course has {MOST_BADGES} badges at most"
        reading.wrong(("badge", MOST_BADGES), "badge", most)
    numbers = {key_of(raw): n for n, raw in enumerate(reading.entries("badge"))}
    known = before.by_key
    described = {place.key for place in written.items}
    for entry in written.badges or ():
        if is_as_before(entry, written, before):
            continue
        strangers = entry.item_keys - fit.pairs.keys() - described
        for message in _strange(sorted(strangers), before):
            reading.wrong(("badge", numbers[entry.key]), f"badge {entry.key}", message)
    for entry in fit.outline.badges or ():
        for message in _senseless(entry, known.get(entry.key), frame):
            reading.wrong(("badge", numbers[entry.key]), f"badge {entry.key}", message)


def _strange(keys: list[str], course: Outline) -> Iterator[str]:
    there = [place.key for place in course.items]
    more = ", …" if len(there) > MOST_NAMED else ""
    known = f"there are {', '.join(there[:MOST_NAMED])}{more}" if there else ""
    for key in keys:
        if not key.startswith(UNBOUND):
            has = known or "there are none yet"
            yield f'its rule names an item "{shown(key)}"; {has}'


def _senseless(entry: Entry, before: Entry | None, frame: Frame) -> list[str]:
    is_as_before = before is not None and (before.rule, before.state) == (
        entry.rule,
        entry.state,
    )
    if entry.state == "draft" or is_as_before:
        return []
    return [
        f"{why} It can be kept as a draft alone."
        for why in senseless(entry.definition.criterion, frame)
    ]
