"""What an instructor should know of a rule before it is used in a course."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame, Ruled, who_meet
from gamification.awards.lacks import lacks
from gamification.awards.reach import asks_for_named, judged, judging, verdict
from gamification.catalog import Criterion
from gamification.catalog.circles import circle_in
from gamification.catalog.linting import impossible, lint
from gamification.catalog.rules import BadRule, Fault, Leaf
from gamification.catalog.rules.naming import named_in
from gamification.metrics.weights import Worth
from models import Badge, BadgeVersion, Item, ItemSet, Membership

MOST_NAMED = 20


@dataclass(frozen=True)
class Course:
    """What the badges of a course may name."""

    items: Mapping[str, str]
    """What each item is called, by its key."""
    sets: Mapping[str, str]
    """What each set of them is called, by its key."""
    badges: dict[str, tuple[str, ...]]
    """Each badge's key, and the keys of those it asks for."""


def course_of(session: Session, context_id: int) -> Course:
    """Read what there is to name in a course, in three questions."""
    items = sa.select(Item.key, Item.label).where(
        Item.context_id == context_id, Item.gone_at.is_(None)
    )
    sets = sa.select(ItemSet.key, ItemSet.label).where(
        ItemSet.context_id == context_id, ItemSet.gone_at.is_(None)
    )
    badges = (
        sa.select(Badge.key, BadgeVersion.criterion)
        .join(BadgeVersion, BadgeVersion.badge_id == Badge.id)
        .where(Badge.context_id == context_id, BadgeVersion.retired_at.is_(None))
        .order_by(Badge.position, Badge.id)
    )
    return Course(
        dict(session.execute(items.order_by(Item.position, Item.id)).all()),
        dict(session.execute(sets.order_by(ItemSet.position, ItemSet.id)).all()),
        {key: _asked(rule) for key, rule in session.execute(badges)},
    )


def faults_in_course(criterion: Criterion, course: Course) -> list[Fault]:
    """Return what a rule names that is not there, with what there is."""
    there = {
        "item": course.items,
        "item set": course.sets,
        "badge": dict.fromkeys(course.badges, ""),
    }
    return [
        Fault(
            one.path, f'there is no {one.kind} "{one.key}"; {listed(there[one.kind])}'
        )
        for one in named_in(criterion.rule, "criterion")
        if one.key not in there[one.kind]
    ]


def circles_in_course(criterion: Criterion, key: str, course: Course) -> list[Fault]:
    """Return the circle of badges that a rule would close, if it does.

    `key` is that of the badge whose rule it is, or would be. Drafts are part of it:
    a draft's circle would be closed the day that it comes into use.
    """
    circle = circle_in({**course.badges, key: criterion.prerequisites})
    if key not in circle:
        return []
    around = " → ".join(circle)
    return [Fault("criterion", f"badges ask for each other: {around}")]


@dataclass(frozen=True)
class Found:
    """What makes no sense about a rule, in a sentence each."""

    senseless: list[str]
    """Nobody can ever meet it, or everybody does: its badge stays a draft."""
    doubts: list[str]
    """Nobody can meet it as the course is now; what is missing may still come."""
    advice: list[str]
    """What an instructor should know, and may decide all the same."""

    @property
    def all(self) -> list[str]:
        return [*self.senseless, *self.doubts, *self.advice]


def senseless(criterion: Criterion, frame: Frame) -> list[str]:
    days = _term_days(frame)
    found = lint(criterion, days)
    asks_for_term = any(leaf.period == "term" for leaf in criterion.leaves)
    if days is None and asks_for_term:
        found.append("The course has no term dates, so nothing counts in its term.")
    return found


def senseless_in(
    session: Session, criterion: Criterion, frame: Frame, worths: Iterable[Worth]
) -> list[str]:
    """Return what keeps a rule a draft in a course with these weights.

    It is what `findings` calls so; most rules are judged without a question.
    """
    found = senseless(criterion, frame)
    if asks_for_named(criterion):
        found += verdict(session, criterion, frame, list(worths)).never
    return found


def findings(session: Session, criterion: Criterion, frame: Frame) -> Found:
    """Say what makes no sense about a rule, or none in this course."""
    lacking = lacks(session, criterion, frame)
    judge = judging(session, lacking.rule, frame)
    makes_none = [
        *senseless(criterion, frame),
        *judged(lacking.rule, judge).never,
    ]

    def hinders(leaf: Leaf) -> list[str]:
        return [*judge(leaf).all, *impossible(leaf.unfilled(), _term_days(frame))]

    hindering = lacking.hindering(hinders)
    doubts = [said for said in hindering if said not in makes_none]
    advice = [said for said in lacking.all if said not in doubts]
    if doubts and _is_met(session, criterion, frame):
        # Somebody shows that it can be met: nobody else may, and that is all.
        doubts, advice = [], [*doubts, *advice]
    leaves = criterion.leaves
    ends = [
        min(day for day in (leaf.to, leaf.by) if day)
        for leaf in leaves
        if leaf.to or leaf.by
    ]
    if ends and len(ends) == len(leaves) and max(ends) < frame.today:
        advice.append("Its days are over: who does not meet it now never will.")
    return Found(makes_none, doubts, advice)


def _is_met(session: Session, criterion: Criterion, frame: Frame) -> bool:
    """Tell whether anybody meets a rule already. One query."""
    query = who_meet(sa.select(Membership.id), Ruled(criterion), frame)
    return session.scalar(query.limit(1)) is not None


def _term_days(frame: Frame) -> int | None:
    first, last = frame.term
    return (last - first).days + 1 if first and last else None


def listed(there: Mapping[str, str]) -> str:
    """Say what there is, by key and by what people call it."""
    if not there:
        return "there are none yet"
    named = [
        f"{key} ({label})" if label and label != key else key
        for key, label in islice(there.items(), MOST_NAMED)
    ]
    more = ", …" if len(there) > MOST_NAMED else ""
    return f"there are {', '.join(named)}{more}"


def _asked(rule: object) -> tuple[str, ...]:
    try:
        return Criterion.from_json(rule).prerequisites
    except BadRule:
        # A newer Laurel wrote it; it cannot be part of what we are asked about.
        return ()
