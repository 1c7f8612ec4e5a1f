"""One's own standing, the class list, aliases, and what keeps histograms right."""

from datetime import datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings import (
    BadCursor,
    Page,
    PersonalBest,
    assign_aliases,
    class_list,
    periods_of,
    progress_of,
    refresh,
    set_consent,
    standing_of,
)
from gamification.standings.histogram import recount
from models import Histogram, StreamEvent
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import Act, Counting, a_fact


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 -- a test wants to know what comes


def test_points_are_shown_whole_and_rounded_down(session: Session, act: Act) -> None:
    member = a_member(session)
    act(member, "graded", score=79_999_000)

    standing = standing_of(session, member)

    assert (standing.points, standing.events, standing.completed) == (3, 0, 0)


def test_who_did_nothing_stands_at_nothing(session: Session) -> None:
    standing = standing_of(session, a_member(session))

    assert (standing.points, standing.events, standing.updated_at) == (0, 0, None)


def test_a_week_and_a_month_stand_for_themselves(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    act(member, "completed")
    act(member, occurred_at=now - timedelta(days=7))
    act(member, "posted", occurred_at=now - timedelta(days=40))
    keys = periods_of(member.context, now)

    points = {
        name: standing_of(session, member, key).points for name, key in keys.items()
    }

    assert keys == {"all": "all", "week": "2026-W47", "month": "2026-11"}
    assert points == {"all": 6, "week": 3, "month": 5}


def test_the_personal_best_is_the_best_week_so_far(
    session: Session, act: Act, now: datetime
) -> None:
    member = a_member(session)
    start = progress_of(session, member, now)[1]
    act(member)
    this_week = progress_of(session, member, now)[1]
    act(member, "completed", occurred_at=now - timedelta(days=7))
    last_week = progress_of(session, member, now)[1]

    assert (start, start.is_now) == (PersonalBest(0, 0, None), False)
    assert (this_week, this_week.is_now) == (PersonalBest(2, 2, "2026-W47"), True)
    assert (last_week, last_week.is_now) == (PersonalBest(2, 3, "2026-W46"), False)


def people_counted(session: Session) -> dict[str, int]:
    rows = session.execute(
        sa.select(Histogram.audience, sa.func.sum(Histogram.people))
        .where(Histogram.period == "all")
        .group_by(Histogram.audience)
    )
    return {audience: int(people) for audience, people in rows}


def test_a_role_or_status_that_changes_moves_the_histogram(
    session: Session, act: Act
) -> None:
    context = a_context(session, board_participation="all")
    people = [a_member(session, of=context) for _ in range(3)]
    for person in people:
        act(person)
    before = people_counted(session)

    people[0].role = "assistant"
    people[1].status = "left"
    refresh(session, context, [person.id for person in people])

    assert before == {"all": 3, "participants": 3}
    assert people_counted(session) == {"all": 1, "participants": 1}


@pytest.mark.parametrize("whole_course", [True, False])
def test_refreshing_equals_recounting(
    session: Session, act: Act, whole_course: bool
) -> None:
    context = a_context(session, board_participation="opt_in")
    people = [a_member(session, of=context) for _ in range(6)]
    for number, person in enumerate(people):
        act(person, "completed", attempt=str(number))
        person.board_consent = (None, True, False)[number % 3]
    people[5].role = "observer"

    refresh(session, context, None if whole_course else [p.id for p in people])

    rows = sa.select(
        Histogram.period, Histogram.audience, Histogram.points, Histogram.people
    )
    refreshed = set(session.execute(rows).all())
    recount(session, context.id)
    assert refreshed == set(session.execute(rows).all())
    assert people_counted(session) == {"all": 5, "participants": 2}


def test_joining_tells_the_course_and_no_name(session: Session, now: datetime) -> None:
    member = a_member(session)

    set_consent(session, member, now, joined=True)

    (event,) = session.scalars(sa.select(StreamEvent)).all()
    assert (event.audience, event.membership_id, event.subject) == ("course", None, {})


def test_everybody_gets_an_alias_that_is_unique_in_the_course(session: Session) -> None:
    context = a_context(session)
    people = [a_member(session, of=context) for _ in range(60)]
    others = [
        a_member(session, of=context, role="instructor"),
        a_member(session, of=context, status="left"),
        a_member(session),
    ]

    given = assign_aliases(session, context, chance(7))

    aliases = {person.alias for person in people}
    assert (given, len(aliases), "" in aliases) == (60, 60, False)
    assert [person.alias for person in others] == ["", "", ""]


def test_an_alias_stays_for_good(session: Session) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    assign_aliases(session, context, chance(1))
    first = ada.alias
    ben = a_member(session, of=context)

    given = assign_aliases(session, context, chance(1))

    assert (given, ada.alias) == (1, first)
    assert ben.alias not in {"", first}


def test_an_alias_is_decided_by_chance_alone(session: Session) -> None:
    contexts = [a_context(session) for _ in range(3)]
    people = [[a_member(session, of=context) for _ in range(3)] for context in contexts]

    for context, seed in zip(contexts, (1, 1, 2), strict=True):
        assign_aliases(session, context, chance(seed))

    first, same, other = [[person.alias for person in group] for group in people]
    assert first == same
    assert first != other


def test_only_those_asked_for_get_an_alias(session: Session) -> None:
    context = a_context(session)
    ada, ben = a_member(session, of=context), a_member(session, of=context)

    assign_aliases(session, context, chance(1), [ben.id])

    assert (ada.alias == "", ben.alias == "") == (True, False)


class Stubborn(Random):
    """Chance that always falls the same way."""

    def choice(self, seq):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 -- Random's own is generic
        return seq[0]


def test_when_pairs_run_out_aliases_are_numbered(session: Session) -> None:
    context = a_context(session)
    people = [a_member(session, of=context) for _ in range(3)]

    assign_aliases(session, context, Stubborn())

    assert [person.alias for person in people] == [
        "Active Acorn",
        "Active Acorn 2",
        "Active Acorn 3",
    ]


def test_the_class_list_names_everybody_with_points_and_badges(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context, name="Ada", alias="Brave Otter")
    a_member(session, of=context, name="Iris", role="instructor")
    a_badge(session, of=context, metric="events", threshold=1)
    act(ada, "completed", occurred_at=now - timedelta(hours=2))
    a_member(session, name="Otto")

    rows = class_list(session, context).rows

    assert [
        (row.name, row.alias, row.role, row.points, row.completed, row.badges)
        for row in rows
    ] == [
        ("Ada", "Brave Otter", "learner", 3, 1, 1),
        ("Iris", "", "instructor", 0, 0, 0),
    ]
    assert [row.last_active_at for row in rows] == [now - timedelta(hours=2), None]
    assert rows[0].user_id == ada.user.public_id


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["ada", "Ben", "Cleo", "Dora", "Emil"]),
        ("points", ["Cleo", "Ben", "ada", "Emil", "Dora"]),
        ("badges", ["Cleo", "Ben", "ada", "Emil", "Dora"]),
    ],
)
def test_pages_are_slices_of_the_whole_in_every_order(
    session: Session, now: datetime, sort: str, expected: list[str]
) -> None:
    context = a_context(session)
    for threshold in (1, 2, 3):
        a_badge(session, of=context, metric="events", threshold=threshold)
    for name, acts in {"ada": 1, "Ben": 2, "Cleo": 3, "Dora": 0, "Emil": 0}.items():
        member = a_member(session, of=context, name=name)
        facts = [a_fact(member, attempt=str(n)) for n in range(acts)]
        record(session, facts, now, environment=True)
    whole = class_list(session, context, page=Page(sort))  # type: ignore[arg-type] # one of the parameters above

    pages, after = [], None
    for _ in range(3):
        page = class_list(session, context, page=Page(sort, after, limit=2))  # type: ignore[arg-type] # one of the parameters above
        pages += page.rows
        after = page.next

    assert [row.name for row in whole.rows] == expected
    assert (pages, after, whole.next) == (whole.rows, None, None)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("ahorn", ["Ada Ahorn"]),
        ("OTTER", ["Ben Buche"]),
        ("%", ["100 % Cleo"]),
        ("_", []),
        ("nobody", []),
        ("<b>", ["Lerner <b>x</b>"]),
    ],
)
def test_a_search_finds_names_and_aliases(
    session: Session, search: str, names: list[str]
) -> None:
    context = a_context(session)
    a_member(session, of=context, name="Ada Ahorn")
    a_member(session, of=context, name="Ben Buche", alias="Brave Otter")
    a_member(session, of=context, name="100 % Cleo")
    a_member(session, of=context, name="Lerner <b>x</b>")

    rows = class_list(session, context, search=search).rows

    assert [row.name for row in rows] == names


@pytest.mark.parametrize(
    "cursor", ["", "!", "e30", "W10", "bnVsbA", "WyJuYW1lIiwgMSwgMV0"]
)
def test_a_cursor_that_is_not_ours_is_refused(session: Session, cursor: str) -> None:
    context = a_context(session)
    if not cursor:
        assert class_list(session, context, page=Page(after=cursor)).rows == []
        return

    with pytest.raises(BadCursor):
        class_list(session, context, page=Page(after=cursor))


def test_a_cursor_of_another_order_is_refused(session: Session) -> None:
    context = a_context(session)
    for _ in range(2):
        a_member(session, of=context)
    cursor = class_list(session, context, page=Page("name", limit=1)).next

    with pytest.raises(BadCursor):
        class_list(session, context, page=Page("points", cursor))


@pytest.mark.parametrize("people", [1, 3])
def test_the_class_list_is_one_query(
    session: Session, act: Act, statements: Counting, people: int
) -> None:
    context = a_context(session)
    for _ in range(people):
        act(a_member(session, of=context), "completed", an_item(session, of=context))

    with statements() as asked:
        page = class_list(session, context)

    assert len(page.rows) == people
    assert len(asked) == 1
    assert {row.points * POINT for row in page.rows} == {3 * POINT}
