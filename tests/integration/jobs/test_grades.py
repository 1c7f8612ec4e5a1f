"""Line items become items, results become facts, and a cleared score is taken back."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.faults import changed
from campus.records import Enrolment, Person
from gamification.activity import Fact, record
from models import Award, Contribution, Item
from tests.factories import a_member
from tests.support.clock import NOW, Clock
from tests.support.grading import (
    QUIZ,
    READING,
    an_item,
    grade,
    keys,
    member_id,
    points,
)
from tests.support.syncing import Desk


def test_moodles_score_is_graded_and_completed(desk: Desk) -> None:
    graded_and_completed(desk)


def test_canvass_score_is_graded_and_completed(canvas_desk: Desk) -> None:
    graded_and_completed(canvas_desk)


def graded_and_completed(desk: Desk) -> None:
    ada, ben = desk.registered.cast.ada, desk.registered.cast.ben

    assert desk.sync().ok

    assert desk.facts("graded") == {
        (ada.sub, QUIZ): ("normal", 18_000_000, 20_000_000),
        (ada.sub, READING): ("normal", 10_000_000, 10_000_000),
        (ben.sub, QUIZ): ("normal", 12_000_000, 20_000_000),
    }
    assert desk.facts("completed") == {
        (ada.sub, QUIZ): ("normal", None, None),
        (ada.sub, READING): ("normal", None, None),
        (ben.sub, QUIZ): ("normal", None, None),
    }
    # Twice 3 for completing; 4.5 and 5 for the marks.
    assert points(desk, ada) == 15_500_000


def test_only_the_tools_own_line_items_are_items(desk: Desk) -> None:
    desk.sync()

    assert keys(desk) == {QUIZ: True, READING: True}


def test_reading_results_again_writes_nothing(desk: Desk, session: Session) -> None:
    desk.sync()
    rows = sa.select(sa.func.count()).select_from(Contribution)
    before = session.scalar(rows)

    report = desk.sync()

    assert session.scalar(rows) == before
    assert report.sources[1].tally.counts["recorded"] == 0


def test_moodle_tells_when_the_learner_acted(desk: Desk, session: Session) -> None:
    desk.sync()

    moments = set(session.scalars(sa.select(Contribution.occurred_at)))
    assert moments == {NOW - timedelta(days=1)}


def test_canvas_does_not_tell_so_it_is_when_we_first_saw_it(
    canvas_desk: Desk, session: Session, clock: Clock
) -> None:
    canvas_desk.sync()
    clock.advance(timedelta(days=2))
    grade(canvas_desk, canvas_desk.registered.cast.ada, 20)
    canvas_desk.sync()

    moments = set(session.scalars(sa.select(Contribution.occurred_at)))
    assert moments == {NOW}


def test_nobody_acts_in_the_future(desk: Desk, session: Session) -> None:
    grade(desk, desk.registered.cast.ben, 20, at=NOW + timedelta(days=3))

    desk.sync()

    moments = session.scalars(sa.select(Contribution.occurred_at)).all()
    assert max(moments) == NOW


def test_a_better_score_of_a_later_date_stands_beside_the_first(
    desk: Desk, session: Session
) -> None:
    ben = desk.registered.cast.ben
    desk.sync()
    grade(desk, ben, 20)

    for _ in range(2):
        desk.sync()

    assert marks(session, desk, ben) == [
        (NOW - timedelta(days=1), 12_000_000, 1),
        (NOW, 20_000_000, 1),
    ]
    # Three for completing it once, and five for full marks.
    assert points(desk, ben) == 8_000_000


def test_a_lower_score_takes_the_place_of_the_old_one_and_of_its_day(
    desk: Desk, session: Session
) -> None:
    ben = desk.registered.cast.ben
    desk.sync()
    grade(desk, ben, 4)

    desk.sync()

    assert marks(session, desk, ben) == [(NOW - timedelta(days=1), 4_000_000, 2)]
    assert points(desk, ben) == 4_000_000


def marks(session: Session, desk: Desk, person: Person) -> list[tuple[object, ...]]:
    """Return somebody's current results: the day, the score and its revision."""
    query = sa.select(
        Contribution.occurred_at, Contribution.score, Contribution.revision
    ).where(
        Contribution.membership_id == member_id(desk, person),
        Contribution.kind == "graded",
        Contribution.superseded_at.is_(None),
    )
    return [tuple(row) for row in session.execute(query.order_by(Contribution.id))]


def test_a_cleared_score_of_moodle_takes_points_and_leaves_the_badge(
    desk: Desk,
) -> None:
    cleared_takes_points_alone(desk)


def test_a_cleared_score_of_canvas_takes_points_and_leaves_the_badge(
    canvas_desk: Desk,
) -> None:
    cleared_takes_points_alone(canvas_desk)


