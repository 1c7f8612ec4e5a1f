"""A roster comes over whole, or what came stays and nobody leaves."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campus.bad_pages import (
    MALFORMED_MEMBERS,
    with_malformed_members,
    with_repeated_member,
)
from campus.records import Role
from models import Membership, User, UserIdentity
from tests.factories import a_context, a_member
from tests.support.clock import Clock
from tests.support.enrolling import enrol_again, learners
from tests.support.platform import Registered
from tests.support.syncing import Desk


def test_moodles_roster_becomes_people_with_roles(desk: Desk) -> None:
    cast = desk.registered.cast

    report = desk.sync()

    assert report.ok
    people = desk.people()
    assert people[cast.iris.sub] == ("instructor", "active")
    assert people[cast.ada.sub] == ("learner", "active")
    assert cast.suspended.sub not in people
    assert cast.otto.sub not in people
    assert desk.state("roster").counts["people"] == len(people)


def test_canvass_roster_becomes_people_with_roles(canvas_desk: Desk) -> None:
    cast = canvas_desk.registered.cast

    canvas_desk.sync()

    people = canvas_desk.people()
    assert people[cast.assistant.sub] == ("assistant", "active")
    assert people[cast.observer.sub] == ("observer", "active")


def test_a_long_roster_is_read_to_its_last_page(canvas_desk: Desk) -> None:
    """Canvas gives fifty at a time, under bookmarks whose capitals matter."""
    added = learners(canvas_desk, 120)

    canvas_desk.sync()

    assert {person.sub for person in added} < canvas_desk.people().keys()
    assert canvas_desk.registered.campus.traffic.count("memberships") == 3


def test_reading_it_again_changes_nothing(desk: Desk, session: Session) -> None:
    desk.sync()
    before = sorted(desk.people().items())

    report = desk.sync()

    assert sorted(desk.people().items()) == before
    assert report.sources[0].tally.counts["new"] == 0
    count = sa.select(sa.func.count())
    assert session.scalar(count.select_from(User)) == len(before)
    assert session.scalar(count.select_from(UserIdentity)) == len(before)


def test_everybody_gets_an_alias_of_their_own(desk: Desk, session: Session) -> None:
    desk.sync()

    query = sa.select(Membership.alias).where(Membership.role == "learner")
    aliases = session.scalars(query).all()
    assert "" not in aliases
    assert len(set(aliases)) == len(aliases)


def test_a_platform_that_sends_no_names_is_fine(desk: Desk, session: Session) -> None:
    campus, tool = desk.registered.campus, desk.registered.cast.tool
    campus.change_tool(replace(tool, shares_names=False, shares_email=False))

    assert desk.sync().ok
    assert set(session.scalars(sa.select(Membership.name))) == {""}


def test_a_person_is_called_what_the_roster_says_now(
    desk: Desk, session: Session
) -> None:
    """Security table D11: names a platform keeps to itself later are forgotten."""
    campus, tool, ada = (
        desk.registered.campus,
        desk.registered.cast.tool,
        desk.registered.cast.ada,
    )
    member = a_member(session, of=desk.context, name="A. Old", sub=ada.sub)

    desk.sync()
    session.refresh(member)
    assert member.name == ada.name

    campus.change_tool(replace(tool, shares_names=False))
    desk.sync()
    assert set(session.scalars(sa.select(Membership.name))) == {""}


def test_a_name_that_one_course_withholds_is_kept_in_another(
    desk: Desk, session: Session
) -> None:
    campus, tool = desk.registered.campus, desk.registered.cast.tool
    ada = desk.registered.cast.ada
    there = a_member(session, of=desk.context, name="A. Old", sub=ada.sub)
    elsewhere = a_context(session, registration=desk.context.registration)
    member = Membership(
        context_id=elsewhere.id,
        user_id=there.user_id,
        name=ada.name,
        first_seen_at=desk.context.created_at,
    )
    session.add(member)
    session.commit()
    campus.change_tool(replace(tool, shares_names=False))

    desk.sync()

    session.expire_all()
    assert (there.name, member.name) == ("", ada.name)


def test_malformed_rows_are_counted_and_named_and_the_rest_comes(desk: Desk) -> None:
    desk.registered.campus.faults.on("memberships", with_malformed_members(), times=1)

    report = desk.sync()

    assert report.ok
    counts = desk.state("roster").counts
    # One of them only has odd roles and one an odd name: people all the same.
    assert sum(counts["dropped"].values()) == len(MALFORMED_MEMBERS) - 2
    assert counts["rows"][0] == "page 1, row 1: no object"
    assert desk.registered.cast.ada.sub in desk.people()


def test_a_member_on_several_pages_is_one(canvas_desk: Desk) -> None:
    learners(canvas_desk, 60)
    canvas_desk.registered.campus.faults.on("memberships", with_repeated_member())

    assert canvas_desk.sync().ok


def test_staff_by_a_launch_stay_staff_for_thirty_days(
    desk: Desk, session: Session, clock: Clock
) -> None:
    """Moodle's roster calls a non-editing teacher a learner, its launches do not."""
    assistant = desk.registered.cast.assistant
    a_member(
        session,
        of=desk.context,
        sub=assistant.sub,
        role="assistant",
        staff_seen_at=clock(),
    )

    desk.sync()
    assert desk.people()[assistant.sub] == ("assistant", "active")

    clock.advance(timedelta(days=31))
    desk.sync()
    assert desk.people()[assistant.sub] == ("learner", "active")


def test_a_test_user_stays_one_whatever_the_roster_says(
    desk: Desk, session: Session
) -> None:
    ada = desk.registered.cast.ada
    a_member(session, of=desk.context, sub=ada.sub, role="test")

    desk.sync()

    assert desk.people()[ada.sub] == ("test", "active")


def test_a_learner_who_becomes_a_teacher_is_one(desk: Desk) -> None:
    ada = desk.registered.cast.ada
    desk.sync()
    enrol_again(desk, ada, Role.TEACHER)

    desk.sync()

    assert desk.people()[ada.sub] == ("instructor", "active")


def test_a_person_in_two_courses_is_one_person(
    desk: Desk, session: Session, registered: Registered
) -> None:
    other = a_member(session, of=desk.context, sub=registered.cast.ada.sub)

    desk.sync()

    query = sa.select(UserIdentity.user_id).where(
        UserIdentity.sub == registered.cast.ada.sub
    )
    assert session.scalars(query).all() == [other.user_id]
