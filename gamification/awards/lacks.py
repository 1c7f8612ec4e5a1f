"""What a course lacks so far for a rule to be met: items, reports, badges in use."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards.compiled import Frame
from gamification.catalog import Criterion
from gamification.catalog.linting import ONCE_AN_ITEM, is_above, most_in
from gamification.catalog.own import HELD, state_of
from gamification.catalog.rules import All, AnyOf, Leaf, NoneOf, Prerequisite
from gamification.metrics.awarded import is_open
from gamification.metrics.sources import unfed
from models import Award, Badge, Item

IDLE = {"draft": "it is a draft", HELD: "it is held", "retired": "it is retired"}
"""Why a badge in such a state is gained by nobody."""
NO_REPORTS = {"authored": "handed-in work", "time_spent": "time that is spent"}
"""What would raise a metric, where a course reports none of it."""


@dataclass(frozen=True)
class Lacks:
    """What there is to say of each condition of a rule, in a sentence each."""

    rule: Any
    """A `Rule`, which is a union and so no type; what is in its sets is filled in."""
    frame: Frame
    unfed: frozenset[str]
    """The metrics that nothing raises."""
    idle: Mapping[str, str]
    """Why nobody gains a badge that it asks for, by that one's key."""
    held: frozenset[str]
    """Those of these badges that somebody has."""
    activities: int | None = None
    """How many the course has; None: nobody asked, or there are none to go by."""

    @property
    def all(self) -> list[str]:
        """What is lacking, wherever it is asked for."""
        return list(dict.fromkeys(self._below(self.rule)))

    def hindering(self, also: Callable[[Leaf], Iterable[str]]) -> list[str]:
        """Say what keeps everybody from meeting the rule, whatever way they take.

        `also` tells what else keeps everybody from a condition.
        """
        return list(dict.fromkeys(self._in_the_way(self.rule, also)))

    def _below(self, rule: Any) -> Iterator[str]:  # noqa: ANN401 -- a Rule, which is no type
        if isinstance(rule, Leaf | Prerequisite):
            yield from self._of(rule)
        else:
            for part in rule.parts:
                yield from self._below(part)

    def _in_the_way(
        self,
        rule: Any,  # noqa: ANN401 -- a Rule, which is no type
        also: Callable[[Leaf], Iterable[str]],
    ) -> list[str]:
        if isinstance(rule, NoneOf):
            return []
        if isinstance(rule, All | AnyOf):
            ways = [self._in_the_way(part, also) for part in rule.parts]
            is_open = isinstance(rule, AnyOf) and not all(ways)
            return [] if is_open else [why for way in ways for why in way]
        if isinstance(rule, Leaf):
            return [] if rule.by_nothing else [*also(rule), *self._of(rule)]
        # Who has it may go on, whoever else gains it.
        return [] if rule.badge in self.held else list(self._of(rule))

    def _of(self, part: Leaf | Prerequisite) -> Iterator[str]:
        if isinstance(part, Leaf):
            yield from self._of_leaf(part)
        elif part.badge in self.idle:
            why = self.idle[part.badge]
            yield f'Nobody gains the badge "{part.badge}" for now: {why}.'

    def _of_leaf(self, leaf: Leaf) -> Iterator[str]:
        yield from self._of_set(leaf)
        if self.activities is not None and _counts_activities(leaf):
            yield from self._too_few(leaf, self.activities, "the course")
        # What everybody meets needs no report.
        is_met = leaf.by_nothing and leaf.is_growing
        if leaf.metric in self.unfed and not is_met:
            yield (
                f'Nobody can raise "{leaf.metric}" here yet: the course reports no '
                f"{NO_REPORTS[leaf.metric]}."
            )

    def _of_set(self, leaf: Leaf) -> Iterator[str]:
        # A set that is not there is named with those that are.
        if leaf.item_set in self.frame.sets:
            name = self.frame.labels[f"set:{leaf.item_set}"]
            has = len(leaf.keys or ())
            if not has:
                yield f"{name} has no items yet: nothing counts in it."
            elif leaf.of is not None and leaf.of > has:
                yield f"{leaf.of} of {name} are asked for, and it has {has} so far."
            else:
                yield from self._too_few(leaf, has, name)

    def _too_few(self, leaf: Leaf, items: int, place: str) -> Iterator[str]:
        most = most_in(leaf, items)
        if most is not None and is_above(leaf, most):
            said = leaf.sentence(self.frame.labels)
            yield f'Nobody can meet "{said}" yet: {most} is the most in {place} so far.'


def lacks(session: Session, criterion: Criterion, frame: Frame) -> Lacks:
    """Ask what a course lacks for a rule.

    One question, one for badges it asks for, and one where it counts activities.
    """
    rule = criterion.filled(frame.sets).rule
    idle, held = _idle(session, criterion, frame)
    counts = any(_counts_activities(leaf) for leaf in criterion.leaves)
    activities = _activities(session, frame.context_id) if counts else None
    missing = unfed(session, frame.context_id)
    return Lacks(rule, frame, missing, idle, held, activities)


def _counts_activities(leaf: Leaf) -> bool:
    """Tell whether it counts activities, and of the whole course."""
    is_of_course = leaf.keys is None and leaf.item_set is None
    return is_of_course and leaf.metric in ONCE_AN_ITEM


def _activities(session: Session, context_id: int) -> int | None:
    """Count a course's activities; None where there are none to go by yet.

    What events tell to be completed in none of them is not looked for: it would take
    everybody's facts, and who reports it may use the rule anyway.
    """
    number = sa.select(sa.func.count()).where(
        Item.context_id == context_id, Item.gone_at.is_(None)
    )
    return session.scalar(number) or None


def _idle(
    session: Session, criterion: Criterion, frame: Frame
) -> tuple[dict[str, str], frozenset[str]]:
    """Return why nobody gains which badges that are asked for, and which somebody has."""
    asked = criterion.prerequisites
    if not asked:
        return {}, frozenset()
    is_held = sa.exists().where(Award.badge_id == Badge.id, is_open(frame.now))
    query = sa.select(Badge, is_held).where(
        Badge.context_id == frame.context_id, Badge.key.in_(asked)
    )
    rows = session.execute(query).all()
    states = {badge.key: state_of(badge) for badge, _ in rows}
    idle = {key: IDLE[state] for key, state in states.items() if state in IDLE}
    return idle, frozenset(badge.key for badge, held in rows if held)
