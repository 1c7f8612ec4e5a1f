"""Making all of a course's sets that are made by hand, as the API and a command do."""

from gamification.activity.item_sets import INSTRUCTOR, SetTold, set_item_sets
from gamification.activity.items import item_ids
from gamification.awards.findings import course_of, listed
from gamification.awards.giving import Giver
from jobs.clock import now
from jobs.following import ask_for_all
from jobs.noting import note
from models import Context
from models.db import db
from views.api import item_set_schemas as schemas


class SetsRefused(ValueError):
    """Sets cannot be so; it says why, and nothing of them is to be kept."""


def make_sets(context: Context, body: schemas.ItemSetsTold, by: Giver) -> None:
    """Let these be all sets that are made by hand; the caller commits.

    The caller holds the course's lock. Raises SetsRefused.
    """
    session = db.session()
    ids = item_ids(session, context.id, {key for one in body.sets for key in one.items})
    if unknown := _unknown(context, body, ids):
        raise SetsRefused(unknown)
    told = [
        SetTold(one.key, one.kind, one.label, tuple(map(ids.__getitem__, one.items)))
        for one in body.sets
    ]
    walked = set_item_sets(session, context, INSTRUCTOR, told, now())
    if walked.refused:
        reasons = [f'"{one.key}": {one.reason}' for one in walked.refused]
        raise SetsRefused(f"sets: {'; '.join(reasons)}")
    if walked.has_changed:
        sets = [one.key for one in told]
        note(session, context, "item_sets_saved", by, now(), {"sets": sets})
        ask_for_all(session, context.id, now())


def _unknown(
    context: Context, body: schemas.ItemSetsTold, ids: dict[str, int]
) -> str | None:
    """Name the first item that is not in the course, and what there is."""
    for number, one in enumerate(body.sets):
        for key in one.items:
            if key not in ids:
                there = listed(course_of(db.session(), context.id).items)
                return f'sets[{number}].items: there is no item "{key}"; {there}'
    return None
