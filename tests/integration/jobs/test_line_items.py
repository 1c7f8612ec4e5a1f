"""Line items and malformed results: what is left out is named, and the rest comes."""

from datetime import timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session

from campus.bad_pages import MALFORMED_RESULTS, with_malformed_results
from campus.faults import Fault, Honest, changed, html, status
from gamification.activity.item_sets import SetTold, set_item_sets
from gamification.activity.items import item_ids
from jobs import outbox
from jobs.clock import now
from jobs.worker import FOR_A_COURSE
from models import Award, Badge, Item, User, UserIdentity
from models.db import db
from tests.factories import a_badge
from tests.support.clock import NOW, Clock
from tests.support.grading import QUIZ, READING, an_item, grade, keys
from tests.support.syncing import Desk


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


def test_a_module_is_whole_without_the_item_that_is_gone(desk: Desk) -> None:
    desk.sync()
    there = item_ids(desk.session, desk.context.id, (QUIZ, READING))
    told = [SetTold("week-1", "module", "Week 1", tuple(there.values()))]
    set_item_sets(desk.session, desk.context, "instructor", told, NOW)
    rule = {"metric": "completed", "item_set": "week-1"}
    a_badge(desk.session, of=desk.context, key="week", criterion=rule)
    desk.session.commit()
    only_one = changed(lambda rows: rows[:1])  # type: ignore[index] # a list of line items
    desk.registered.campus.faults.on("lineitems", only_one, times=1)

    desk.sync()

    assert _looked_at(desk) == 2


def test_an_item_that_is_back_makes_its_module_larger_again(desk: Desk) -> None:
    desk.sync()
    there = item_ids(desk.session, desk.context.id, (QUIZ, READING))
    only_one = changed(lambda rows: rows[:1])  # type: ignore[index] # a list of line items
    desk.registered.campus.faults.on("lineitems", only_one, times=1)
    desk.sync()
    told = [SetTold("week-1", "module", "Week 1", tuple(there.values()))]
    set_item_sets(desk.session, desk.context, "instructor", told, NOW)
    rule = {"metric": "completed", "item_set": "week-1"}
    a_badge(desk.session, of=desk.context, key="week", criterion=rule, policy="revoke")
    desk.session.commit()
    small = _looked_at(desk)

    desk.sync()

    # One of them has done both.
    assert (small, _looked_at(desk)) == (2, 1)


def _looked_at(desk: Desk) -> int:
    """Do what waits for a course; return how many have the badge of its week."""
    with desk.app.app_context():
        for row in outbox.take(db.session(), now()):
            outbox.run(row, FOR_A_COURSE)
    held = sa.select(Award.id).join(Badge, Badge.id == Award.badge_id)
    held = held.where(Badge.key == "week", Award.ended_at.is_(None))
    return len(desk.session.scalars(held).all())


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
