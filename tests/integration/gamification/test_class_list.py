"""The class list: everybody of a course, page by page, in any order."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.standings import BadCursor, Page, class_list
from tests.factories import POINT, a_badge, a_context, a_member, an_item
from tests.integration.gamification.conftest import Act, Counting, a_fact


def test_the_class_list_names_everybody_with_points_and_badges(
    session: Session, act: Act, now: datetime
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context, name="Ada", alias="Brave Otter")
    a_member(session, of=context, name="Iris", role="instructor")
    a_badge(session, of=context, metric="events", threshold=1)
    act(ada, "completed", occurred_at=now - timedelta(hours=2))
    act(ada, "spent", seconds=60)
    a_member(session, name="Otto")

    rows = class_list(session, context, now).rows

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
    whole = class_list(session, context, now, page=Page(sort))  # type: ignore[arg-type] # one of the parameters above

    pages, after = [], None
    for _ in range(3):
        page = class_list(session, context, now, page=Page(sort, after, limit=2))  # type: ignore[arg-type] # one of the parameters above
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
    session: Session, now: datetime, search: str, names: list[str]
) -> None:
    context = a_context(session)
    a_member(session, of=context, name="Ada Ahorn")
    a_member(session, of=context, name="Ben Buche", alias="Brave Otter")
    a_member(session, of=context, name="100 % Cleo")
    a_member(session, of=context, name="Lerner <b>x</b>")

    rows = class_list(session, context, now, search=search).rows

    assert [row.name for row in rows] == names


@pytest.mark.parametrize(
    "cursor", ["", "!", "e30", "W10", "bnVsbA", "WyJuYW1lIiwgMSwgMV0"]
)
def test_a_cursor_that_is_not_ours_is_refused(
    session: Session, now: datetime, cursor: str
) -> None:
    context = a_context(session)
    if not cursor:
        assert class_list(session, context, now, page=Page(after=cursor)).rows == []
        return

    with pytest.raises(BadCursor):
        class_list(session, context, now, page=Page(after=cursor))


def test_a_cursor_of_another_order_is_refused(session: Session, now: datetime) -> None:
    context = a_context(session)
    for _ in range(2):
        a_member(session, of=context)
    cursor = class_list(session, context, now, page=Page("name", limit=1)).next

    with pytest.raises(BadCursor):
        class_list(session, context, now, page=Page("points", cursor))


@pytest.mark.parametrize("people", [1, 3])
def test_the_class_list_is_one_query(
    session: Session, now: datetime, act: Act, statements: Counting, people: int
) -> None:
    context = a_context(session)
    for _ in range(people):
        act(a_member(session, of=context), "completed", an_item(session, of=context))

    with statements() as asked:
        page = class_list(session, context, now)

    assert len(page.rows) == people
    assert len(asked) == 1
    assert {row.points * POINT for row in page.rows} == {3 * POINT}