def cleared_takes_points_alone(desk: Desk) -> None:
    ben = desk.registered.cast.ben
    desk.sync()
    awards = sa.select(sa.func.count()).where(
        Award.membership_id == member_id(desk, ben), Award.ended_at.is_(None)
    )
    before = desk.session.scalar(awards)
    grade(desk, ben, None)

    desk.sync()

    assert desk.facts("graded")[ben.sub, QUIZ] == ("withdrawn", None, None)
    assert desk.facts("completed")[ben.sub, QUIZ] == ("withdrawn", None, None)
    assert points(desk, ben) == 0
    assert desk.session.scalar(awards) == before == 1


def test_a_cleared_score_of_moodles_link_is_one_that_is_no_longer_listed(
    desk: Desk,
) -> None:
    cast = desk.registered.cast
    essay = an_item(desk, "Essay", link=cast.link.number)
    grade(desk, cast.ada, 50, essay)
    grade(desk, cast.ben, 60, essay)
    desk.sync()
    grade(desk, cast.ben, None, essay)

    desk.sync()

    assert desk.facts()[cast.ada.sub, "essay"][0] == "normal"
    assert desk.facts()[cast.ben.sub, "essay"] == ("withdrawn", None, None)


def test_a_score_that_comes_back_counts_again(desk: Desk) -> None:
    ben = desk.registered.cast.ben
    desk.sync()
    grade(desk, ben, None)
    desk.sync()
    grade(desk, ben, 12)

    desk.sync()

    assert desk.facts()[ben.sub, QUIZ] == ("normal", 12_000_000, 20_000_000)
    assert points(desk, ben) == 6_000_000


def a_class(desk: Desk, number: int) -> list[Person]:
    campus, course = desk.registered.campus, desk.registered.cast.course
    people = [campus.add_person(Person(given_name=f"L{n}")) for n in range(number)]
    for person in people:
        campus.enrol(Enrolment(course=course.number, person=person.number))
    return people


def test_many_scores_vanish_only_by_a_humans_word(desk: Desk) -> None:
    link = desk.registered.cast.link.number
    essay, people = an_item(desk, "Essay", link=link), a_class(desk, 8)
    for person in people:
        grade(desk, person, 50, essay)
    desk.sync()
    for person in people[:6]:
        grade(desk, person, None, essay)

    held = desk.sync()
    assert "6 of 8 scores" in (held.sources[1].error or "")
    assert desk.facts()[people[0].sub, "essay"][0] == "normal"

    assert desk.sync(cleared=True).ok
    assert desk.facts()[people[0].sub, "essay"][0] == "withdrawn"
    assert desk.facts()[people[7].sub, "essay"][0] == "normal"


def test_what_others_reported_is_no_score_that_vanished(
    desk: Desk, session: Session
) -> None:
    link = desk.registered.cast.link.number
    essay, people = an_item(desk, "Essay", link=link), a_class(desk, 8)
    desk.sync()
    item = session.scalars(sa.select(Item.id).where(Item.key == "essay")).one()
    reported = [
        Fact(
            context_id=desk.context.id,
            membership_id=member_id(desk, person),
            item_id=item,
            kind=kind,
            occurred_at=NOW - timedelta(days=1),
            source="api",
            score=score,
            maximum=score,
        )
        for person in people
        for kind, score in (("graded", 10_000_000), ("completed", None))
    ]
    record(session, reported, NOW, environment=True)
    grade(desk, desk.registered.cast.ben, 50, essay)

    plain = desk.sync()
    accepted = desk.sync(cleared=True)

    assert (plain.ok, accepted.ok) == (True, True)
    for person in people:
        kept = ("normal", 10_000_000, 10_000_000)
        assert desk.facts()[person.sub, "essay"] == kept
        assert desk.facts("completed")[person.sub, "essay"] == ("normal", None, None)


def test_what_several_pages_leave_out_was_not_cleared(canvas_desk: Desk) -> None:
    """Somebody may slip between two pages of a list that changes."""
    for person in a_class(canvas_desk, 110):
        grade(canvas_desk, person, 5)
    canvas_desk.sync()
    ben = canvas_desk.registered.cast.ben
    without_ben = changed(
        lambda rows: [row for row in rows if row["userId"] != ben.sub]  # type: ignore[attr-defined] # a list of results
    )
    canvas_desk.registered.campus.faults.on("results", without_ben)

    canvas_desk.sync()

    assert len(canvas_desk.facts()) == 113
    assert canvas_desk.facts()[ben.sub, QUIZ][0] == "normal"


def test_somebody_known_by_a_launch_alone_is_graded_without_a_roster(
    desk: Desk, session: Session
) -> None:
    ada = desk.registered.cast.ada
    a_member(session, of=desk.context, sub=ada.sub)
    desk.context.memberships_url = None

    report = desk.sync()

    assert [source.source for source in report.sources] == ["results"]
    assert set(desk.facts()) == {(ada.sub, QUIZ), (ada.sub, READING)}
