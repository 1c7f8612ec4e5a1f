"""Line items become items, results become facts, and a cleared score is taken back."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from campus.bad_pages import MALFORMED_RESULTS, with_malformed_results
from campus.faults import Fault, Honest, changed, html, status
from campus.records import Enrolment, LineItem, Person, Result
from models import Award, Contribution, Item, Standing, User, UserIdentity
from tests.factories import a_member
from tests.support.clock import NOW, Clock
from tests.support.syncing import Desk

QUIZ, READING = "quiz-1-cells", "week-1-reading-log"


def grade(
    desk: Desk,
    person: Person,
    score: float | None,
    item: LineItem | None = None,
    at: datetime = NOW,
) -> None:
    desk.registered.campus.put_result(
        Result(
            line_item=(item or desk.registered.cast.quiz).number,
            person=person.number,
            score=score,
            at=at,
        )
    )


def an_item(desk: Desk, label: str, **fields: object) -> LineItem:
    cast = desk.registered.cast
    item = LineItem(course=cast.course.number, label=label, tool=cast.tool.number)
    return desk.registered.campus.add_line_item(replace(item, **fields))  # type: ignore[arg-type] # any field of a line item


def points(desk: Desk, person: Person) -> int:
    """Return somebody's points of all time, in millionths."""
    query = (
        sa.select(Standing.points)
        .where(Standing.context_id == desk.context.id, Standing.period == "all")
        .where(Standing.membership_id == member_id(desk, person))
    )
    return desk.session.scalar(query) or 0


def member_id(desk: Desk, person: Person) -> int:
    query = sa.text(
        "SELECT m.id FROM membership m JOIN user_identity i ON i.user_id = m.user_id "
        "WHERE i.sub = :sub AND m.context_id = :context"
    )
    values = {"sub": person.sub, "context": desk.context.id}
    found: int = desk.session.execute(query, values).scalar_one()
    return found


def keys(desk: Desk) -> dict[str, bool]:
    """Return the items' keys, and whether the platform still has them."""
    rows = desk.session.execute(sa.select(Item.key, Item.gone_at))
    return {key: gone_at is None for key, gone_at in rows}


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


def test_a_better_score_takes_the_place_of_the_old_one(
    desk: Desk, session: Session
) -> None:
    ben = desk.registered.cast.ben
    desk.sync()
    grade(desk, ben, 20)

    desk.sync()

    assert desk.facts()[ben.sub, QUIZ] == ("normal", 20_000_000, 20_000_000)
    query = sa.select(Contribution.revision).where(
        Contribution.membership_id == member_id(desk, ben),
        Contribution.kind == "graded",
    )
    assert sorted(session.scalars(query)) == [1, 2]


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


def test_malformed_results_are_counted_and_named_and_the_rest_comes(
    desk: Desk,
) -> None:
    desk.registered.campus.faults.on("results", with_malformed_results(), times=1)

    report = desk.sync()

    assert report.ok
    counts = desk.state("results").counts
    rows = [row for row in counts["rows"] if "results page 1" in row]
    # Two of them can be read: one has no score, one an odd time.
    assert len(rows) == len(MALFORMED_RESULTS) - 2
    (item,) = {row.partition(",")[0] for row in counts["rows"]}
    assert item == f"“{desk.registered.cast.quiz.label}”"
    assert counts["dropped"]["the person is not known in the course"] == 2
    assert len(desk.facts()) == 3


def test_a_result_of_a_stranger_is_not_a_fact(desk: Desk) -> None:
    """Security table D5: a score for somebody who is not in the course."""
    grade(desk, desk.registered.cast.otto, 20)

    report = desk.sync()

    told = report.sources[1].tally.as_json()
    stranger = sha256(desk.registered.cast.otto.sub.encode()).hexdigest()[:12]
    assert told["dropped"] == {"the person is not known in the course": 1}
    where = f"“{desk.registered.cast.quiz.label}”, results, person {stranger}"
    assert told["rows"] == [f"{where}: the person is not known in the course"]
    assert len(desk.facts()) == 3


