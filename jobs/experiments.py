"""What staff decide about experiments, and what members are shown; the caller commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from gamification.awards.giving import Giver
from gamification.experiments import (
    OwnVariant,
    Wish,
    find_experiment,
    save,
    variant_of,
    variants_for,
    wish_of,
)
from gamification.metrics.people import is_ranked
from jobs.noting import note
from models import Context, Membership


class NoExperiment(LookupError):
    """A course has no experiment of this key."""


def save_experiment(
    session: Session, context: Context, wish: Wish, by: Giver, now: datetime
) -> bool:
    """Make an experiment or change one, as `save` does, with its line in the audit.

    Tells whether anything differs. Raises what that raises. The caller holds the course's lock.
    """
    if not save(session, context, wish, now):
        return False
    saved = as_it_is(session, context, wish.key)
    said = {
        "experiment": saved.key,
        "kind": saved.kind,
        "state": saved.state,
        "variants": dict(saved.weights),
    }
    note(session, context, "experiment_saved", by, now, said)
    return True


def as_it_is(
    session: Session, context: Context, key: str, state: str | None = None
) -> Wish:
    """Return an experiment as it is, or in another state; raise NoExperiment for none."""
    known = find_experiment(session, context.id, key)
    if known is None:
        raise NoExperiment(key)
    return wish_of(session, known, state)


def variant_shown(
    session: Session, member: Membership, key: str, now: datetime
) -> OwnVariant | None:
    """Return which variant a member is shown now; None for what is not on.

    It is assigned to learners, and their day noted. Staff who look at their course
    are told theirs alone: they fix nothing of it and are in none of its numbers. The
    caller holds the course's lock.
    """
    if not is_ranked(member):
        return next(iter(variants_for(session, member, key)), None)
    known = find_experiment(session, member.context_id, key)
    variant = variant_of(session, known, member, now) if known is not None else None
    if known is None or variant is None:
        return None
    return OwnVariant(known.key, known.kind, variant)
