"""Personal bests: what one never did better, compared with oneself alone.

Derived: made anew from what is known of a member, they come out the same.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.feedback import Change, tell
from gamification.metrics import POINT
from gamification.metrics.results import IS_RESULT, parts_of
from gamification.metrics.streaks import streaks
from models import Context, Earned, Item, PersonalBest, Standing
from models.portable import pairs_in
from models.upsert import insert

WEEK, RESULT, RUN = "week", "result", "run"
RUN_WORTH_TELLING = 3
"""Every run begins as the longest: shorter ones are no news."""
PARTS = 1_000_000
Key = tuple[int, str]
"""A member and a kind."""


@dataclass(frozen=True)
class Best:
    """What a member did best, of one kind."""

    value: int
    """Points of a week or the score of a result, in millionths; weeks of a run."""
    maximum: int
    """Full marks of a result, in millionths."""
    place: str
    """The week, or our id of the item."""

    def is_beaten_by(self, other: "Best") -> bool:
        """Compare two of one kind: results as fractions, without dividing."""
        return other.value * (self.maximum or 1) > self.value * (other.maximum or 1)


def renew_bests(
    session: Session,
    context: Context,
    now: datetime,
    members: Collection[int],
    *,
    silent: bool = False,
) -> None:
    """Bring some members' bests up to date; tell whoever beat their own, once.

    Four statements at most, for a few hundred members; the caller has locked the
    course. What a member does for the first time beats nothing, and is not told.
    """
    known = known_bests(session, context.id, members)
    bests = _found(session, context, members)
    changed = {key: best for key, best in bests.items() if known.get(key) != best}
    gone = known.keys() - bests.keys()
    if gone:
        session.execute(
            sa.delete(PersonalBest)
            .where(
                PersonalBest.context_id == context.id,
                pairs_in(PersonalBest.membership_id, PersonalBest.kind, gone),
            )
            .execution_options(synchronize_session=False)
        )
    if changed:
        _write(session, context.id, changed)
    if changed and not silent:
        tell(session, context.id, list(_news(changed, known)), now)


def known_bests(
    session: Session, context_id: int, members: Collection[int]
) -> dict[Key, Best]:
    """Return the bests of some members that are written down."""
    rows = session.execute(
        sa.select(
            PersonalBest.membership_id,
            PersonalBest.kind,
            PersonalBest.value,
            PersonalBest.maximum,
            PersonalBest.place,
        ).where(
            PersonalBest.context_id == context_id,
            PersonalBest.membership_id.in_(members),
        )
    )
    return {
        (member, kind): Best(value, maximum, place)
        for member, kind, value, maximum, place in rows
    }


def _found(
    session: Session, context: Context, members: Collection[int]
) -> dict[Key, Best]:
    """Work out the bests of some members in one question."""
    parts = (
        _weeks(context, members),
        _runs(context, members),
        _results(context, members),
    )
    found: dict[Key, tuple[Best, int]] = {}
    for member, kind, value, maximum, place, turn in session.execute(
        sa.union_all(*parts)
    ):
        best, key = Best(value, maximum, place), (member, kind)
        before = found.get(key)
        if before is None or _is_before(best, turn, before):
            found[key] = (best, turn)
    return {key: best for key, (best, _) in found.items()}


def _is_before(best: Best, turn: int, other: tuple[Best, int]) -> bool:
    """Tell which of two counts: the better one, and of equals the first."""
    if other[0].is_beaten_by(best):
        return True
    return not best.is_beaten_by(other[0]) and turn < other[1]


def _weeks(context: Context, members: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    """Select each member's week with most points; of equal ones the last."""
    place = sa.func.row_number().over(
        partition_by=Standing.membership_id,
        order_by=(Standing.points.desc(), Standing.period.desc()),
    )
    weeks = (
        sa.select(Standing.membership_id, Standing.points, Standing.period)
        .add_columns(place.label("place"))
        .where(
            Standing.context_id == context.id,
            Standing.membership_id.in_(members),
            Standing.period.like("%-W%"),
            Standing.points > 0,
        )
        .subquery()
    )
    return _row(
        weeks.c.membership_id, WEEK, weeks.c.points, maximum=0, place=weeks.c.period
    ).where(weeks.c.place == 1)


def _runs(context: Context, members: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    ours = (Earned.context_id == context.id, Earned.membership_id.in_(members))
    best = streaks(*ours)
    return _row(best.c.membership_id, RUN, best.c.weeks, maximum=0, place="")


def _results(context: Context, members: Collection[int]) -> sa.Select[*tuple[Any, ...]]:
    """Select each member's best results, to a millionth: what is equal so far."""
    share = parts_of(PARTS)
    place = sa.func.rank().over(
        partition_by=Earned.membership_id, order_by=share.desc()
    )
    results = (
        sa.select(
            *(Earned.membership_id, Earned.contribution_id, Item.public_id),
            *(Earned.score, Earned.maximum, place.label("place")),
        )
        .join(Item, Item.id == Earned.item_id)
        .where(
            Earned.context_id == context.id,
            Earned.membership_id.in_(members),
            *IS_RESULT,
        )
        .subquery()
    )
    return _row(
        results.c.membership_id,
        RESULT,
        results.c.score,
        maximum=results.c.maximum,
        place=results.c.public_id,
        turn=results.c.contribution_id,
    ).where(results.c.place == 1)


def _row(
    member: sa.ColumnElement[int],
    kind: str,
    value: sa.ColumnElement[int],
    **rest: Any,  # noqa: ANN401 -- columns, or values in their place
) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        member,
        sa.literal(kind, sa.Text),
        sa.cast(value, sa.BigInteger),
        sa.cast(rest["maximum"], sa.BigInteger),
        sa.cast(rest["place"], sa.Text),
        sa.cast(rest.get("turn", 0), sa.BigInteger),
    )


def _write(session: Session, context_id: int, bests: Mapping[Key, Best]) -> None:
    statement = insert(session, PersonalBest)
    changing = ("value", "maximum", "place")
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["context_id", "membership_id", "kind"],
            set_={name: statement.excluded[name] for name in changing},
        ),
        [
            {
                "context_id": context_id,
                "membership_id": member,
                "kind": kind,
                "value": best.value,
                "maximum": best.maximum,
                "place": best.place,
            }
            for (member, kind), best in sorted(bests.items(), key=lambda one: one[0])
        ],
    )


def _news(changed: Mapping[Key, Best], known: Mapping[Key, Best]) -> Iterator[Change]:
    """Yield what beat an earlier best: a week once, however much it still grows."""
    for (member, kind), best in changed.items():
        before = known.get((member, kind))
        if before is None or not before.is_beaten_by(best):
            continue
        if kind == WEEK and before.place == best.place:
            continue
        if kind == RUN and best.value < RUN_WORTH_TELLING:
            continue
        which = {WEEK: best.place, RESULT: f"{best.value}/{best.maximum}"}
        key = f"best:{kind}:{which.get(kind, best.value)}"
        subject = {"best": kind, "value": shown(kind, best)}
        yield Change(member, "personal_best", key, subject)


def shown(kind: str, best: Best) -> int:
    """Return a best as people read it: points, per cent or weeks, rounded down."""
    if kind == WEEK:
        return best.value // POINT
    return 100 * best.value // best.maximum if kind == RESULT else best.value