def test_a_malformed_result_of_somebody_known_is_named_by_our_id(
    desk: Desk, session: Session
) -> None:
    ada = desk.registered.cast.ada
    bad = {"userId": ada.sub, "resultScore": "five"}
    desk.registered.campus.faults.on(
        "results",
        changed(lambda rows: [bad, *rows[1:]]),  # type: ignore[index] # a list of results
        times=1,
    )

    report = desk.sync()

    (row,) = report.sources[1].tally.as_json()["rows"]
    public_id = session.scalars(
        sa.select(User.public_id)
        .join(UserIdentity, UserIdentity.user_id == User.id)
        .where(UserIdentity.sub == ada.sub)
    ).one()
    assert row.endswith(f", row 1, person {public_id}: score is no number")


def test_a_result_that_the_log_refuses_is_named_too(
    canvas_desk: Desk, clock: Clock, session: Session
) -> None:
    def look(honest: Honest) -> Response:
        # This machine's clock is put right while the platform answers.
        clock.advance(-timedelta(hours=1))
        return honest()

    canvas_desk.registered.campus.faults.on("results", look)

    told = canvas_desk.sync().sources[1].tally.as_json()

    ids = session.scalars(sa.select(User.public_id)).all()
    assert told["dropped"] == {"it lies in the future": 6}
    places, reasons = zip(*(row.rsplit(": ", 1) for row in told["rows"]), strict=True)
    assert set(reasons) == set(told["dropped"])
    assert {place.split()[-1] for place in places} <= set(ids)


def test_an_item_that_is_no_longer_listed_is_gone_and_its_facts_stay(
    desk: Desk,
) -> None:
    desk.sync()
    only_one = changed(lambda rows: rows[:1])  # type: ignore[index] # a list of line items
    desk.registered.campus.faults.on("lineitems", only_one, times=1)

    desk.sync()
    assert keys(desk) == {QUIZ: True, READING: False}
    assert len(desk.facts()) == 3

    desk.sync()
    assert keys(desk) == {QUIZ: True, READING: True}


def test_a_renamed_item_keeps_its_key(desk: Desk, session: Session) -> None:
    desk.sync()

    def rename(rows: object) -> object:
        assert isinstance(rows, list)
        return [{**row, "label": "New name", "scoreMaximum": 25} for row in rows]

    desk.registered.campus.faults.on("lineitems", changed(rename))
    desk.sync()

    assert set(keys(desk)) == {QUIZ, READING}
    assert set(session.scalars(sa.select(Item.label))) == {"New name"}
    assert set(session.scalars(sa.select(Item.maximum))) == {25_000_000}


def test_two_items_of_one_name_are_two_items(desk: Desk) -> None:
    an_item(desk, "Essay")
    an_item(desk, "Essay")

    desk.sync()

    assert {"essay", "essay-2"} < set(keys(desk))


def test_more_line_items_than_a_page_holds_are_all_read(canvas_desk: Desk) -> None:
    for number in range(120):
        an_item(canvas_desk, f"Task {number}")

    canvas_desk.sync()

    assert len(keys(canvas_desk)) == 122


def test_a_line_item_that_was_just_deleted_does_not_stop_the_others(
    desk: Desk,
) -> None:
    """Security table D10: the service says 404, the line item is gone."""
    desk.registered.campus.faults.on("results", status(404), times=1)

    report = desk.sync()

    assert report.ok
    assert set(desk.facts()) == {(desk.registered.cast.ada.sub, READING)}


@pytest.mark.parametrize("fault", [status(500), html()], ids=["down", "html"])
def test_what_was_read_before_a_platform_went_down_stays(
    desk: Desk, fault: Fault
) -> None:
    campus = desk.registered.campus
    campus.faults.on("results", changed(lambda body: body), times=1)
    campus.faults.on("results", fault)

    report = desk.sync()

    assert report.sources[0].error is None
    assert "try again by ourselves" in (report.sources[1].error or "")
    assert len(desk.facts()) == 2


def test_somebody_known_by_a_launch_alone_is_graded_without_a_roster(
    desk: Desk, session: Session
) -> None:
    ada = desk.registered.cast.ada
    a_member(session, of=desk.context, sub=ada.sub)
    desk.context.memberships_url = None

    report = desk.sync()

    assert [source.source for source in report.sources] == ["results"]
    assert set(desk.facts()) == {(ada.sub, QUIZ), (ada.sub, READING)}
