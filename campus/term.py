"""What learners do from week to week: decided by the seed, not by the clock.

Every attempt of a whole term is planned from the seed; letting time pass only stores
the attempts whose time has come. So a course is the same however it got to a week.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from campus.records import (
    WEEK,
    Course,
    LineItem,
    Person,
    Result,
    Role,
    Status,
)

if TYPE_CHECKING:
    from campus.state import Campus

NEVER_LEAVES = 99
RESUBMITS = 0.3


@dataclass(frozen=True)
class Habits:
    """How somebody studies: shares from 0 to 1, and the last week with any work."""

    ability: float
    diligence: float
    last_week: int


@dataclass(frozen=True)
class Attempt:
    item: LineItem
    person: int
    at: datetime
    score: float


def play(campus: "Campus", course: Course, *, after: datetime, until: datetime) -> None:
    """Store what the learners of a course did in this stretch of time."""
    for attempt in planned_attempts(campus, course):
        if after < attempt.at <= until:
            _hand_in(campus, attempt)


def planned_attempts(campus: "Campus", course: Course) -> list[Attempt]:
    """Return every attempt of the term, oldest first; none where there are no weeks."""
    if course.begins is None:
        return []
    items = [item for item in campus.line_items(course) if _is_activity(item)]
    planned = [
        attempt
        for enrolment in campus.enrolments(course)
        if enrolment.role is Role.STUDENT and enrolment.status is Status.ACTIVE
        for item in items
        for attempt in _attempts(campus.seed, course.begins, item, enrolment.person)
    ]
    return sorted(planned, key=lambda attempt: (attempt.at, attempt.person))


def open_items(campus: "Campus", course: Course) -> tuple[LineItem, ...]:
    """Return the tool's activities that may be done by now, the latest week first."""
    week = course.week_at(campus.now())
    items = [
        item
        for item in campus.line_items(course)
        if _is_activity(item) and item.week <= week
    ]
    return tuple(sorted(items, key=lambda item: (-item.week, item.number)))


def do_activity(campus: "Campus", item: LineItem, person: Person) -> Result:
    """Let somebody do an activity now; doing it again is never for the worse."""
    before = campus.find_result(item, person)
    share = _chance(campus.seed, "click", item.number, person.number).uniform(0.7, 0.95)
    score = float(round(share * item.maximum))
    if before is not None and before.score is not None:
        improved = before.score + max(round(item.maximum / 10), 1)
        score = min(max(score, improved), item.maximum)
    return campus.put_result(
        Result(
            line_item=item.number, person=person.number, score=score, at=campus.now()
        )
    )


def habits_of(seed: int, person: int) -> Habits:
    """Return how somebody studies: most steadily, some fade out, a few hardly start."""
    chance = _chance(seed, "habits", person)
    ability = min(max(chance.gauss(0.77, 0.13), 0.35), 0.98)
    kind = chance.random()
    if kind < 0.06:
        return Habits(ability, 0.06, NEVER_LEAVES)
    if kind < 0.15:
        return Habits(ability, 0.8, chance.randint(3, 7))
    return Habits(ability, chance.uniform(0.68, 0.98), NEVER_LEAVES)


def _is_activity(item: LineItem) -> bool:
    return item.tool is not None and not item.is_made_by_tool


def _attempts(
    seed: int, begins: datetime, item: LineItem, person: int
) -> Iterator[Attempt]:
    habits = habits_of(seed, person)
    chance = _chance(seed, "attempt", item.number, person)
    if chance.random() > habits.diligence or item.week > habits.last_week:
        return
    opens = begins + (item.week - 1) * WEEK
    share = min(max(chance.gauss(habits.ability, 0.1), 0.1), 1.0)
    score = float(round(share * item.maximum))
    at = opens + _study_time(chance)
    yield Attempt(item, person, at, score)
    again = at + timedelta(hours=chance.uniform(5, 40))
    if score < item.maximum and chance.random() < RESUBMITS and again < opens + WEEK:
        better = score + max(round(chance.uniform(0.05, 0.2) * item.maximum), 1)
        yield Attempt(item, person, again, min(better, item.maximum))


def _study_time(chance: Random) -> timedelta:
    """Return a time within the week: towards its end, and awake."""
    return timedelta(
        days=int(chance.triangular(0, 7, 5.5)),
        hours=int(chance.triangular(7, 23, 18)),
        minutes=chance.randrange(60),
        seconds=chance.randrange(60),
    )


def _hand_in(campus: "Campus", attempt: Attempt) -> None:
    person = campus.person(attempt.person)
    before = campus.find_result(attempt.item, person)
    # Somebody clicked meanwhile and did better: that stays.
    if before and before.score is not None and before.score >= attempt.score:
        return
    campus.put_result(
        Result(
            line_item=attempt.item.number,
            person=attempt.person,
            score=attempt.score,
            at=attempt.at,
        )
    )


def _chance(*about: object) -> Random:
    """Return chances that are always the same about the same thing."""
    return Random(":".join(map(str, about)))  # noqa: S311 -- no secret, a simulation
