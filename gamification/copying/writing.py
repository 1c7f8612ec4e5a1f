"""An outline as TOML: sorted, so that two of them can be compared line by line."""

import json
from decimal import Decimal
from typing import Any

import tomli_w

from gamification.copying import weights
from gamification.copying.customs import Customs
from gamification.copying.mapping import Place
from gamification.copying.outline import Entry, Outline
from gamification.standings.calendar import Rest

VERSION = 1
HEAD = "# Laurel: the settings and badges of a course, and nobody's name.\n"


def to_toml(outline: Outline) -> str:
    """Write an outline down; equal outlines are equal texts."""
    document = {
        "version": VERSION,
        "course": outline.course,
        "settings": outline.settings,
        "scoring": weights.written(outline.weights),
        **_customs(outline.customs),
        "badge": [_badge(entry) for entry in outline.badges or ()],
        "item": [_item(place) for place in outline.named_items],
    }
    if outline.named_sets:
        document["item_set"] = [_set(place) for place in outline.named_sets]
    return HEAD + tomli_w.dumps(document)


def _customs(customs: Customs) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if customs.messages:
        written["messages"] = dict(sorted(customs.messages.items()))
    if customs.levels is not None:
        growth = float(Decimal(customs.levels.growth) / 100)
        written["levels"] = {"base": customs.levels.base, "growth": growth}
    if customs.breaks is not None:
        written["break"] = [_break(rest) for rest in customs.breaks]
    return written


def _break(rest: Rest) -> dict[str, Any]:
    name = {"name": rest.name} if rest.name else {}
    return {"first": rest.first, "last": rest.last, **name}


def _badge(entry: Entry) -> dict[str, Any]:
    one = entry.definition
    place = {"state": entry.state, "position": entry.position}
    if entry.foreign is not None:
        # To the letter: TOML has no word for JSON's null.
        kept = _json(entry.foreign)
        return {"key": one.key, **place, "imported": kept}
    written: dict[str, Any] = {
        "key": one.key,
        "label": one.label,
        "icon": one.icon,
        "description": one.description,
        **place,
        "policy": one.policy,
    }
    if one.valid_days is not None:
        written["valid_days"] = one.valid_days
    if entry.since is not None:
        written["from"] = entry.since
    if entry.source is not None:
        written["source"] = _json(entry.source)
    return {**written, "criterion": one.criterion.to_document()}


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)


def _set(place: Place) -> dict[str, Any]:
    return {"key": place.key, "label": place.label, "kind": place.type}


def _item(place: Place) -> dict[str, Any]:
    written: dict[str, Any] = {"key": place.key, "label": place.label}
    if place.type:
        written["type"] = place.type
    written["position"] = place.position
    if place.resource_id:
        written["resource_id"] = place.resource_id
    return written
