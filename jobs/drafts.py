"""Badges that somebody brings to a course as documents; the caller commits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.copying.drafting import Outcome, keep_drafts
from jobs.catalog import current_catalog
from jobs.locking import locks_for
from jobs.noting import note
from models import Context


def import_badges(
    session: Session,
    context: Context,
    documents: Sequence[object],
    by: Giver,
    now: datetime,
) -> list[Outcome]:
    """Keep badges as drafts, as `keep_drafts` does, with one line in the audit.

    What the organisation keeps as it is, is refused; the operator may all the same.
    """
    catalog = current_catalog().of(context.tenant.key)
    catalog = replace(catalog, locked=locks_for(context, by))
    outcomes = keep_drafts(session, context, documents, catalog, now)
    if kept := [one.key for one in outcomes if one.outcome == "kept"]:
        note(session, context, "badges_imported", by, now, {"badges": kept})
    return outcomes
