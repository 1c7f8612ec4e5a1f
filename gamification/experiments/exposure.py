"""What a member sees of an experiment, and that they saw it: written down once a day."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.experiments.assignment import Share, assigned
from gamification.experiments.planning import shares_of
from models import Experiment, Exposure, Membership, Variant, VariantAssignment
from models.upsert import insert


@dataclass(frozen=True)
class OwnVariant:
    """What a member sees of one experiment; nothing of the other variants."""

    key: str
    kind: str
    variant: str


def variants_for(
    session: Session, member: Membership, key: str | None = None
) -> list[OwnVariant]:
    """Return what a member sees of the experiments that are on, or of one, by their keys.

    One query, and nothing is written: who was shown nothing yet reads what they would
    be assigned now, which other weights may still change.
    """
    mine = sa.and_(
        VariantAssignment.experiment_id == Experiment.id,
        VariantAssignment.membership_id == member.id,
    )
    query = (
        sa.select(Experiment, VariantAssignment.variant, Variant.key, Variant.weight)
        .join(Variant, Variant.experiment_id == Experiment.id)
        .outerjoin(VariantAssignment, mine)
        .where(Experiment.context_id == member.context_id, Experiment.state == "on")
        .order_by(Experiment.key, Variant.id)
    )
    if key is not None:
        query = query.where(Experiment.key == key)
    found = []
    rows = session.execute(query)
    for (experiment, known), some in groupby(rows, lambda row: (row[0], row[1])):
        shares = [Share(variant, weight) for _, _, variant, weight in some]
        variant = known or assigned(experiment.salt, member.id, shares)
        found.append(OwnVariant(experiment.key, experiment.kind, variant))
    return found


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
    shares = shares_of(session, experiment)
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
