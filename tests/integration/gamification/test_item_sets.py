"""Sets of items: told whole by their source, and looked up when a rule is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity.item_sets import (
    SetTold,
    Walked,
    item_sets_of,
    set_item_sets,
)
from gamification.activity.items import item_ids
from gamification.awards import badges_for, evaluate
from gamification.awards.preview import Preview, Proposal, preview
from gamification.catalog import Criterion
from gamification.copying.choices import Wanted
from gamification.copying.importing import plan_import
from models import Award, Context, Item, Membership
from tests.factories import a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import ON, Act, Counting

ALL = {"metric": "completed", "item_set": "unit-1"}


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course of three quizzes that awards nothing by itself."""
    context = a_context(session, enabled=False)
    for number in (1, 2, 3):
        an_item(session, of=context, key=f"quiz-{number}")
    return context


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    return a_member(session, of=course)


def quiz(session: Session, course: Context, number: int) -> Item:
    query = sa.select(Item).filter_by(context_id=course.id, key=f"quiz-{number}")
    return session.scalars(query).one()


def tell(
    session: Session,
    course: Context,
    sets: Mapping[str, Sequence[int]],
    source: str = "moodle",
) -> Walked:
    """Tell which quizzes are in which sets, and that these are all."""
    told = [
        SetTold(
            key,
            "module",
            key.replace("-", " ").capitalize(),
            tuple(quiz(session, course, number).id for number in numbers),
        )
        for key, numbers in sets.items()
    ]
    return set_item_sets(session, course, source, told, course.created_at)


def held(session: Session, now: datetime, course: Context) -> list[dict[str, Any]]:
    evaluate(session, course, now, switch=ON)
    query = sa.select(Award.evidence).where(Award.ended_at.is_(None))
    return list(session.scalars(query.where(Award.context_id == course.id)))


def foreseen(session: Session, course: Context, rule: Any, now: datetime) -> Preview:  # noqa: ANN401 -- whatever JSON holds
    return preview(session, course, Proposal(Criterion.from_json(rule)), now)


def test_a_new_item_counts_from_then_on(
    session: Session, course: Context, ada: Membership, act: Act, now: datetime
) -> None:
    a_badge(session, of=course, key="unit", criterion=ALL, policy="revoke")
    tell(session, course, {"unit-1": [1]})
    act(ada, "completed", quiz(session, course, 1))
    small = held(session, now, course)

    tell(session, course, {"unit-1": [1, 2]})
    grown = held(session, now, course)
    (badge,) = badges_for(session, ada, now, switch=ON).badges
    act(ada, "completed", quiz(session, course, 2))
    whole = held(session, now, course)

    counted = [one["conditions"][0]["counted"] for one in (*small, *whole)]
    assert counted == [["quiz-1"], ["quiz-1", "quiz-2"]]
    assert grown == []
    assert badge.missing == ("Complete 1 more of Unit 1",)
    assert (badge.progress, badge.threshold, badge.percent) == (1, 2, 50)


def test_what_its_platform_lists_no_more_is_in_no_set(
    session: Session, course: Context, ada: Membership, act: Act, now: datetime
) -> None:
    a_badge(session, of=course, key="unit", criterion=ALL)
    tell(session, course, {"unit-1": [1, 2]})
    act(ada, "completed", quiz(session, course, 1))

    quiz(session, course, 2).gone_at = now
    session.flush()

    assert [row.items for row in item_sets_of(session, course.id)] == [("quiz-1",)]
    assert len(held(session, now, course)) == 1


@pytest.mark.parametrize(
    "rule",
    [
        ALL,
        {"metric": "percent", "item_set": "unit-1", "at_most": 50},
        {"metric": "average_percent", "item_set": "unit-1", "at_most": 50},
    ],
)
def test_a_set_without_items_is_met_by_nobody(
    session: Session,
    course: Context,
    ada: Membership,
    act: Act,
    now: datetime,
    rule: dict[str, Any],
) -> None:
    act(ada, "completed", quiz(session, course, 1))
    tell(session, course, {"unit-1": []})

    found = foreseen(session, course, rule, now)

    assert (found.gains.count, found.faults) == (0, [])
    assert "Unit 1 has no items yet: nothing counts in it." in found.findings


def test_an_unknown_set_is_refused_with_what_there_is(
    session: Session, course: Context, now: datetime
) -> None:
    tell(session, course, {"unit-1": [1]})
    rule = {"all": [ALL, {**ALL, "item_set": "unit-9"}]}

    (fault,) = foreseen(session, course, rule, now).faults

    assert str(fault) == (
        'criterion.all[1].item_set: there is no item set "unit-9"; there are unit-1 '
        "(Unit 1)"
    )


