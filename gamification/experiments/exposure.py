"""What a member sees of an experiment, and that they saw it: written down once a day."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.experiments.assignment import MOST_WEIGHT, Share, assigned
from models import (
    Context,
    Experiment,
    Exposure,
    Membership,
    Variant,
    VariantAssignment,
)
from models.upsert import insert

KINDS = ("board_form", "badge_set", "messages")


def plan(
    session: Session,
    context: Context,
    name: tuple[str, str],
    weights: Mapping[str, int],
    now: datetime,
) -> Experiment:
    """Make an experiment, which is off; `name` is its key and its kind.

    Raises ValueError for an unknown kind, for fewer than two variants and for weights
    that do not add up to 1 to 100.
    """
    key, kind = name
    if kind not in KINDS:
        raise ValueError(f"An experiment is about {', '.join(KINDS)}.")
    if len(weights) < 2:
        raise ValueError("An experiment compares two variants or more.")
    _check(list(weights.values()))
    experiment = Experiment(
        context_id=context.id,
        key=key,
        kind=kind,
        state="off",
        salt=secrets.token_hex(16),
        created_at=now,
    )
    session.add(experiment)
    session.flush()
    for variant, weight in weights.items():
        _add(session, experiment, variant, weight)
    session.flush()
    return experiment


def add_variant(
    session: Session, experiment: Experiment, variant: str, weight: int
) -> None:
    """Let newcomers see another variant, too; who has seen one goes on seeing it.

    Raises ValueError where the weights would not add up to 1 to 100.
    """
    _check([*(share.weight for share in _shares(session, experiment)), weight])
    _add(session, experiment, variant, weight)
    session.flush()


def variant_of(
    session: Session, experiment: Experiment, member: Membership, now: datetime
) -> str | None:
    """Return the variant that a member sees, and note that they see it today.

    None while the experiment is not on, and for members of other courses: then nobody
    sees anything but the usual. What was seen first stays, whatever becomes of the
    weights; two who ask at once get the same answer.
    """
    if experiment.state != "on" or member.context_id != experiment.context_id:
        return None
    variant = _known(session, experiment, member)
    if variant is None:
        variant = _assign(session, experiment, member, now)
    day = now.astimezone(ZoneInfo(member.context.zone)).date()
    row = {"variant": variant, "day": day, **_of(experiment, member)}
    session.execute(insert(session, Exposure).values(row).on_conflict_do_nothing())
    return variant


def _known(session: Session, experiment: Experiment, member: Membership) -> str | None:
    return session.scalar(
        sa.select(VariantAssignment.variant).where(
            VariantAssignment.experiment_id == experiment.id,
            VariantAssignment.membership_id == member.id,
        )
    )


def _assign(
    session: Session, experiment: Experiment, member: Membership, now: datetime
) -> str:
    shares = _shares(session, experiment)
    variant = assigned(experiment.salt, member.id, shares)
    row = {"variant": variant, "assigned_at": now, **_of(experiment, member)}
    session.execute(
        insert(session, VariantAssignment).values(row).on_conflict_do_nothing()
    )
    # Somebody may have been first, with other weights.
    return _known(session, experiment, member) or variant


def _of(experiment: Experiment, member: Membership) -> dict[str, int]:
    return {
        "experiment_id": experiment.id,
        "membership_id": member.id,
        "context_id": experiment.context_id,
    }


def _shares(session: Session, experiment: Experiment) -> list[Share]:
    query = (
        sa.select(Variant.key, Variant.weight)
        .where(Variant.experiment_id == experiment.id)
        .order_by(Variant.id)
    )
    return [Share(*row) for row in session.execute(query)]


def _add(session: Session, experiment: Experiment, key: str, weight: int) -> None:
    owner = {"context_id": experiment.context_id, "experiment_id": experiment.id}
    session.add(Variant(**owner, key=key, weight=weight))


def _check(weights: list[int]) -> None:
    if any(weight < 0 for weight in weights) or not 0 < sum(weights) <= MOST_WEIGHT:
        raise ValueError("Weights are whole and add up to 1 to 100.")
