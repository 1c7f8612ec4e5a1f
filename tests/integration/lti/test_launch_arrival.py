from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti.deep_linking import settings_of
from lti.deep_linking_settings import DeepLinkingSettings
from lti.members import store
from lti.roster import Member
from lti.sessions import open_session
from models import (
    Membership,
    ResourceLink,
    User,
)
from tests.factories import a_member, a_registration
from tests.support.arriving import LAUNCH, arrived


def test_a_first_launch_writes_everything_down(session: Session, now: datetime) -> None:
    registration = a_registration(session, family="")

    arrival = arrived(session, registration, now)

    course, member = arrival.context, arrival.membership
    assert (course.lti_id, course.title, course.label) == ("3", "Biology", "BIO-1")
    assert (course.memberships_url, course.lineitems_url, course.ags_scopes) == (
        "https://lms.example/members",
        "https://lms.example/items",
        ["a", "b"],
    )
    assert (course.enabled, course.last_launch_at) == (False, now)
    assert (member.name, member.role, member.status) == (
        "Ada Ahorn",
        "learner",
        "active",
    )
    assert arrival.resource_link is not None
    assert (arrival.is_new, arrival.resource_link.title) == (True, "Your badges")
    assert registration.family == "moodle"
    assert registration.learned_origins == ["https://school.example"]
    assert registration.last_launch_at == now


def test_a_product_that_was_approved_stays(session: Session, now: datetime) -> None:
    registration = a_registration(session, family="canvas")

    arrived(session, registration, now)

    assert registration.family == "canvas"


def test_who_picks_links_comes_from_none(session: Session, now: datetime) -> None:
    registration = a_registration(session)
    picking = DeepLinkingSettings(
        return_url="https://lms.example/return",
        targets=("iframe",),
        accept_multiple=True,
        accept_line_item=True,
        auto_create=False,
        title="",
        text="",
        data=None,
    )
    changes = {"resource_link_id": "", "role": "instructor", "deep_linking": picking}

    first = arrived(session, registration, now, **changes)
    opened, _ = open_session(session, first, replace(LAUNCH, deep_linking=picking), now)
    session.commit()
    second = arrived(session, registration, now, **changes)

    assert (first.resource_link, second.resource_link) == (None, None)
    assert second.context == first.context
    session.expire_all()
    assert (opened.resource_link_id, settings_of(opened)) == (None, picking)
    assert session.scalar(sa.select(sa.func.count()).select_from(ResourceLink)) == 0


def test_a_second_launch_finds_it_all_again(session: Session, now: datetime) -> None:
    registration = a_registration(session)
    first = arrived(session, registration, now)
    session.commit()

    second = arrived(session, registration, now + timedelta(hours=1))

    assert (second.context, second.membership, second.resource_link) == (
        first.context,
        first.membership,
        first.resource_link,
    )
    assert (second.is_new, second.role_changed) == (False, False)
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_the_same_ids_at_another_platform_are_other_people_and_courses(
    session: Session, now: datetime
) -> None:
    here, there = a_registration(session), a_registration(session)

    first, second = arrived(session, here, now), arrived(session, there, now)

    assert first.context.id != second.context.id
    assert first.membership.user_id != second.membership.user_id


def test_a_later_launch_brings_what_changed(session: Session, now: datetime) -> None:
    registration = a_registration(session)
    arrived(session, registration, now)

    arrival = arrived(
        session,
        registration,
        now,
        name="Ada Birke",
        context_title="Biology II",
        context_label="",
        memberships_url="",
        ags_scopes=("a",),
    )

    assert arrival.membership.name == "Ada Birke"
    assert (arrival.context.title, arrival.context.label) == ("Biology II", "BIO-1")
    assert (arrival.context.memberships_url, arrival.context.ags_scopes) == (
        None,
        ["a"],
    )


def test_a_name_that_is_withheld_later_is_forgotten(
    session: Session, now: datetime
) -> None:
    registration = a_registration(session)
    arrived(session, registration, now)

    member = arrived(session, registration, now, name="").membership

    # Security table D11.
    assert session.scalars(sa.select(Membership.name)).all() == [""]
    assert member.name == ""


def test_a_name_is_what_each_course_says(session: Session, now: datetime) -> None:
    registration = a_registration(session)
    open_course = arrived(session, registration, now).membership

    shy = arrived(session, registration, now, context_id="4", name="").membership

    assert shy.user_id == open_course.user_id
    assert (open_course.name, shy.name) == ("Ada Ahorn", "")


@pytest.mark.parametrize(
    ("ago", "role"),
    [
        (timedelta(days=30), "instructor"),
        (timedelta(days=30, microseconds=1), "learner"),
    ],
)
def test_a_launch_and_a_roster_end_the_same_staffs_thirty_days(
    session: Session, now: datetime, ago: timedelta, role: str
) -> None:
    registration = a_registration(session)
    launched = arrived(session, registration, now, role="instructor").membership
    context = launched.context
    rostered = a_member(session, of=context, role="instructor", sub="ben")
    for member in (launched, rostered):
        member.staff_seen_at = now - ago
    session.flush()

    arrived(session, registration, now)
    store(session, context, [Member("ben", "Ben", "learner")], now)

    session.expire_all()
    assert (launched.role, rostered.role) == (role, role)


def test_a_returner_is_active_again(session: Session, now: datetime) -> None:
    registration = a_registration(session)
    member = arrived(session, registration, now).membership
    member.status, member.left_at = "left", now
    session.flush()

    again = arrived(session, registration, now)

    assert (again.membership.status, again.membership.left_at) == ("active", None)
    assert again.role_changed


@pytest.mark.parametrize(
    ("days", "role"), [(0, "instructor"), (30, "instructor"), (31, "learner")]
)
def test_staff_who_look_as_learners_are_no_rivals_for_a_month(
    session: Session, now: datetime, days: int, role: str
) -> None:
    registration = a_registration(session)
    arrived(session, registration, now, role="instructor")

    later = now + timedelta(days=days)
    member = arrived(session, registration, later, role="learner").membership

    assert member.role == role