def test_what_a_complete_list_lacks_is_gone_and_told_again_it_is_back(
    session: Session, course: Context
) -> None:
    first = tell(session, course, {"unit-1": [1], "unit-2": [2, 3]})
    same = tell(session, course, {"unit-1": [1], "unit-2": [2, 3]})
    less = tell(session, course, {"unit-2": [3, 2]})
    left = item_sets_of(session, course.id)
    back = tell(session, course, {"unit-1": [1], "unit-2": [3, 2]})

    assert [w.has_changed for w in (first, same, less, back)] == [
        *(True, False, True, True)
    ]
    assert [(one.key, one.items) for one in left] == [("unit-2", ("quiz-3", "quiz-2"))]
    assert len(item_sets_of(session, course.id)) == 2


def test_each_source_tells_its_own_sets_and_no_other_ones(
    session: Session, course: Context
) -> None:
    tell(session, course, {"unit-1": [1]})

    walked = tell(session, course, {"unit-1": [2], "mine": [3], "no key": []}, "me")
    tell(session, course, {}, "me")

    assert [(one.key, one.reason) for one in walked.refused] == [
        ("unit-1", "its key is that of a set which moodle tells"),
        ("no key", "its key is not of letters, digits, dots, dashes and underscores"),
    ]
    rows = [(r.key, r.source, r.items) for r in item_sets_of(session, course.id)]
    assert rows == [("unit-1", "moodle", ("quiz-1",))]


def test_an_item_of_another_course_is_refused_by_the_database(
    session: Session, course: Context
) -> None:
    stranger = an_item(session)
    told = [SetTold("unit-1", "module", "Unit 1", (stranger.id,))]

    with pytest.raises(sa.exc.IntegrityError):
        set_item_sets(session, course, "moodle", told, course.created_at)


def test_many_sets_take_as_many_statements_as_one(
    session: Session, course: Context, now: datetime, statements: Counting
) -> None:
    tell(session, course, {f"unit-{n}": [1] for n in range(5)})
    rules = [
        {"all": [{**ALL, "item_set": f"unit-{n}"} for n in range(number)]}
        # The first look reads the course, too.
        for number in (1, 1, 5)
    ]

    counts = []
    for rule in rules:
        with statements() as seen:
            foreseen(session, course, rule, now)
        counts.append(len(seen))

    assert counts[1] == counts[2]


def test_many_sets_are_written_in_as_many_statements_as_few(
    session: Session, course: Context, statements: Counting
) -> None:
    # The first look at a database asks it more.
    tell(session, course, {"first": [1]})
    counts = []
    for number in (2, 5):
        # New ones, each of them changed in its own way, and none of them left.
        new = {f"{number}-{n}": [1] for n in range(number)}
        others = {key: [2 + n % 2] for n, key in enumerate(reversed(new))}
        none: dict[str, list[int]] = {}
        for sets in (new, others, none):
            with statements() as seen:
                tell(session, course, sets)
            counts.append(len(seen) - len(sets))

    assert counts[:3] == counts[3:]


def test_a_copied_rule_names_the_new_courses_set(
    session: Session, course: Context, now: datetime
) -> None:
    new = a_context(session, registration=course.registration)
    an_item(session, of=new, key="quiz-1")
    tell(session, course, {"unit-1": [1], "unit-2": [2]})
    told = SetTold("m17", "module", "Unit 1", (quiz(session, new, 1).id,))
    set_item_sets(session, new, "canvas", [told], now)
    for number in (1, 2):
        rule = {**ALL, "item_set": f"unit-{number}"}
        badge = a_badge(session, of=course, key=f"unit-{number}", criterion=rule)
        badge.origin = "course"

    plan = plan_import(session, course, new, Wanted(), now)

    rules = {
        key: (entry.state, entry.definition.criterion.to_document()["item_set"])
        for key, entry in plan.after.by_key.items()
    }
    assert rules == {
        "unit-1": ("active", "m17"),
        "unit-2": ("draft", "unbound:unit-2 (Unit 2)"),
    }
    assert [(there.key, here.key) for there, here in plan.mapping] == [
        ("unit-1", "m17")
    ]
    assert plan.drafts == [
        (
            "The badge unit-2 is a draft: its rule names “Unit 2”, and nothing here is "
            "surely the same."
        )
    ]


def test_a_rule_of_a_set_that_is_gone_is_not_bound_by_its_key_alone(
    session: Session, course: Context, now: datetime
) -> None:
    new = a_context(session, registration=course.registration)
    tell(session, course, {"unit-1": [1]})
    tell(session, course, {})
    other = SetTold("unit-1", "module", "Welcome", ())
    set_item_sets(session, new, "moodle", [other], now)
    badge = a_badge(session, of=course, key="unit", criterion=ALL)
    badge.origin = "course"

    plan = plan_import(session, course, new, Wanted(), now)

    entry = plan.after.by_key["unit"]
    assert entry.state == "draft"
    rule = entry.definition.criterion.to_document()
    assert rule["item_set"] == "unbound:unit-1 (Unit 1)"


def test_more_items_are_found_than_a_statement_has_parameters(
    session: Session, course: Context
) -> None:
    keys = {f"no-quiz-{number}" for number in range(70_000)}

    found = item_ids(session, course.id, {"quiz-1", "quiz-3", *keys})

    assert found == {f"quiz-{n}": quiz(session, course, n).id for n in (1, 3)}
