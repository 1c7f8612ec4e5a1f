"""Awards by rules that are more than a metric and a number: one query a badge."""

import json
import logging
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame, Ruled, frame_of, measured, met
from gamification.awards.compiled.queries import had, is_met_by_nothing
from gamification.awards.ordering import in_order
from gamification.awards.rules import past_awards, whose
from gamification.awards.statements import AWARD, UNMET, insert_awards
from gamification.catalog import Criterion
from gamification.catalog.rules import BadRule
from gamification.metrics.people import RANKED
from models import Award, Context, Membership
from models.portable import AsJson

log = logging.getLogger(__name__)


def award_trees(
    session: Session,
    context_id: int,
    now: datetime,
    rules: Iterable[Any],
    *,
    members: Sequence[int] | None = None,
) -> None:
    """Bring the awards of a course's trees up to date; hold the course's lock.

    `rules` are rows with a badge's key and policy, and its active version's rule.
    In an order in which a badge comes after those it asks for: a statement each, and
    one more where somebody's award is over; two questions for all of them.
    """
    trees = list(_ruled(rules))
    if not trees:
        return
    context = session.get_one(Context, context_id)
    frame = frame_of(session, context, now, (t.criterion for t in trees), members)
    over = _over(session, frame)
    for ruled in in_order([_today(t, frame, over) for t in trees]):
        if ruled.policy == "revoke":
            session.execute(_end_unmet(ruled, frame))
        _grant(session, _first(ruled, frame), frame)
        if ruled.has_past or ruled.policy == "revoke":
            _grant(session, _again(ruled, frame), frame)


def end_unjustified(
    session: Session,
    context_id: int,
    now: datetime,
    rules: Iterable[Any],
    *,
    whoever: bool = False,
) -> None:
    """End awards by earlier versions of rules that those of today do not justify.

    `whoever`: those by the versions of today as well. Never one that a person gave.
    `rules` are as for `award_trees`, flat or not.
    """
    unread = list(_ruled(rules))
    if not unread:
        return
    context = session.get_one(Context, context_id)
    frame = frame_of(session, context, now, (r.criterion for r in unread))
    for ruled in in_order(unread):
        ended = _end_unmet(ruled, frame)
        if not whoever:
            ended = ended.where(Award.badge_version_id != ruled.version_id)
        session.execute(ended)


def _today(ruled: Ruled, frame: Frame, over: Container[int | None]) -> Ruled:
    """Return a rule with what is in its sets now, which its evidence is to name."""
    criterion = ruled.criterion.filled(frame.sets)
    return replace(ruled, criterion=criterion, has_past=ruled.badge_id in over)


def _over(session: Session, frame: Frame) -> set[int]:
    """Return the badges of which somebody's award is over."""
    query = sa.select(Award.badge_id).where(
        *whose(frame.context_id, frame.members),
        Award.ended_at.is_not(None),
    )
    return set(session.scalars(query.distinct()))


def _grant(session: Session, earned: sa.Select[*tuple[Any, ...]], frame: Frame) -> None:
    dialect = session.get_bind().dialect.name
    asked = {"course": frame.context_id, "moment": frame.now}
    session.execute(insert_awards(dialect, earned), asked)


def _ruled(rules: Iterable[Any]) -> Iterator[Ruled]:
    for rule in rules:
        try:
            yield Ruled(
                Criterion.from_json(rule.criterion),
                rule.badge_id,
                rule.version_id,
                rule.key,
                rule.policy,
                rule.effective_from,
            )
        except BadRule as bad:
            log.warning("badge %d left out: %.200s", rule.badge_id, bad)


