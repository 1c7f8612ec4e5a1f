"""An earlier course's rules for a new one: what comes along, and letting it come."""

from gamification.awards.giving import Giver
from gamification.catalog import adopt
from gamification.copying.applying import apply_badges
from gamification.copying.choices import Wanted
from gamification.copying.customs import changed_customs
from gamification.copying.differences import changed_weights
from gamification.copying.importing import Import, plan_import
from jobs.catalog import current_catalog
from jobs.clock import now
from jobs.customs import decide_customs
from jobs.locking import locks_for
from jobs.noting import note
from jobs.scoring import save_scoring
from jobs.settling import settle
from models import Context
from models.db import db
from views.api import setting_schemas as schemas
from views.api.changes import change, lock
from views.api.configuring import follow


def planned(
    source: Context, target: Context, shift_days: int | None, by: Giver
) -> Import:
    """Say what a course would bring; the new one gets its catalog's badges first.

    Who only looks undoes that. Takes the new course's lock.
    """
    session = db.session()
    lock(target)
    # What is in the catalog comes from there, and goes on following it.
    settle(session, target, now())
    adopt(session, target, current_catalog(), now())
    wanted = Wanted(shift_days, locks_for(target, by))
    return plan_import(session, source, target, wanted, now())


def take(source: Context, target: Context, plan: Import, by: Giver) -> None:
    """Let an earlier course's rules come; the caller commits. The switch stays."""
    session, moment = db.session(), now()
    change(target, schemas.SettingsChange.model_validate(plan.after.settings), by)
    save_scoring(session, target, changed_weights(plan.before, plan.after), by, moment)
    customs = changed_customs(plan.before.customs, plan.after.customs)
    decide_customs(session, target, customs, by, moment)
    if not apply_badges(session, target, plan.before, plan.after, moment):
        return
    note(session, target, "course_copied", by, moment, {"source": source.public_id})
    follow(target)
