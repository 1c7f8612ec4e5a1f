"""Whatever a platform says of somebody's ids: said again, it changes nothing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gamification.activity import Fact
from jobs.attempts import Basis, Kept, Told, news_of_all
from tests.factories import POINT
from tests.support.clock import NOW

ROWS = st.tuples(
    st.sampled_from(["act", "mark", "nothing"]),
    st.integers(0, 4),
    st.none() | st.integers(0, 4),
)
READINGS = st.lists(st.lists(ROWS, min_size=1, max_size=3), min_size=1, max_size=6)


def told(basis: Basis, day: int, mark: int | None, kind: str) -> Told:
    score = None if mark is None or kind != "graded" else mark * POINT
    fact = Fact(
        context_id=1,
        membership_id=1,
        item_id=1,
        kind=kind,
        occurred_at=NOW + timedelta(days=day),
        source="ags",
        status="withdrawn" if mark is None else "normal",
        score=score,
        maximum=None if score is None else 4 * POINT,
    )
    return Told(fact, basis)


def read(rows: list[Told], kept: dict[str, Kept]) -> list[Fact]:
    """Log what rows say; return what was news."""
    news = list(news_of_all(rows, list(kept.values())))
    for fact in news:
        known = kept.get(fact.attempt)
        acted_at = known.occurred_at if known else fact.occurred_at
        kept[fact.attempt] = Kept(fact.attempt, acted_at, fact.content)
    return news


@given(READINGS, st.sampled_from(["graded", "completed"]))
def test_a_gradebook_that_stays_as_it_is_is_no_news(
    readings: list[list[tuple[Basis, int, int | None]]], kind: str
) -> None:
    kept: dict[str, Kept] = {}
    for reading in readings:
        rows = [told(*row, kind) for row in reading]

        news = read(rows, kept)

        assert len({fact.attempt for fact in news}) == len(news)
        assert read(rows, kept) == []
        assert read(rows[::-1], kept) == []


@given(READINGS)
def test_the_best_mark_that_any_id_has_counts(
    readings: list[list[tuple[Basis, int, int | None]]],
) -> None:
    kept: dict[str, Kept] = {}
    for reading in readings:
        rows = [told(*row, "graded") for row in reading]
        read(rows, kept)

        marks = [one.content[1] or 0 for one in kept.values() if one.is_there]
        said = [row.fact.score or 0 for row in rows if row.is_there]
        assert bool(marks) == bool(said)
        if all(row.basis != "act" for row in rows):
            assert max(marks, default=0) == max(said, default=0)
        else:
            # What is earlier than the act that stands there was an act, too.
            assert max(marks, default=0) >= max(said, default=0)
