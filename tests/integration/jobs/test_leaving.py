"""Who leaves a course, who comes back, and who stays whatever a roster says."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.bad_pages import (
    next_link,
)
from campus.faults import changed, html, status
from campus.records import Person
from models import Membership
from tests.factories import a_member
from tests.support.clock import Clock
from tests.support.enrolling import enrol_again, learners, unenrol
from tests.support.syncing import Desk


def roster_error(desk: Desk) -> str:
    return desk.state("roster").error or ""


def test_who_is_no_longer_on_the_roster_has_left(desk: Desk) -> None:
    ben = desk.registered.cast.ben
    desk.sync()
    unenrol(desk, ben)

    report = desk.sync()

    assert desk.people()[ben.sub] == ("learner", "left")
    assert report.sources[0].tally.counts["left"] == 1


def test_who_comes_back_is_back(desk: Desk, session: Session) -> None:
    ben = desk.registered.cast.ben
    desk.sync()
    unenrol(desk, ben)
    desk.sync()
    enrol_again(desk, ben)

    desk.sync()

    assert desk.people()[ben.sub] == ("learner", "active")
    query = sa.select(Membership.left_at).where(
        Membership.context_id == desk.context.id
    )
    assert set(session.scalars(query)) == {None}


def with_status(desk: Desk, person: Person, word: str) -> None:
    """Have the platform say this of a person."""

    def change(body: object) -> object:
        assert isinstance(body, dict)
        for member in body["members"]:
            if member["user_id"] == person.sub:
                member["status"] = word
        return body

    desk.registered.campus.faults.on("memberships", changed(change))


@pytest.mark.parametrize("word", ["Inactive", "Deleted"])
def test_who_is_inactive_or_deleted_has_left(desk: Desk, word: str) -> None:
    """Security table D10: a user who is inactive is hidden."""
    ben = desk.registered.cast.ben
    desk.sync()
    with_status(desk, ben, word)

    desk.sync()

    assert desk.people()[ben.sub] == ("learner", "left")


@pytest.mark.parametrize(
    "broken",
    [
        status(500),
        html(),
        next_link("http://elsewhere.example/?page=3"),
    ],
    ids=["down", "html", "elsewhere"],
)
def test_nobody_leaves_by_half_a_roster(canvas_desk: Desk, broken: object) -> None:
    campus, ben = canvas_desk.registered.campus, canvas_desk.registered.cast.ben
    added = learners(canvas_desk, 60)
    canvas_desk.sync()
    unenrol(canvas_desk, ben, added[-1])
    campus.faults.on("memberships", changed(lambda body: body), times=1)
    campus.faults.on("memberships", broken)  # type: ignore[arg-type] # a fault, as pytest hands it on

    report = canvas_desk.sync()

    assert not report.ok
    assert canvas_desk.people()[ben.sub] == ("learner", "active")


def test_very_many_leave_only_by_a_humans_word(desk: Desk) -> None:
    added = learners(desk, 10)
    desk.sync()
    unenrol(desk, *added)

    held = desk.sync()
    assert "10 of 19 people" in roster_error(desk)
    assert "--accept-leavers" in roster_error(desk)
    assert not held.ok
    assert desk.people()[added[0].sub] == ("learner", "active")

    accepted = desk.sync(leavers=True)
    assert accepted.ok
    assert roster_error(desk) == ""
    assert desk.people()[added[0].sub] == ("learner", "left")


def test_an_empty_roster_empties_nothing(desk: Desk) -> None:
    desk.sync()
    before = desk.people()
    empty = changed(lambda body: {"members": []} if body else body)
    desk.registered.campus.faults.on("memberships", empty)

    report = desk.sync()

    assert not report.ok
    assert desk.people() == before


def test_who_came_while_the_roster_was_read_has_not_left(
    desk: Desk, session: Session, clock: Clock
) -> None:
    desk.sync()
    clock.advance(timedelta(hours=1))
    later = clock() + timedelta(seconds=1)
    a_member(session, of=desk.context, sub="late", first_seen_at=later)

    desk.sync()

    assert desk.people()["late"] == ("learner", "active")


def test_administrators_are_on_no_roster_and_do_not_leave(
    desk: Desk, session: Session
) -> None:
    a_member(session, of=desk.context, sub="manager", role="admin")

    desk.sync()

    assert desk.people()["manager"] == ("admin", "active")
