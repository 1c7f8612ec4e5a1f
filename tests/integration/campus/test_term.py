"""Weeks that pass, and a clock another program can follow."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campus import seeding, term
from campus.clock import Clock
from campus.records import WEEK, Course, LineItem, Result, Role, Tool
from campus.state import Campus

WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
Gradebook = list[tuple[str, str, float | None, datetime]]


def a_campus(clock: Clock | None = None, *, seed: int = 1) -> tuple[Campus, Course]:
    campus = Campus(seed=seed, clock=clock or Clock(real=lambda: WEDNESDAY))
    campus.add_tool(Tool.at("http://127.0.0.1:5000", "client-1"))
    return campus, seeding.fifty_learners(campus)


def gradebook(campus: Campus, course: Course) -> Gradebook:
    return sorted(
        (item.label, campus.person(result.person).name, result.score, result.at)
        for item in campus.line_items(course)
        for result in campus.results(item)
    )


def test_the_course_has_fifty_different_learners_and_two_who_teach() -> None:
    campus, course = a_campus()

    enrolled = campus.enrolments(course)
    learners = [
        campus.person(one.person).name for one in enrolled if one.role is Role.STUDENT
    ]

    assert len(set(learners)) == 50
    assert [one.role for one in enrolled[:2]] == [Role.TEACHER, Role.ASSISTANT]
    assert len(enrolled) == 52


def test_the_course_begins_in_its_third_week_with_the_results_so_far() -> None:
    campus, course = a_campus()

    book = gradebook(campus, course)

    assert course.week_at(campus.now()) == 3
    assert {item.week for item in campus.line_items(course)} == set(range(1, 13))
    assert {campus_week(course, at) for *_, at in book} == {1, 2, 3}
    assert max(at for *_, at in book) <= WEDNESDAY


def test_the_same_seed_gives_the_same_course() -> None:
    first, again, another = a_campus(), a_campus(), a_campus(seed=2)

    assert gradebook(*first) == gradebook(*again)
    assert gradebook(*first) != gradebook(*another)


def test_a_week_passes_with_results_of_that_week() -> None:
    campus, course = a_campus()
    before = gradebook(campus, course)

    campus.next_week()

    fresh = [row for row in gradebook(campus, course) if row not in before]
    assert campus.now() == WEDNESDAY + WEEK
    assert course.week_at(campus.now()) == 4
    assert len(fresh) > 50
    assert all(WEDNESDAY < at <= WEDNESDAY + WEEK for *_, at in fresh)


def test_scores_are_plausible_and_some_learners_do_little() -> None:
    campus, course = a_campus()
    for _ in range(9):
        campus.next_week()

    items = campus.line_items(course)
    results = [result for item in items for result in campus.results(item)]
    maximum = {item.number: item.maximum for item in items}
    shares = [one.score / maximum[one.line_item] for one in results if one.score]
    done = [
        sum(one.person == enrolment.person for one in results)
        for enrolment in campus.enrolments(course)
        if enrolment.role is Role.STUDENT
    ]

    assert 0.7 < sum(shares) / len(shares) < 0.9
    assert max(shares) <= 1
    assert min(done) < 6
    assert sorted(done)[25] > 15
    assert max(done) <= len(items)


def test_some_hand_in_again_and_never_for_the_worse() -> None:
    campus, course = a_campus()
    attempts: dict[tuple[int, int], list[float]] = {}
    for attempt in term.planned_attempts(campus, course):
        key = (attempt.item.number, attempt.person)
        attempts.setdefault(key, []).append(attempt.score)

    repeated = [scores for scores in attempts.values() if len(scores) > 1]

    assert len(repeated) > 50
    assert all(scores == sorted(scores) for scores in repeated)


def test_the_weeks_end_with_the_term() -> None:
    campus, course = a_campus()

    for _ in range(11):
        campus.next_week()

    last = gradebook(campus, course)
    campus.next_week()
    assert course.week_at(campus.now()) == 12
    assert gradebook(campus, course) == last


def test_a_click_on_an_activity_counts_now_and_never_less() -> None:
    campus, course = a_campus()
    item = term.open_items(campus, course)[0]
    person = campus.person(campus.enrolments(course)[2].person)

    scores = [term.do_activity(campus, item, person).score for _ in range(12)]

    assert scores == sorted(score for score in scores if score is not None)
    assert scores[-1] == item.maximum
    result = campus.find_result(item, person)
    assert result is not None
    assert result.at == WEDNESDAY


def test_who_did_better_by_a_click_keeps_that_when_the_week_passes() -> None:
    campus, course = a_campus()
    planned = [
        attempt
        for attempt in term.planned_attempts(campus, course)
        if attempt.at > WEDNESDAY and attempt.item.week == 3
    ]
    best = {}
    for attempt in planned:
        person = campus.person(attempt.person)
        best[attempt.item, person] = campus.put_result(
            Result(
                line_item=attempt.item.number,
                person=person.number,
                score=attempt.item.maximum,
                at=WEDNESDAY,
            )
        )

    campus.next_week()

    assert len(best) > 20
    assert {key: campus.find_result(*key) for key in best} == best


def test_only_the_tools_activities_up_to_now_are_open() -> None:
    campus, course = a_campus()

    weeks = [item.week for item in term.open_items(campus, course)]

    assert weeks == [3, 3, 3, 2, 2, 1, 1]


def test_a_column_that_the_tool_made_is_nothing_to_do() -> None:
    """The tool fills it: no learner is offered it, and no week that passes does."""
    campus, course = a_campus()
    own = LineItem(
        course=course.number, label="Badges", tool=1, week=3, is_made_by_tool=True
    )
    own = campus.add_line_item(own)

    campus.next_week()

    assert own not in term.open_items(campus, course)
    assert campus.results(own) == ()


def test_tokens_and_timestamps_use_campus_time() -> None:
    campus, _ = a_campus()
    campus.next_week()

    token = campus.issue_token(campus.tools[0], (), "value")

    assert token.expires_at == WEDNESDAY + WEEK + timedelta(hours=1)


def test_the_clock_file_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    campus, course = a_campus(Clock(path, real=lambda: WEDNESDAY))
    at_first = json.loads(path.read_text())

    campus.next_week()

    restarted = a_campus(Clock(path, real=lambda: WEDNESDAY + timedelta(hours=1)))
    assert at_first == {"offset_seconds": 0}
    assert json.loads(path.read_text()) == {"offset_seconds": 7 * 24 * 3600}
    assert restarted[0].now() == WEDNESDAY + WEEK + timedelta(hours=1)
    assert restarted[1] == course
    assert set(gradebook(campus, course)) <= set(gradebook(*restarted))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"offset_seconds": "soon"}'])
def test_a_file_that_is_no_clock_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clock.json"
    path.write_text(text)

    with pytest.raises(ValueError, match="is not a clock file"):
        Clock(path)


def campus_week(course: Course, at: datetime) -> int:
    return course.week_at(at)
