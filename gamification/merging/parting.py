"""Taking a merge back: row by row, the last change first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.merging.folding import stricter
from gamification.merging.steps import Rewrite, rewrite, table_of, typed
from models import Award, Base, Contribution, Membership, MergeStep, PersonMerge

MODELS: dict[str, type[Base]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers
}

CONSENTS = {"board_consent", "name_consent"}


def part(session: Session, row: PersonMerge, now: datetime) -> None:
    """Give every row that a merge changed what it had before."""
    steps = session.scalars(
        sa.select(MergeStep)
        .where(MergeStep.merge_id == row.id)
        .order_by(MergeStep.id.desc())
    ).all()
    for (table, _, was_there), group in groupby(steps, key=_kind):
        model, some = MODELS[table], list(group)
        if not was_there:
            _delete(session, model, [one.row_id for one in some])
            continue
        rewrites = (
            _still_theirs(session, some)
            if model is Membership
            else [Rewrite(one.row_id, typed(model, one.before)) for one in some]
        )
        moved = "membership_id" in some[0].before
        if model is Contribution:
            rewrites += _corrections(session, some)
        elif model is Award and moved:
            rewrites += _given_since(session, some)
        rewrite(session, model, rewrites, now)


def _still_theirs(session: Session, steps: Sequence[MergeStep]) -> list[Rewrite]:
    """Give places back what a merge changed, unless somebody has changed it since.

    Of a consent the stricter word stays: a name that was taken off a board must not
    come back because two people are two again.
    """
    table = table_of(Membership)
    ids = [step.row_id for step in steps]
    query = sa.select(table).where(table.c.id.in_(ids))
    rows = {row["id"]: dict(row) for row in session.execute(query).mappings()}
    return [
        Rewrite(
            step.row_id,
            _given_back(
                rows[step.row_id],
                typed(Membership, step.before),
                typed(Membership, step.after),
            ),
        )
        for step in steps
    ]


def _given_back(
    row: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    values = {name: value for name, value in before.items() if row[name] == after[name]}
    for name in CONSENTS & before.keys() - values.keys():
        values[name] = stricter(row[name], before[name])
    # A row that keeps all of its own is written as it is.
    return values or {"id": row["id"]}


def _kind(step: MergeStep) -> tuple[str, int | None, bool]:
    return step.table, step.context_id, bool(step.before)


def _delete(session: Session, model: type[Base], ids: Sequence[int]) -> None:
    table = table_of(model)
    session.execute(sa.delete(table).where(table.c.id.in_(ids)))
    session.expire_all()


def _corrections(session: Session, steps: Sequence[MergeStep]) -> list[Rewrite]:
    """Let what corrects a fact that goes back go along with it."""
    ids = [step.row_id for step in steps]
    homes = {step.row_id: step.before["membership_id"] for step in steps}
    moved = session.execute(
        sa.select(
            Contribution.id, Contribution.fact_key, Contribution.membership_id
        ).where(Contribution.id.in_(ids))
    ).all()
    back = {(now_at, key): homes[row] for row, key, now_at in moved}
    others = session.execute(
        sa.select(
            Contribution.id, Contribution.fact_key, Contribution.membership_id
        ).where(
            Contribution.membership_id.in_({place for place, _ in back}),
            Contribution.fact_key.in_({key for _, key in back}),
            Contribution.id.not_in(ids),
        )
    )
    return [
        Rewrite(row, {"membership_id": back[place, key]})
        for row, key, place in others
        if (place, key) in back
    ]


def _given_since(session: Session, steps: Sequence[MergeStep]) -> list[Rewrite]:
    """Make room for an open award that comes back: one that is newer goes over."""
    ids = [step.row_id for step in steps]
    homes = {step.row_id: step.before["membership_id"] for step in steps}
    moved = session.scalars(sa.select(Award).where(Award.id.in_(ids))).all()
    back = {
        (homes[award.id], award.badge_id): award.membership_id
        for award in moved
        if award.ended_at is None
    }
    newer = session.scalars(
        sa.select(Award).where(
            Award.membership_id.in_({home for home, _ in back}),
            Award.badge_id.in_({badge for _, badge in back}),
            Award.ended_at.is_(None),
            Award.id.not_in(ids),
        )
    )
    last = max((step.before["sequence"] for step in steps), default=0) + 1
    return [
        Rewrite(
            award.id,
            {"membership_id": back[place], "sequence": last + award.sequence},
        )
        for award in newer
        if (place := (award.membership_id, award.badge_id)) in back
    ]