def _first(ruled: Ruled, frame: Frame) -> sa.Select[*tuple[Any, ...]]:
    """Select who meets a rule and never had its badge."""
    asked = measured(replace(ruled, has_past=False), frame)
    # Otherwise PostgreSQL may add it all up again for every member.
    total = asked.query.cte("total").prefix_with("MATERIALIZED")
    keys = (Membership.id, ruled.badge_id, ruled.version_id, 1)
    evidence = evidence_of(ruled, total)
    return (
        sa.select(*map(_column, keys), evidence)
        .select_from(Membership)
        .join(
            total,
            total.c.membership_id == Membership.id,
            isouter=is_met_by_nothing(ruled.criterion, asked.parts),
        )
        .where(*_looked_at(frame), met(ruled, frame, asked.parts, total))
        .where(~had(_badge(ruled), frame))
    )


def _again(ruled: Ruled, frame: Frame) -> sa.Select[*tuple[Any, ...]]:
    """Select who meets a rule anew after an award of its badge was over."""
    past = past_awards(frame.context_id, frame.now, frame.members)
    back = sa.select(past.c.membership_id).where(past.c.badge_id == ruled.badge_id)
    asked = measured(ruled, frame, among=back)
    total = asked.query.subquery("total")
    keys = (Membership.id, ruled.badge_id, ruled.version_id, past.c.sequence + 1)
    same = total.c.membership_id == Membership.id
    return (
        sa.select(*map(_column, keys), evidence_of(ruled, total))
        .join_from(past, Membership, Membership.id == past.c.membership_id)
        .outerjoin(total, same)
        .where(past.c.badge_id == ruled.badge_id, past.c.barred == 0)
        .where(*_looked_at(frame), met(ruled, frame, asked.parts, total))
        .where(~had(_badge(ruled), frame, is_held=True))
    )


def _end_unmet(ruled: Ruled, frame: Frame) -> sa.Update:
    """End the awards that the rule gave and would no longer give."""
    asked = measured(ruled, frame)
    total = asked.query.subquery("total")
    is_met = met(ruled, frame, asked.parts, total)
    unmet = (
        sa.select(Award.id)
        .join(Membership, Membership.id == Award.membership_id)
        .outerjoin(total, total.c.membership_id == Award.membership_id)
        .where(*held_by_rule(ruled), sa.not_(is_met))
    )
    if frame.members is not None:
        unmet = unmet.where(Award.membership_id.in_(frame.members))
    ended = sa.update(AWARD).where(Award.id.in_(unmet))
    return ended.values(ended_at=frame.now, end_reason=UNMET)


def held_by_rule(ruled: Ruled) -> tuple[sa.ColumnElement[bool], ...]:
    """Hold for open awards of a badge that no person gave."""
    is_ours = Award.badge_id == ruled.badge_id
    return is_ours, Award.ended_at.is_(None), Award.origin == "rule"


def evidence_of(ruled: Ruled, total: sa.FromClause) -> sa.ColumnElement[dict[str, Any]]:
    """Write down each condition with the number that met it, in the leaf's unit.

    Of a set it names what was `counted`: tomorrow something else may be in it.
    """
    text: sa.ColumnElement[str] = sa.literal('{"conditions": [', sa.Text)
    for number, leaf in enumerate(ruled.criterion.leaves):
        document = leaf.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if leaf.item_set is not None:
            document["counted"] = document.pop("items", [])
        said = json.dumps(document)[:-1] + ', "value": '
        shown = sa.func.coalesce(total.c[f"shown_{number}"], 0)
        comma = ", " if number else ""
        text = text + sa.literal(comma + said, sa.Text) + sa.cast(shown, sa.Text) + "}"
    return AsJson(text + "]}")


def _looked_at(frame: Frame) -> list[sa.ColumnElement[bool]]:
    learners = [Membership.context_id == frame.context_id, *RANKED]
    if frame.members is not None:
        learners.append(Membership.id.in_(frame.members))
    return learners


def _badge(ruled: Ruled) -> int:
    if ruled.badge_id is None:
        raise LookupError(f"There is no badge {ruled.key} yet.")
    return ruled.badge_id


def _column(value: Any) -> sa.ColumnElement[Any]:  # noqa: ANN401 -- a column, or a number to be one
    return sa.literal(value) if isinstance(value, int | None) else value
