"""Every rule of docs/rules.md, tried with the people of its table."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import ROOT
from gamification.activity import Fact, record
from gamification.activity.item_sets import SetTold, set_item_sets
from gamification.awards import badges_for, evaluate
from gamification.catalog import adopt, parse
from models import Award, Badge, Context, Item, Membership
from tests.factories import POINT, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON
from tests.support.clock import NOW

ITEMS = (
    *(f"quiz-{number}" for number in range(1, 6)),
    *("essay", "forum", "exam", "module-1", "module-2"),
)
UNIT = ("module-1", "quiz-1")
BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
ACT = re.compile(
    r"(?P<item>[\w-]+)(?:: (?P<score>[\d.]+) of (?P<maximum>\d+)| (?P<verb>completed|"
    r"handed in)|: (?P<excused>excused)|: (?P<seconds>\d+) seconds)(?P<late> late)?(?: on (?P<day>[\d-]+))?"
)
KINDS = {"completed": "completed", "handed in": "submitted", None: "graded"}


@dataclass(frozen=True)
class Example:
    """One section of the page."""

    title: str
    badges: dict[str, Any]
    rows: list[tuple[str, str, str]]


def examples() -> Iterator[Example]:
    text = (ROOT / "docs" / "rules.md").read_text()
    for section in text.split("\n## ")[1:]:
        if found := BLOCK.search(section):
            table = re.findall(r"^\| (.*) \| (yes|no) \|(.*)\|$", section, re.MULTILINE)
            rows = [(acts, has, left.strip()) for acts, has, left in table]
            title = section.splitlines()[0]
            yield Example(title, tomllib.loads(found.group(1)), rows)


EXAMPLES = list(examples())


def test_there_are_fourteen_and_each_is_met_by_some_and_not_by_others() -> None:
    assert len(EXAMPLES) == 14
    assert all({has for _, has, _ in one.rows} == {"yes", "no"} for one in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_a_rule_does_what_the_page_says(
    session: Session, now: datetime, example: Example
) -> None:
    course = a_context(session, time_zone="UTC")
    course.term_start, course.term_end = date(2026, 9, 1), date(2027, 1, 31)
    catalog = parse(example.badges)
    adopt(session, course, catalog, now)
    items = {key: an_item(session, of=course, key=key) for key in ITEMS}
    unit = tuple(items[key].id for key in UNIT)
    told = [SetTold("unit-1", "module", "Unit 1", unit)]
    set_item_sets(session, course, "test", told, now)
    people = [a_member(session, of=course) for _ in example.rows]
    for person, (acts, _, _) in zip(people, example.rows, strict=True):
        facts = [
            a_fact(person, items, act, n) for n, act in enumerate(acts.split("; "))
        ]
        assert record(session, facts, now, environment=False).refused == []

    read = [last_of(session, person, now) for person in people]
    evaluate(session, course, now, switch=ON)

    assert catalog.notes == ()
    assert read == [(has == "yes", left) for _, has, left in example.rows]
    assert [holds_last(session, course, person) for person in people] == [
        has == "yes" for _, has, _ in example.rows
    ]


def a_fact(person: Membership, items: dict[str, Item], act: str, number: int) -> Fact:
    """Read an act as the page has it: `quiz-1: 8 of 10`, `essay handed in late`."""
    found = ACT.fullmatch(act)
    assert found, act
    said = found.groupdict()
    result: dict[str, Any] = {}
    if said["score"]:
        result = {
            "score": round(float(said["score"]) * POINT),
            "maximum": int(said["maximum"]) * POINT,
        }
    kind = KINDS[said["verb"]]
    if said["seconds"]:
        kind, result = "spent", {"seconds": int(said["seconds"])}
    day = date.fromisoformat(said["day"]) if said["day"] else NOW.date()
    return Fact(
        context_id=person.context_id,
        membership_id=person.id,
        item_id=items[said["item"]].id,
        kind=kind,
        status=said["excused"] or ("late" if said["late"] else "normal"),
        occurred_at=datetime.combine(day, NOW.timetz()),
        source="test",
        attempt=str(number),
        **result,
    )


def last_of(session: Session, person: Membership, now: datetime) -> tuple[bool, str]:
    *_, last = badges_for(session, person, now, switch=ON).badges
    return last.earned, "; ".join(last.missing)


def holds_last(session: Session, course: Context, person: Membership) -> bool:
    last = sa.select(sa.func.max(Badge.id)).where(Badge.context_id == course.id)
    ours = (Award.membership_id == person.id, Award.badge_id == last.scalar_subquery())
    return session.scalar(sa.select(sa.exists().where(*ours))) is True
