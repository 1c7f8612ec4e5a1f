"""One row of a gradebook after the other: which are retakes, which corrections."""

from datetime import timedelta
from typing import Any

import pytest

from gamification.activity import Fact
from jobs.attempts import Basis, Kept, Told, news_of, news_of_all
from tests.factories import POINT
from tests.support.clock import NOW

Row = tuple[int, int | None]
"""The day of a row's date, and its mark out of 100; None is a cleared one."""


def told(row: Row, basis: Basis, kind: str = "graded") -> Told:
    day, mark = row
    is_there = mark is not None
    score = None if mark is None or kind != "graded" else mark * POINT
    fact = Fact(
        context_id=1,
        membership_id=1,
        item_id=1,
        kind=kind,
        occurred_at=NOW + timedelta(days=day),
        source="ags",
        status="normal" if is_there else "withdrawn",
        score=score,
        maximum=None if score is None else 100 * POINT,
    )
    return Told(fact, basis)


def after(rows: list[Row], basis: Basis, kind: str = "graded") -> list[Kept]:
    """Return what the log keeps of a gradebook's rows, as it writes them down."""
    kept: dict[str, Kept] = {}
    for row in rows:
        for fact in news_of(told(row, basis, kind), list(kept.values())):
            known = kept.get(fact.attempt)
            # The learner's act never moves.
            acted_at = known.occurred_at if known else fact.occurred_at
            kept[fact.attempt] = Kept(fact.attempt, acted_at, fact.content)
    return list(kept.values())


