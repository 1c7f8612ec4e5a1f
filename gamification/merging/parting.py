"""Taking a merge back: row by row, the last change first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.merging.folding import stricter
from gamification.merging.steps import Rewrite, Row, rewrite, table_of, typed
from models import Award, Base, Contribution, Membership, MergeStep, PersonMerge

MODELS: dict[str, type[Base]] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers
}

CONSENTS = {"board_consent", "name_consent"}
ENDS = {"ended_at", "end_reason"}
Kind = tuple[str, int | None, bool]
"""A table, a course, and whether the rows were there before the merge."""
Place = tuple[int, int]
"""A membership and a badge."""


def part(session: Session, row: PersonMerge, now: datetime) -> None:
    """Give every row that a merge changed what it had before."""
    steps = session.scalars(
        sa.select(MergeStep)
        .where(MergeStep.merge_id == row.id)
        .order_by(MergeStep.id.desc())
    )
    kinds: dict[Kind, list[MergeStep]] = defaultdict(list)
    for step in steps:
        kinds[step.table, step.context_id, bool(step.before)].append(step)
    # What the merge gave is gone before what it ended is open again.
    for kind in sorted(kinds, key=lambda kind: kind[2]):
        (table, _, was_there), some = kind, kinds[kind]
        if was_there:
            rewrite(session, MODELS[table], _back(session, MODELS[table], some), now)
        else:
            _delete(session, MODELS[table], [one.row_id for one in some])


def _back(
    session: Session, model: type[Base], steps: Sequence[MergeStep]
) -> list[Rewrite]:
    if model is Membership:
        return _still_theirs(session, steps)
    if model is Award:
        return _awards(session, steps)
    rewrites = [Rewrite(one.row_id, typed(model, one.before)) for one in steps]
    if model is Contribution:
        rewrites += _corrections(session, steps)
    return rewrites


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


def _awards(session: Session, steps: Sequence[MergeStep]) -> list[Rewrite]:
    """Give awards back what they had, and let what was given since hold as well.

    Where an open one comes back, a newer one goes to where it was; and what the merge
    ended stays so where the badge was given anew.
    """
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    for step in steps:
        # The first step is the last one here: what it says was so before the merge.
        before[step.row_id] |= typed(Award, step.before)
    awards = session.scalars(sa.select(Award).where(Award.id.in_(before))).all()
    homes = {award.id: _home(award, before[award.id]) for award in awards}
    room = {
        homes[award.id]: award.membership_id
        for award in awards
        if award.ended_at is None
    }
    last = max((values.get("sequence", 0) for values in before.values()), default=0) + 1
    rewrites, taken = [], set()
    for award in _given_since(session, homes):
        home = _home(award)
        member = room.get(home, award.membership_id)
        taken.add((member, award.badge_id))
        if home in room:
            values = {"membership_id": member, "sequence": last + award.sequence}
            rewrites.append(Rewrite(award.id, values))
    for row, values in before.items():
        kept = ENDS if homes[row] in taken else set()
        back = {name: values[name] for name in values.keys() - kept}
        rewrites += [Rewrite(row, back)] if back else []
    return rewrites


def _home(award: Award, before: Row | None = None) -> Place:
    """Return whose award of which badge it is, or was before."""
    member = (before or {}).get("membership_id", award.membership_id)
    return member, award.badge_id


def _given_since(session: Session, homes: Mapping[int, Place]) -> Sequence[Award]:
    """Return open awards where others come back to, that a merge did not change."""
    places = set(homes.values())
    found = session.scalars(
        sa.select(Award)
        .where(
            Award.membership_id.in_({member for member, _ in places}),
            Award.badge_id.in_({badge for _, badge in places}),
            Award.ended_at.is_(None),
            Award.id.not_in(homes),
        )
        .order_by(Award.id)
    )
    return [award for award in found if _home(award) in places]
