"""An experiment as its course wants it: made, changed while it may be, and ended."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.experiments.assignment import MOST_WEIGHT, Share
from models import Context, Experiment, Variant, VariantAssignment

KINDS = ("board_form", "badge_set", "messages")
MOST_EXPERIMENTS = 50
MOST_VARIANTS = 20
OVER = "it has ended and stays as it is: make another one, with another key"
TOO_MANY = (
    f"a course has {MOST_EXPERIMENTS} experiments at most, those that have ended "
    "included: take the key of one that has not and that nobody was assigned in"
)
NOTHING_TO_END = (
    "state: it is not on and nobody was assigned in it, so there is nothing to end: "
    "leave it off"
)


class ExperimentRefused(ValueError):
    """An experiment cannot be so; the message names the field and what is allowed."""


class NotNow(ExperimentRefused):
    """What has happened already does not allow it; the message says what is left."""


@dataclass(frozen=True)
class Wish:
    """An experiment as it is to be, whole."""

    key: str
    kind: str
    weights: Mapping[str, int]
    state: str | None = None
    """None: as it is, and off for a new one."""


def save(session: Session, context: Context, wish: Wish, now: datetime) -> bool:
    """Make an experiment or change one; tell whether anything differs.

    Once somebody is assigned its kind stays, and so do its variants: their weights may
    change, down to 0, and others may come. What has ended stays as it is. Raises
    ExperimentRefused for what makes no sense and NotNow for what came too late; then
    nothing is written. The caller holds the course's lock.
    """
    _check(wish)
    known = find_experiment(session, context.id, wish.key)
    if known is None:
        _make(session, context, wish, now)
        return True
    before = wish_of(session, known)
    after = Wish(wish.key, wish.kind, wish.weights, wish.state or known.state)
    if after == before:
        return False
    _refuse_what_is_late(before, after, begun=_has_begun(session, known))
    known.kind, known.state = wish.kind, wish.state or known.state
    _weigh(session, known, wish.weights)
    session.flush()
    return True


def find_experiment(session: Session, context_id: int, key: str) -> Experiment | None:
    """Return a course's experiment of a key; None where there is none."""
    of_key = (Experiment.context_id == context_id, Experiment.key == key)
    return session.scalars(sa.select(Experiment).where(*of_key)).one_or_none()


def wish_of(session: Session, experiment: Experiment, state: str | None = None) -> Wish:
    """Return an experiment as it is, or as it is but for its state."""
    weights = {share.variant: share.weight for share in shares_of(session, experiment)}
    return Wish(experiment.key, experiment.kind, weights, state or experiment.state)


def shares_of(session: Session, experiment: Experiment) -> list[Share]:
    """Return the variants of an experiment with their weights, in their order."""
    query = (
        sa.select(Variant.key, Variant.weight)
        .where(Variant.experiment_id == experiment.id)
        .order_by(Variant.id)
    )
    return [Share(*row) for row in session.execute(query)]


def _check(wish: Wish) -> None:
    weights = wish.weights.values()
    if wish.kind not in KINDS:
        raise ExperimentRefused(f"kind: an experiment is about {', '.join(KINDS)}")
    if not 2 <= len(weights) <= MOST_VARIANTS:
        raise ExperimentRefused(
            f"variants: an experiment compares two variants, or up to {MOST_VARIANTS}"
        )
    if min(weights) < 0 or not 0 < sum(weights) <= MOST_WEIGHT:
        raise ExperimentRefused(
            "variants: weights are whole, none is below 0, and they add up to "
            f"1 to {MOST_WEIGHT}"
        )


def _make(session: Session, context: Context, wish: Wish, now: datetime) -> None:
    ours = Experiment.context_id == context.id
    count = sa.select(sa.func.count()).select_from(Experiment).where(ours)
    if session.scalars(count).one() >= MOST_EXPERIMENTS:
        raise NotNow(TOO_MANY)
    if wish.state == "ended":
        raise NotNow(NOTHING_TO_END)
    experiment = Experiment(
        context_id=context.id,
        key=wish.key,
        kind=wish.kind,
        state=wish.state or "off",
        salt=secrets.token_hex(16),
        created_at=now,
    )
    session.add(experiment)
    session.flush()
    _weigh(session, experiment, wish.weights)
    session.flush()


def _refuse_what_is_late(before: Wish, after: Wish, *, begun: bool) -> None:
    if before.state == "ended":
        raise NotNow(OVER)
    if not begun:
        if (before.state, after.state) == ("off", "ended"):
            raise NotNow(NOTHING_TO_END)
        return
    if after.kind != before.kind:
        raise NotNow(
            f"kind: people were assigned already, so it stays {before.kind}: make "
            "another experiment for another kind"
        )
    gone = [key for key in before.weights if key not in after.weights]
    if gone:
        raise NotNow(
            f"variants: people were assigned already, so {', '.join(gone)} cannot go: "
            "with a weight of 0 it takes no newcomers"
        )


def _has_begun(session: Session, experiment: Experiment) -> bool:
    """Tell whether anybody was assigned; from then on it is a record, too."""
    query = sa.select(VariantAssignment.membership_id).where(
        VariantAssignment.experiment_id == experiment.id
    )
    return session.scalars(query.limit(1)).first() is not None


def _weigh(
    session: Session, experiment: Experiment, weights: Mapping[str, int]
) -> None:
    """Let an experiment have these variants alone; those that stay keep their rows."""
    query = sa.select(Variant).where(Variant.experiment_id == experiment.id)
    known = {variant.key: variant for variant in session.scalars(query)}
    for key in known.keys() - weights.keys():
        session.delete(known[key])
    for key, weight in weights.items():
        if key in known:
            known[key].weight = weight
        else:
            owner = {
                "context_id": experiment.context_id,
                "experiment_id": experiment.id,
            }
            session.add(Variant(**owner, key=key, weight=weight))
