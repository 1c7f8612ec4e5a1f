"""Points that nobody can have, or not before a week, are told in a sentence."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gamification.activity.item_sets import INSTRUCTOR, SetTold, set_item_sets
from gamification.activity.weighing import save_weights
from gamification.awards.saving import BadgeRefused, Doubted, judge, save
from gamification.catalog import Criterion
from gamification.catalog.own import Wish
from gamification.metrics import POINT
from gamification.metrics.weights import Worth
from models import Context
from tests.factories import a_context, a_member, an_item
from tests.integration.gamification.conftest import Act
from tests.support.clock import NOW

TERM = {"term_start": date(2026, 11, 2), "term_end": date(2027, 1, 31)}
SCORE = {"metric": "score", "at_least": 100}
TWO_GIVE = "the 2 activities give 16 at most"


def a_course(session: Session, **columns: Any) -> Context:  # noqa: ANN401 -- any column of the course
    """Build a course of two activities: of eight points each, as it is shipped."""
    course = a_context(session, **columns)
    for key in ("quiz-1", "quiz-2"):
        an_item(session, of=course, key=key)
    return course


def said(
    session: Session, course: Context, rule: dict[str, Any], now: datetime
) -> list[str]:
    return judge(session, course, "rich", Criterion.from_json(rule), now).findings


def post(session: Session, course: Context, act: Act) -> None:
    """Let the course report posts: five points a day at most."""
    act(a_member(session, of=course), "posted")


def test_more_points_than_the_activities_give_are_told(
    session: Session, now: datetime
) -> None:
    course = a_course(session)

    found = said(session, course, SCORE, now)
    strict = said(session, course, {"metric": "score", "more_than": 16}, now)
    just = said(session, course, {"metric": "score", "at_least": 16}, now)

    assert found == [f"Nobody can reach 100 points: {TWO_GIVE}."]
    assert strict == [f"Nobody can reach more than 16 points: {TWO_GIVE}."]
    assert just == []


def test_what_comes_day_by_day_says_the_week(
    session: Session, now: datetime, act: Act
) -> None:
    course = a_course(session, **TERM)
    post(session, course, act)

    found = said(session, course, SCORE, now)
    late = said(session, course, {**SCORE, "at_least": 300}, now)
    soon = said(session, course, {**SCORE, "at_least": 51}, now)

    pace = f"{TWO_GIVE}, and every day 5 more"
    # 84 points are 17 days of five.
    assert found == [
        f"Nobody can reach 100 points before week 3 (16 November 2026): {pace}."
    ]
    assert late == [
        f"Nobody can reach 300 points before week 9 (28 December 2026): {pace}."
    ]
    assert soon == []


def test_a_deadline_that_is_too_early_is_told_by_its_day(
    session: Session, now: datetime, act: Act
) -> None:
    course = a_course(session, **TERM)
    post(session, course, act)

    pace = f"{TWO_GIVE}, and every day 5 more"
    many = {**SCORE, "at_least": 300}
    # 284 points are 57 days of five.
    assert said(session, course, {**many, "by": "2026-12-27"}, now) == [
        f"Nobody can reach 300 points by 27 December 2026: {pace}."
    ]
    assert said(session, course, {**many, "by": "2026-12-28"}, now) == [
        f"Nobody can reach 300 points before week 9 (28 December 2026): {pace}."
    ]
    assert said(session, course, {**SCORE, "at_least": 52, "period": "week"}, now) == [
        f"Nobody can reach 52 points by 28 November 2026: {pace}."
    ]


@pytest.mark.parametrize("reported", ["submitted", "posted"])
def test_where_every_day_gives_without_a_most_nothing_is_told(
    session: Session, now: datetime, act: Act, reported: str
) -> None:
    course = a_course(session, **TERM)
    act(a_member(session, of=course), reported)
    save_weights(session, course, [Worth("posted", POINT)])

    assert said(session, course, SCORE, now) == []


def test_weights_and_caps_of_the_course_are_counted_with(
    session: Session, now: datetime
) -> None:
    course = a_course(session)
    weights = [
        Worth("completed", 90 * POINT, item="quiz-1"),
        Worth("graded", 9 * POINT, daily_cap=POINT // 2),
    ]
    save_weights(session, course, weights)

    found = said(session, course, {**SCORE, "at_least": 95}, now)

    assert found == ["Nobody can reach 95 points: the 2 activities give 94 at most."]


@pytest.mark.parametrize(
    ("rule", "is_told"),
    [
        ({"all": [{"metric": "events", "at_least": 1}, SCORE]}, True),
        ({"any": [{"metric": "events", "at_least": 1}, SCORE]}, False),
        ({"none": [SCORE]}, False),
        ({"metric": "score", "at_most": 100}, False),
    ],
)
def test_only_what_must_be_had_is_told(
    session: Session, now: datetime, rule: dict[str, Any], is_told: bool
) -> None:
    course = a_course(session)

    found = [one for one in said(session, course, rule, now) if "reach 100" in one]

    assert bool(found) == is_told


def test_a_course_without_activities_is_not_judged_yet(
    session: Session, now: datetime
) -> None:
    assert said(session, a_context(session), SCORE, now) == []


def test_activities_may_still_come_so_only_named_ones_surely_keep_a_badge_a_draft(
    session: Session, now: datetime
) -> None:
    course = a_course(session)
    anywhere = Criterion.from_json(SCORE)
    named = Criterion.from_json({**SCORE, "items": ["quiz-1"]})

    rich = Wish(key="rich", label="R", rule=anywhere)
    quiz = Wish(key="quiz", label="Q", rule=named, anyway=True)

    with pytest.raises(Doubted):
        save(session, course, rich, now)
    save(session, course, replace(rich, anyway=True), now)
    with pytest.raises(BadgeRefused) as refused:
        save(session, course, quiz, now)

    assert str(refused.value) == (
        "Nobody can reach 100 points: the one activity gives 8 at most. "
        "Change the rule, or save it as a draft."
    )


@pytest.mark.parametrize(
    "weight",
    [
        Worth("completed", POINT, effective_from=NOW),
        Worth("completed", POINT, item="quiz-1", effective_from=NOW),
        Worth("posted", POINT, POINT, effective_from=NOW),
        Worth("graded", 5 * POINT, daily_cap=POINT),
    ],
    ids=lambda weight: f"{weight.kind} {weight.item}",
)
def test_what_may_have_been_worth_more_before_is_a_doubt_alone(
    session: Session, now: datetime, weight: Worth
) -> None:
    course = a_course(session)
    save_weights(session, course, [weight])
    rule = Criterion.from_json({**SCORE, "items": ["quiz-1"]})

    judged = judge(session, course, "quiz", rule, now)

    assert (judged.senseless, len(judged.findings)) == ([], 1)
    assert judged.doubts[0].startswith("Nobody can reach 100 points: ")


def test_the_weight_of_another_activity_changes_no_verdict(
    session: Session, now: datetime
) -> None:
    course = a_course(session)
    other = Worth("completed", POINT, item="quiz-2", effective_from=NOW)
    save_weights(session, course, [other])
    rule = Criterion.from_json({**SCORE, "items": ["quiz-1"]})

    assert len(judge(session, course, "quiz", rule, now).senseless) == 1


def test_more_days_than_the_term_has_are_nobodys(
    session: Session, now: datetime
) -> None:
    course = a_course(session, **TERM)
    rule = {"metric": "active_days", "at_least": 92, "period": "term"}

    judged = judge(session, course, "rich", Criterion.from_json(rule), now)
    fits = said(session, course, {**rule, "at_least": 91}, now)

    assert [one.startswith("Nobody can meet") for one in judged.senseless] == [True]
    assert fits == []


def test_of_several_ways_all_must_be_closed(session: Session, now: datetime) -> None:
    course = a_course(session)
    named = {"metric": "score", "items": ["quiz-1"], "at_least": 9}
    more = {"metric": "score", "items": ["quiz-2"], "at_least": 20}
    way_out = {"metric": "score", "at_least": 10}

    def judged(*ways: dict[str, Any]) -> tuple[int, int]:
        rule = Criterion.from_json({"any": ways})
        found = judge(session, course, "rich", rule, now)
        return len(found.senseless), len(found.doubts)

    assert judged(named, more) == (2, 0)
    assert judged(named, SCORE) == (0, 2)
    assert judged(named, SCORE, way_out) == (0, 0)
    assert judged(named, {"metric": "events", "at_least": 1}) == (0, 0)


@pytest.mark.parametrize(
    "rule",
    [
        {**SCORE, "at_least": 900_000_000, "from": "2026-11-01"},
        {**SCORE, "from": "9999-12-31"},
    ],
)
def test_points_that_take_longer_than_there_are_days_are_nobodys(
    session: Session, now: datetime, act: Act, rule: dict[str, Any]
) -> None:
    course = a_course(session)
    post(session, course, act)

    (found, *_) = said(session, course, rule, now)

    assert found.startswith("Nobody can reach")


def test_a_set_with_too_little_is_told_once(session: Session, now: datetime) -> None:
    course = a_course(session)
    told = SetTold("m1", "module", "Module 1", ())
    set_item_sets(session, course, INSTRUCTOR, [told], now)
    rule = {"metric": "completed", "item_set": "m1", "at_least": 5}

    assert said(session, course, rule, now) == [
        "Module 1 has no items yet: nothing counts in it."
    ]