def shown(kept: list[Kept]) -> list[Row]:
    """Return the day and the mark of each attempt that was not withdrawn."""
    return [
        ((one.occurred_at - NOW).days, (one.content[1] or 0) // POINT)
        for one in sorted(kept, key=lambda one: one.occurred_at)
        if one.is_there
    ]


@pytest.mark.parametrize(
    ("basis", "rows", "attempts"),
    [
        # A retake is an act of its own, better or not, where acts are told.
        ("act", [(1, 60), (2, 80)], [(1, 60), (2, 80)]),
        ("act", [(1, 60), (2, 40)], [(1, 60), (2, 40)]),
        ("act", [(1, 60), (2, 80), (3, 90)], [(1, 60), (2, 80), (3, 90)]),
        # The same act is corrected, up and down.
        ("act", [(1, 60), (1, 80)], [(1, 80)]),
        ("act", [(1, 60), (2, 80), (2, 75)], [(1, 60), (2, 75)]),
        ("act", [(1, 60), (2, 60), (2, 60)], [(1, 60), (2, 60)]),
        # Where only the mark has a date, the same one again tells of no act.
        ("mark", [(1, 60), (2, 60)], [(1, 60)]),
        # The teacher took the second attempt away.
        ("act", [(1, 60), (2, 80), (1, 60)], [(1, 60)]),
        # The act turned out to be earlier than we first saw it.
        ("act", [(3, 60), (1, 70)], [(3, 70)]),
        # Where the date is that of the mark, a better one is a retake ...
        ("mark", [(1, 60), (2, 80)], [(1, 60), (2, 80)]),
        # ... and a lower one is what the teacher says it is.
        ("mark", [(1, 95), (2, 59)], [(1, 59)]),
        ("mark", [(1, 60), (2, 95), (3, 70)], [(1, 60), (2, 70)]),
        ("mark", [(1, 60), (2, 95), (3, 50)], [(2, 50)]),
        # Without a date everything is a correction.
        ("nothing", [(1, 60), (2, 80)], [(1, 80)]),
        ("nothing", [(1, 60), (2, 40)], [(1, 40)]),
        # What was cleared is gone, and what comes later is new.
        ("mark", [(1, 60), (2, 80), (3, None)], []),
        ("mark", [(1, 60), (2, None), (3, 50)], [(3, 50)]),
        ("act", [(1, 60), (1, None), (1, 60)], [(1, 60)]),
        ("nothing", [(1, 60), (2, None), (3, 60)], [(1, 60)]),
    ],
)
def test_rows_of_a_gradebook_come_to_attempts(
    basis: Basis, rows: list[Row], attempts: list[Row]
) -> None:
    assert shown(after(rows, basis)) == attempts


@pytest.mark.parametrize("basis", ["act", "mark", "nothing"])
def test_the_same_row_again_is_no_news(basis: Basis) -> None:
    rows: list[Row] = [(1, 60), (2, 80), (3, 70)]
    kept = after(rows, basis)

    assert list(news_of(told(rows[-1], basis), kept)) == []


@pytest.mark.parametrize("basis", ["act", "mark", "nothing"])
def test_an_activity_is_completed_once_however_often_it_is_told(basis: Basis) -> None:
    rows: list[Row] = [(1, 60), (2, 80), (3, None), (4, 90), (5, 95)]
    kept = after(rows, basis, "completed")

    assert [(one.attempt, one.content[0]) for one in kept] == [("", "normal")]
    assert kept[0].occurred_at == NOW + timedelta(days=1)


def test_what_was_never_there_is_not_taken_back() -> None:
    nothing: list[Any] = list(news_of(told((1, None), "act"), []))

    assert nothing == []


def after_readings(readings: list[list[Row]], basis: Basis) -> list[Kept]:
    """Return what the log keeps of somebody's ids, each with a row in each reading."""
    kept: dict[str, Kept] = {}
    for rows in readings:
        seen = [told(row, basis) for row in rows]
        news = list(news_of_all(seen, list(kept.values())))
        assert len({fact.attempt for fact in news}) == len(news)
        for fact in news:
            known = kept.get(fact.attempt)
            acted_at = known.occurred_at if known else fact.occurred_at
            kept[fact.attempt] = Kept(fact.attempt, acted_at, fact.content)
    return list(kept.values())


@pytest.mark.parametrize(
    ("basis", "readings", "attempts"),
    [
        # Each id's act has its own day, whichever is better and is named first.
        ("act", [[(1, 60), (3, 80)]], [(1, 60), (3, 80)]),
        ("act", [[(3, 60), (1, 80)]], [(1, 80), (3, 60)]),
        ("mark", [[(3, 60), (1, 80)]], [(1, 80), (3, 60)]),
        # What was read of one id before stands where the other comes later.
        ("act", [[(3, 60)], [(3, 60), (1, 80)]], [(1, 80), (3, 60)]),
        ("mark", [[(1, 80)], [(1, 80), (3, 60)]], [(1, 80), (3, 60)]),
        # A retake between the acts of the other id, and after them.
        ("act", [[(1, 60), (3, 80)], [(2, 70), (3, 80)]], [(1, 60), (2, 70), (3, 80)]),
        ("mark", [[(1, 60), (3, 80)], [(4, 90), (3, 80)]], [(1, 60), (3, 80), (4, 90)]),
        # A correction is of the row it is about.
        ("act", [[(1, 60), (3, 80)], [(1, 60), (3, 75)]], [(1, 60), (3, 75)]),
        ("mark", [[(1, 60), (3, 80)], [(1, 60), (4, 20)]], [(1, 60), (3, 20)]),
        ("mark", [[(1, 90), (3, 80)], [(1, 50), (3, 80)]], [(1, 50), (3, 80)]),
        # Of one day, and where there is none, the best stands for all.
        ("mark", [[(1, 60), (1, 80)]], [(1, 80)]),
        ("nothing", [[(1, 60), (1, 80)], [(3, 60), (3, 80)]], [(1, 80)]),
        ("nothing", [[(1, 60), (1, 80)], [(2, 60), (2, 50)]], [(1, 60)]),
        # A mark that one id has no more is gone if no other has one as good.
        ("mark", [[(1, 90), (3, 80)], [(1, None), (3, 80)]], [(3, 80)]),
        ("mark", [[(1, 60), (3, 80)], [(1, 60), (3, None)]], [(1, 60)]),
        ("mark", [[(1, 60), (3, 40)], [(1, 60), (3, None)]], [(1, 60)]),
        ("nothing", [[(1, 60), (1, 80)], [(2, 60), (2, None)]], [(1, 60)]),
        ("act", [[(1, 60), (3, 80)], [(1, None), (3, None)]], []),
    ],
)
def test_rows_of_several_ids_come_to_attempts_of_one_person(
    basis: Basis, readings: list[list[Row]], attempts: list[Row]
) -> None:
    assert shown(after_readings(readings, basis)) == attempts
    turned = [rows[::-1] for rows in readings]
    assert shown(after_readings(turned, basis)) == attempts


def test_somebody_of_several_ids_completed_it_on_the_first_day() -> None:
    rows = [told(row, "act", "completed") for row in [(3, 80), (1, 60), (0, None)]]

    (fact,) = news_of_all(rows, [])

    assert (fact.status, fact.occurred_at) == ("normal", NOW + timedelta(days=1))
