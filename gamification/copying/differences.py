"""What would change in a course, one sentence each."""

from collections.abc import Iterator, Mapping
from typing import Any

from gamification.copying import customs
from gamification.copying.outline import Entry, Outline
from gamification.copying.settings import flat
from gamification.copying.weights import told
from gamification.metrics.weights import Worth

FIELDS = ("label", "icon", "description", "policy", "valid_days")


def differences(before: Outline, after: Outline) -> list[str]:
    """Say what changes from one outline to the other; what is not said of stays."""
    labels = {place.key: place.label for place in (*after.items, *before.items)}
    sets = (*after.sets, *before.sets)
    labels |= {f"set:{place.key}": place.label for place in sets}
    found = [
        *_of_settings(before, after),
        *told(before.weights, after.weights),
        *customs.told(before.customs, after.customs),
    ]
    if after.badges is None:
        return found
    ours, theirs = before.by_key, after.by_key
    for key in sorted(ours.keys() | theirs.keys()):
        found += _of_badge(ours.get(key), theirs.get(key), labels)
    return found


def changed_settings(before: Outline, after: Outline) -> dict[str, tuple[Any, Any]]:
    """Return the settings that are not the same in both, by their whole names."""
    ours, theirs = flat(before.settings), flat(after.settings)
    if "term" in after.settings:
        theirs = {"term.start": None, "term.end": None, **theirs}
    return {
        name: (ours.get(name), theirs[name])
        for name in sorted(theirs)
        if ours.get(name) != theirs[name]
    }


def changed_weights(before: Outline, after: Outline) -> list[Worth]:
    """Return the weights of the second that are not the same in the first."""
    return [worth for worth in after.weights if worth not in before.weights]


def _of_settings(before: Outline, after: Outline) -> Iterator[str]:
    for name, (was, becomes) in changed_settings(before, after).items():
        yield f"The setting {name} changes from {_said(was)} to {_said(becomes)}."


def _of_badge(
    before: Entry | None, after: Entry | None, labels: Mapping[str, str]
) -> Iterator[str]:
    if before is None and after is not None:
        kind = "" if after.state == "active" else f" ({after.state})"
        yield f"{_named(after)}{kind} is added: {_rule(after, labels)}."
    elif after is None and before is not None:
        yield f"{_named(before)} is retired; its awards stay."
    elif before is not None and after is not None:
        yield from _of_fields(before, after, labels)


def _of_fields(before: Entry, after: Entry, labels: Mapping[str, str]) -> Iterator[str]:
    named = _named(before)
    for name in FIELDS:
        was, becomes = (getattr(one.definition, name) for one in (before, after))
        if was != becomes:
            yield f"{named} changes its {name} from {_said(was)} to {_said(becomes)}."
    if before.since != after.since:
        was, becomes = _said(before.since), _said(after.since)
        yield f"{named} counts facts from another moment: {becomes}, not {was}."
    if before.rule != after.rule:
        was, becomes = _rule(before, labels), _rule(after, labels)
        yield f"{named} changes its rule from “{was}” to “{becomes}”."
    if before.state != after.state:
        yield f"{named} changes from {before.state} to {after.state}."
    if before.position != after.position:
        yield f"{named} moves from place {before.position} to {after.position}."


def _named(entry: Entry) -> str:
    return f"The badge “{entry.definition.label}” ({entry.key})"


def _rule(entry: Entry, labels: Mapping[str, str]) -> str:
    if entry.foreign is not None:
        return "a draft of another program, without a rule yet"
    return entry.definition.criterion.said(labels)


def _said(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"“{value}”" if isinstance(value, str) else str(value)
