"""Canvas tells sections and groups with its roster: whole, or they stay as they were."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.bad_pages import next_link, with_malformed_members
from campus.records import Enrolment, Person, Status
from gamification.standings.groups import GroupTold, groups_of, set_groups
from lti.platforms.canvas_tool import CUSTOM
from models import Group, GroupMember, Membership, UserIdentity
from tests.support.clock import NOW
from tests.support.enrolling import learners
from tests.support.platform import Registered
from tests.support.syncing import Desk


@pytest.fixture
def desk(canvas_desk: Desk) -> Desk:
    """Return a course whose tool asks for what Laurel asks for."""
    ask(canvas_desk, CUSTOM)
    return canvas_desk


def ask(desk: Desk, custom: dict[str, str]) -> None:
    campus, tool = desk.registered.campus, desk.registered.cast.tool
    campus.change_tool(replace(tool, custom=custom))


def put(
    desk: Desk,
    people: list[Person],
    **named: Any,  # noqa: ANN401 -- any other field of the enrolment
) -> None:
    """Put people of the platform's course into sections and groups of it."""
    campus, course = desk.registered.campus, desk.registered.cast.course
    for person in people:
        campus.enrol(Enrolment(course=course.number, person=person.number, **named))


def shown(desk: Desk, kind: str) -> dict[str, tuple[str, int]]:
    rows = groups_of(desk.session, desk.session.merge(desk.context))
    return {row.key: (row.name, row.people or 0) for row in rows if row.kind == kind}


def current(session: Session, key: str) -> set[str]:
    """Return who is in a group now, by their ids at the platform."""
    query = (
        sa.select(UserIdentity.sub)
        .join(Membership, Membership.user_id == UserIdentity.user_id)
        .join(GroupMember, GroupMember.membership_id == Membership.id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.external_id == key, GroupMember.valid_to.is_(None))
    )
    return set(session.scalars(query))


def context_id(registered: Registered, group: int) -> str:
    campus = registered.campus
    return campus.shape.context_id(-group, campus.seed)


def test_sections_and_groups_come_with_the_roster(desk: Desk) -> None:
    people = learners(desk, 60)
    put(desk, people[:25], sections=(7,), groups=(11,))
    put(desk, people[25:], sections=(7, 9))
    key = context_id(desk.registered, 11)

    assert desk.sync().ok

    assert shown(desk, "section") == {
        "lms:7": ("Section 7", 60),
        "lms:9": ("Section 9", 35),
    }
    assert shown(desk, "group") == {f"lms:{key}": (f"Group {key[:6]}", 25)}
    assert current(desk.session, "lms:9") == {person.sub for person in people[25:]}


def test_who_changes_section_is_in_the_new_one_and_the_old_is_history(
    desk: Desk,
) -> None:
    people = learners(desk, 6)
    put(desk, people, sections=(7,))
    desk.sync()

    put(desk, people[:2], sections=(9,))
    desk.sync()

    assert shown(desk, "section") == {
        "lms:7": ("Section 7", 4),
        "lms:9": ("Section 9", 2),
    }
    ended = sa.select(sa.func.count(GroupMember.valid_to))
    assert desk.session.scalar(ended) == 2


def test_reading_it_again_changes_nothing(desk: Desk) -> None:
    put(desk, learners(desk, 6), sections=(7,), groups=(11,))
    desk.sync()
    count = sa.select(sa.func.count(GroupMember.id), sa.func.max(GroupMember.id))
    before = desk.session.execute(count).one()

    desk.sync()

    assert desk.session.execute(count).one() == before


def test_a_platform_that_expands_nothing_says_nothing_of_groups(desk: Desk) -> None:
    put(desk, learners(desk, 6), sections=(7,))
    desk.sync()
    before = shown(desk, "section")

    ask(desk, {"section_ids": "$Older.canvas.knows.none"})
    desk.sync()
    ask(desk, {})
    desk.sync()

    assert shown(desk, "section") == before == {"lms:7": ("Section 7", 6)}


def test_a_row_that_cannot_be_read_leaves_groups_as_they_were(desk: Desk) -> None:
    people = learners(desk, 6)
    put(desk, people, sections=(7,))
    desk.sync()
    put(desk, people, sections=(9,))
    desk.registered.campus.faults.on("memberships", with_malformed_members(), times=1)

    desk.sync()
    unclear = shown(desk, "section")
    desk.sync()

    assert unclear == {"lms:7": ("Section 7", 6)}
    assert shown(desk, "section") == {"lms:9": ("Section 9", 6)}


def test_a_roster_that_ends_early_leaves_groups_as_they_were(desk: Desk) -> None:
    people = learners(desk, 60)
    put(desk, people, sections=(7,))
    desk.sync()
    put(desk, people, sections=(9,))
    elsewhere = next_link("http://elsewhere.example/?page=2")
    desk.registered.campus.faults.on("memberships", elsewhere)

    report = desk.sync()

    assert not report.ok
    assert shown(desk, "section") == {"lms:7": ("Section 7", 60)}


def test_an_exodus_that_is_not_believed_changes_no_group(desk: Desk) -> None:
    people = learners(desk, 60)
    put(desk, people, sections=(7,))
    desk.sync()
    put(desk, people[:50], status=Status.SUSPENDED)
    put(desk, people[50:], sections=(9,))

    desk.sync()

    assert shown(desk, "section") == {"lms:7": ("Section 7", 60)}


def test_what_an_instructor_told_stays_where_the_platform_names_none(
    desk: Desk, session: Session
) -> None:
    desk.sync()
    context = session.merge(desk.context)
    ada = session.scalars(sa.select(Membership.id)).first()
    told = [GroupTold("red", "Red", frozenset({ada or 0}))]
    for kind in ("section", "group", "team"):
        set_groups(session, context, kind, told, NOW)

    desk.sync()

    assert [shown(desk, kind) for kind in ("section", "group", "team")] == [
        {"red": ("Red", 1)}
    ] * 3


def test_a_name_that_somebody_gave_stays_where_the_platform_has_none(
    desk: Desk, session: Session
) -> None:
    people = learners(desk, 6)
    put(desk, people, groups=(11,))
    desk.sync()
    (key,) = shown(desk, "group")
    context = session.merge(desk.context)
    who = session.scalars(sa.select(GroupMember.membership_id)).all()
    set_groups(session, context, "group", [GroupTold(key, "Red", frozenset(who))], NOW)
    session.commit()

    desk.sync()

    assert shown(desk, "group") == {key: ("Red", 6)}


def test_the_last_group_of_a_platform_ends(desk: Desk) -> None:
    people = learners(desk, 6)
    put(desk, people, groups=(11,))
    desk.sync()
    assert len(shown(desk, "group")) == 1

    put(desk, people)
    desk.sync()

    assert shown(desk, "group") == {}


def test_moodle_says_nothing_of_groups_in_its_roster(
    desk: Desk, session: Session
) -> None:
    desk.context.registration.family = "moodle"

    desk.sync()

    assert session.scalars(sa.select(Group)).all() == []
