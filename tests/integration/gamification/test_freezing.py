"""Closed periods stay as they were, and the term is a period like the others."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import rebuild, record
from gamification.standings import (
    NoSuchPeriod,
    Wanted,
    leaderboard,
    periods_of,
    set_consent,
)
from gamification.standings.freezing import freeze, frozen_rows, is_frozen
from models import Context, Membership, Standing
from tests.factories import POINT, a_context, a_member, an_item
from tests.integration.gamification.conftest import (
    ON,
    Counting,
    a_class,
    a_fact,
    as_usual,
)

DAY = timedelta(days=1)
OLD = datetime.fromisoformat("2026-09-01T00:00:00+00:00")


def totals(session: Session, member: Membership) -> dict[str, int]:
    rows = session.execute(
        sa.select(Standing.period, Standing.points).where(
            Standing.membership_id == member.id
        )
    )
    return {period: points // POINT for period, points in rows}


@pytest.fixture
def ada(session: Session, now: datetime) -> Membership:
    """Enrol somebody who hands something in at `now`, in a course that is no new one."""
    member = a_member(session, of=a_context(session, created_at=OLD))
    record(session, [a_fact(member)], now, environment=False)
    return member


@pytest.mark.parametrize(
    ("days", "week"), [(7, 2 + 3), (8, 2), (30, 2)], ids=["open", "frozen", "long ago"]
)
def test_a_week_takes_what_comes_late_for_seven_days_and_no_longer(
    session: Session, ada: Membership, now: datetime, days: int, week: int
) -> None:
    late = a_fact(ada, "completed", occurred_at=now)

    record(session, [late], now + days * DAY, environment=False)

    assert totals(session, ada)["2026-W47"] == week
    assert totals(session, ada)["all"] == 5


def test_a_correction_leaves_a_frozen_week_and_moves_all_time(
    session: Session, ada: Membership, now: datetime
) -> None:
    item = an_item(session, of=ada.context)
    record(session, [a_fact(ada, "graded", item)], now, environment=False)
    later = now + 10 * DAY

    worse = a_fact(ada, "graded", item, score=0, seen_at=later)
    record(session, [worse], later, environment=False)

    week, everything = (totals(session, ada)[key] for key in ("2026-W47", "all"))
    assert (week, everything) == (7, 2)


def test_a_rebuild_leaves_frozen_weeks_whatever_the_zone_is_now(
    session: Session, ada: Membership, now: datetime
) -> None:
    later = now + 10 * DAY
    record(session, [a_fact(ada, attempt="2")], later, environment=False)
    before = totals(session, ada)
    # Sunday morning in London is still Saturday there, and the month's end another one.
    ada.context.time_zone = "Pacific/Honolulu"

    rebuild(session, ada.context, later)

    assert totals(session, ada) == before


def test_the_line_never_moves_back(
    session: Session, ada: Membership, now: datetime
) -> None:
    context, midnight = ada.context, datetime.fromisoformat("2026-11-30T00:30:00+00:00")
    freeze(session, context, midnight)
    lines = [context.frozen_through]
    context.time_zone = "Pacific/Honolulu"
    freeze(session, context, midnight)
    lines.append(context.frozen_through)

    assert lines == [date(2026, 11, 22)] * 2


def test_a_course_that_was_connected_this_week_gets_its_past_weeks(
    session: Session, now: datetime
) -> None:
    member = a_member(session, of=a_context(session, created_at=OLD))
    old = [a_fact(member, attempt=str(n), occurred_at=now - n * DAY) for n in (30, 60)]
    record(session, old[:1], now, environment=False)

    record(session, old[1:], now + 7 * DAY, environment=False)
    first = totals(session, member)
    late = a_fact(member, attempt="late", occurred_at=now - 30 * DAY)
    record(session, [late], now + 8 * DAY, environment=False)

    assert (first["2026-W39"], first["2026-W43"]) == (2, 2)
    assert totals(session, member) == first | {"all": 6}


def test_who_leaves_the_board_is_gone_from_frozen_weeks_too(
    session: Session, now: datetime
) -> None:
    people = a_class(
        session,
        now,
        [6, 5, 4, 3, 2, 1],
        board_participation="opt_out",
        board_top=9,
        created_at=OLD,
    )
    later = now + 30 * DAY
    freeze(session, people[0].context, later)

    set_consent(session, people[1], later, joined=False)
    board = leaderboard(
        session, as_usual(people[0]), later, switch=ON, wanted=Wanted("2026-W47")
    )

    assert (board.final, board.people) == (True, 5)
    assert [(row.rank, row.name) for row in board.rows] == [
        (1, "Alias 0"),
        (2, "Alias 2"),
        (3, "Alias 3"),
        (4, "Alias 4"),
        (5, "Alias 5"),
    ]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
@pytest.mark.parametrize("line", ["2026-11-22", "2026-11-28", "2026-11-30", None])
def test_rows_are_frozen_as_keys_are(
    session: Session, now: datetime, zone: str, line: str | None
) -> None:
    context = a_context(
        session,
        time_zone=zone,
        frozen_through=date.fromisoformat(line) if line else None,
        ranked_from=date(2026, 9, 1),
        ranked_to=date(2026, 11, 27),
        ranked_since=date(2026, 9, 1),
    )
    keys = ["all", "term", "2026-10", "2026-11", "2026-12", "2025-12"]
    keys += [f"2026-W{week}" for week in range(45, 50)] + ["2025-W52", "2027-W01"]
    member = a_member(session, of=context)
    session.add_all(
        Standing(
            context_id=context.id, period=key, membership_id=member.id, updated_at=now
        )
        for key in keys
    )
    session.flush()

    rows = sa.select(Standing.period).where(frozen_rows(context, Standing.period))

    assert set(session.scalars(rows)) == {k for k in keys if is_frozen(context, k)}


def test_a_frozen_period_costs_no_statement_a_day_twice(
    session: Session, ada: Membership, now: datetime, statements: Counting
) -> None:
    later = now + 20 * DAY
    record(session, [a_fact(ada, attempt="1")], later, environment=False)
    freeze(session, ada.context, later)

    with statements() as asked:
        freeze(session, ada.context, later)

    assert asked == []


def a_term(session: Session, **columns: Any) -> Context:  # noqa: ANN401 -- any column of the course
    dates = {"term_start": date(2026, 9, 1), "term_end": date(2026, 11, 22)}
    ranked = {"ranked_from": dates["term_start"], "ranked_to": dates["term_end"]}
    values: dict[str, Any] = {
        **dates,
        **ranked,
        "ranked_since": date(2026, 9, 1),
        **columns,
    }
    return a_context(session, created_at=OLD, **values)


def test_the_term_counts_its_own_days(session: Session, now: datetime) -> None:
    member = a_member(session, of=a_term(session))
    days = [now, now - 70 * DAY, now - 90 * DAY]
    facts = [a_fact(member, attempt=str(day), occurred_at=day) for day in days]

    record(session, facts, now, environment=False)
    kept = totals(session, member)
    rebuild(session, member.context, now)

    assert (kept["term"], kept["all"]) == (4, 6)
    assert totals(session, member) == kept


def test_a_term_freezes_as_other_periods_do(session: Session, now: datetime) -> None:
    member = a_member(session, of=a_term(session))
    record(session, [a_fact(member)], now, environment=False)

    late = a_fact(member, attempt="late", occurred_at=now)
    record(session, [late], now + 8 * DAY, environment=False)

    assert (totals(session, member)["term"], totals(session, member)["all"]) == (2, 4)


def test_a_term_whose_dates_are_new_is_open_for_a_week(
    session: Session, now: datetime
) -> None:
    context = a_term(session, ranked_since=date(2026, 12, 20))
    context.frozen_through = date(2026, 12, 19)

    assert is_frozen(context, "term") is False
    context.frozen_through = date(2026, 12, 20)
    assert is_frozen(context, "term") is True


@pytest.mark.parametrize(
    "columns",
    [
        {"term_end": None},
        {"term_start": None},
        {"ranked_to": None},
        {"term_end": date(2026, 12, 1)},
    ],
    ids=["no end", "no start", "not counted yet", "other dates since"],
)
def test_a_term_without_dates_or_not_counted_by_them_is_hidden(
    session: Session, now: datetime, columns: dict[str, date]
) -> None:
    member = a_member(session, of=a_term(session, **columns))

    assert set(periods_of(member.context, now)) == {"all", "week", "month"}
    with pytest.raises(NoSuchPeriod, match="there are all, week, month, and a past"):
        leaderboard(session, as_usual(member), now, switch=ON, wanted=Wanted("term"))


@pytest.mark.parametrize(
    "period", ["2026-W48", "2026-12", "2026-W54", "2026-13", "2026-00", "nonsense"]
)
def test_what_has_not_begun_or_is_no_period_is_refused(
    session: Session, now: datetime, period: str
) -> None:
    viewer = as_usual(a_member(session))

    with pytest.raises(NoSuchPeriod):
        leaderboard(session, viewer, now, switch=ON, wanted=Wanted(period))
