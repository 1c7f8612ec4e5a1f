"""Badges as documents: other programs' to the letter, the others as a catalog has them."""

import json
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from gamification.catalog.adoption import OWN
from gamification.catalog.definitions import FIELDS, Malformed, define, shown
from gamification.catalog.drafts import SOURCE
from gamification.catalog.foreign import Foreign, read_foreign
from gamification.copying.outline import Entry, entries_of
from models import Context

LARGEST = 64 * 1024
"""In characters; a rule that names a thousand items is shorter."""
THEIRS, OURS = "badge_id", "key"
"""The field that tells another program's document, and the one that tells ours."""
KNOWN = (*FIELDS, SOURCE)


def documents_of(session: Session, context: Context) -> list[dict[str, Any]]:
    """Return a course's badges as documents, in their order; retired ones are left out.

    So is what can no longer be read, and a draft that has no rule yet.
    """
    entries = sorted(entries_of(session, context.id), key=attrgetter("position"))
    return [document_of(entry) for entry in entries]


def document_of(entry: Entry) -> dict[str, Any]:
    """Return a badge as a document."""
    if entry.foreign is not None:
        return dict(entry.foreign[SOURCE])
    one = entry.definition
    return {
        "key": one.key,
        "label": one.label,
        "icon": one.icon,
        "description": one.description,
        "criterion": one.criterion.to_document(),
        "policy": one.policy,
        **({} if one.valid_days is None else {"valid_days": one.valid_days}),
        **({} if entry.source is None else {SOURCE: entry.source}),
    }


def read_document(document: object) -> Foreign | Entry:
    """Return the badge in a document, ours as a draft; raise Malformed for none."""
    if not isinstance(document, Mapping):
        raise Malformed("it is not a table of fields")
    try:
        if len(json.dumps(document, ensure_ascii=False, default=str)) > LARGEST:
            raise Malformed(f"it is longer than {LARGEST // 1024} kB")
        return read_foreign(document) if THEIRS in document else _ours(document)
    except RecursionError:
        raise Malformed("it is nested too deeply") from None


def key_in(document: object) -> str:
    """Return what a document says is its key, for a message; empty where it is none."""
    fields = document if isinstance(document, Mapping) else {}
    key = fields.get(THEIRS, fields.get(OURS))
    return shown(key, 64) if isinstance(key, str) else ""


def _ours(document: Mapping[str, Any]) -> Entry:
    if OURS not in document:
        raise Malformed(f"it has no {THEIRS}, and no {OURS} either")
    if strangers := sorted(document.keys() - set(KNOWN)):
        there = ", ".join(KNOWN)
        raise Malformed(f'unknown field "{shown(strangers[0])}"; there are {there}')
    source = document.get(SOURCE)
    return Entry(
        define(document, origin=OWN),
        "draft",
        source=None if source is None else read_foreign(source).document,
    )
