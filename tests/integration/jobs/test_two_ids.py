"""One person whom a platform knows by two ids, with a row in its gradebook for each."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.faults import changed
from campus.records import LineItem, Person
from jobs import rosters
from models import Contribution
from tests.support.clock import NOW, Clock
from tests.support.enrolling import learners, unenrol
from tests.support.grading import QUIZ, an_item, grade, member_of, points
from tests.support.merging import merged, parted
from tests.support.syncing import Desk

BEST = ("normal", 18_000_000, 20_000_000)
GONE = ("withdrawn", None, None)


@pytest.fixture(params=["desk", "canvas_desk"])
def either(request: pytest.FixtureRequest, session: Session) -> Desk:
    """Return a course of either platform, once read."""
    desk: Desk = request.getfixturevalue(request.param)
    assert desk.session is session
    assert desk.sync().ok
    return desk


def let_be_one(desk: Desk, *, kept: str = "ada") -> None:
    """Merge Ada and Ben: the platform goes on listing both."""
    ada, ben = (member_of(desk, one) for one in both(desk))
    merged(desk.session, *((ada, ben) if kept == "ada" else (ben, ada)))
    desk.session.commit()


def both(desk: Desk) -> tuple[Person, Person]:
    return desk.registered.cast.ada, desk.registered.cast.ben


def one_on_two_pages(desk: Desk) -> tuple[Person, Person]:
    """Merge Ada and the last of so many learners that their results fill two pages."""
    people = learners(desk, 110)
    for person in people:
        grade(desk, person, 5)
    desk.sync()
    ada, last = both(desk)[0], people[-1]
    merged(desk.session, member_of(desk, ada), member_of(desk, last))
    return ada, last


def an_essay(desk: Desk) -> LineItem:
    """Return an item of which Moodle lists those alone who have a mark."""
    essay = an_item(desk, "Essay", link=desk.registered.cast.link.number)
    for person, mark in zip(both(desk), (50, 60), strict=True):
        grade(desk, person, mark, essay)
    return essay


def leave_out(desk: Desk, person: Person) -> None:
    """Let no page of results name somebody."""
    left = changed(
        lambda listed: [row for row in listed if row["userId"] != person.sub]  # type: ignore[attr-defined] # a list of results
    )
    desk.registered.campus.faults.on("results", left)


def rows(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Contribution)) or 0


@pytest.mark.parametrize("kept", ["ada", "ben"])
def test_points_of_one_person_stay_still(
    either: Desk, session: Session, clock: Clock, kept: str
) -> None:
    let_be_one(either, kept=kept)
    seen = []

    for _ in range(5):
        either.sync()
        clock.advance(timedelta(hours=1))
        seen.append((points(either, both(either)[0]), rows(session)))

    # Three for each that is completed, 4.5 and 5 for the better mark of each.
    assert {total for total, _ in seen} == {15_500_000}
    assert len({number for _, number in seen}) == 1
    assert either.facts()[both(either)[0].sub, QUIZ] == BEST


def test_each_ids_act_keeps_its_day(desk: Desk, session: Session) -> None:
    ada, ben = both(desk)
    grade(desk, ben, 20, at=NOW - timedelta(hours=1))
    desk.sync()
    let_be_one(desk)

    for _ in range(3):
        desk.sync()

    quiz = (
        sa.select(Contribution.occurred_at, Contribution.score)
        .where(Contribution.membership_id == member_of(desk, ada).id)
        .where(Contribution.kind == "graded", Contribution.maximum == 20_000_000)
        .where(Contribution.superseded_at.is_(None))
        .order_by(Contribution.occurred_at)
    )
    assert [tuple(row) for row in session.execute(quiz)] == [
        (NOW - timedelta(days=1), 18_000_000),
        (NOW - timedelta(hours=1), 20_000_000),
    ]
    assert points(desk, ada) == 16_000_000


def test_ids_on_different_pages_are_one_person(
    canvas_desk: Desk, session: Session
) -> None:
    ada, last = one_on_two_pages(canvas_desk)
    canvas_desk.sync()
    before = rows(session)

    canvas_desk.sync()
    assert rows(session) == before
    assert canvas_desk.facts()[ada.sub, QUIZ] == BEST

    # Who is left out of two pages may have slipped between them.
    leave_out(canvas_desk, ada)
    for mark in (5, None):
        grade(canvas_desk, last, mark)
        canvas_desk.sync()
        assert canvas_desk.facts()[ada.sub, QUIZ] == BEST


def test_a_mark_may_fall_on_whatever_page_where_each_id_has_a_row(
    canvas_desk: Desk, session: Session
) -> None:
    ada, _ = one_on_two_pages(canvas_desk)
    # Nobody tells any more who is in the course.
    session.merge(canvas_desk.context).memberships_url = None
    session.commit()

    grade(canvas_desk, ada, 7)
    canvas_desk.sync()

    assert canvas_desk.facts()[ada.sub, QUIZ] == ("normal", 7_000_000, 20_000_000)


def test_a_score_is_cleared_once_no_id_has_one(either: Desk) -> None:
    ada, ben = both(either)
    let_be_one(either)
    either.sync()

    grade(either, ada, None)
    either.sync()
    assert either.facts()[ada.sub, QUIZ] == ("normal", 12_000_000, 20_000_000)
    assert either.facts("completed")[ada.sub, QUIZ] == ("normal", None, None)

    grade(either, ben, None)
    either.sync()
    assert either.facts()[ada.sub, QUIZ] == GONE
    assert either.facts("completed")[ada.sub, QUIZ] == GONE


def test_a_score_of_moodles_link_is_cleared_once_no_id_is_listed(desk: Desk) -> None:
    ada, ben = both(desk)
    essay = an_essay(desk)
    desk.sync()
    let_be_one(desk)
    desk.sync()

    grade(desk, ben, None, essay)
    desk.sync()
    assert desk.facts()[ada.sub, "essay"] == ("normal", 50_000_000, 100_000_000)

    grade(desk, ada, None, essay)
    desk.sync()
    assert desk.facts()[ada.sub, "essay"] == GONE


def test_what_an_id_had_that_has_left_stays(desk: Desk) -> None:
    """Moodle forgets the marks of whom it takes out of a course."""
    ada, ben = both(desk)
    essay = an_essay(desk)
    grade(desk, ada, None, essay)
    desk.sync()
    let_be_one(desk)
    unenrol(desk, ben)
    grade(desk, ben, None, essay)

    desk.sync()

    assert desk.facts()[ada.sub, "essay"] == ("normal", 60_000_000, 100_000_000)


def test_an_empty_row_of_an_id_is_not_that_of_one_that_has_left(either: Desk) -> None:
    ada, ben = both(either)
    grade(either, ada, None)
    either.sync()
    let_be_one(either)
    unenrol(either, ben)
    leave_out(either, ben)

    either.sync()

    assert either.facts()[ada.sub, QUIZ] == ("normal", 12_000_000, 20_000_000)


def test_an_empty_row_clears_what_one_page_leaves_out_of_the_other_id(
    either: Desk,
) -> None:
    ada, ben = both(either)
    let_be_one(either)
    either.sync()
    grade(either, ada, None)
    leave_out(either, ben)

    either.sync()

    assert either.facts()[ada.sub, QUIZ] == GONE


@pytest.mark.parametrize("mark", [12, None])
def test_a_row_that_cannot_be_read_takes_nothing_back(
    either: Desk, session: Session, mark: int | None
) -> None:
    ada, ben = both(either)
    let_be_one(either)
    either.sync()
    grade(either, ben, mark, at=NOW - timedelta(days=1))
    before = rows(session)

    def spoilt(listed: object) -> object:
        return [
            {**row, "resultScore": "full"} if row["userId"] == ada.sub else row
            for row in listed  # type: ignore[attr-defined] # a list of results
        ]

    either.registered.campus.faults.on("results", changed(spoilt))
    either.sync()

    assert either.facts()[ada.sub, QUIZ] == BEST
    assert rows(session) == before


def test_a_mark_counts_as_it_is_once_the_other_id_has_left(either: Desk) -> None:
    ada, ben = both(either)
    let_be_one(either)
    either.sync()
    unenrol(either, ada)
    leave_out(either, ada)

    either.sync()

    assert either.facts()[ben.sub, QUIZ] == ("normal", 12_000_000, 20_000_000)
    assert points(either, ben) == 14_000_000


def test_two_who_are_two_again_have_each_their_own(either: Desk) -> None:
    ada, ben = both(either)
    before = either.facts(), points(either, ada), points(either, ben)
    row = merged(either.session, member_of(either, ada), member_of(either, ben))
    either.sync()
    parted(either.session, row)

    either.sync()

    assert (either.facts(), points(either, ada), points(either, ben)) == before


def test_a_roster_calls_one_person_the_same_however_it_is_cut(
    either: Desk, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, last = both(either)[0], learners(either, 3)[-1]
    either.sync()
    merged(session, member_of(either, ada), member_of(either, last))
    either.sync()
    name, written = member_of(either, ada).name, list[int]()
    monkeypatch.setattr(rosters, "AT_ONCE", 2)
    monkeypatch.setattr(
        rosters, "refresh", lambda *arguments: written.extend(arguments[2])
    )

    either.sync()

    assert member_of(either, ada).name == name
    assert written == []
