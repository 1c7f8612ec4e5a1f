"""What a merge brings along: where somebody is now, holds now, and is known by."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from gamification.metrics.people import member_meant, people_of
from gamification.standings.groups import (
    GroupTold,
    groups_of,
    own_groups,
    set_groups,
)
from gamification.standings.lists import teams
from models import Group, GroupMember, Membership
from tests.factories import a_badge, a_context, a_member
from tests.integration.gamification.conftest import a_class, as_usual
from tests.support.awarding import an_award
from tests.support.merging import everything, merged, parted

DAY = timedelta(days=1)


@pytest.fixture
def ada(session: Session) -> Membership:
    return a_member(session, name="Ada")


@pytest.fixture
def twin(session: Session, ada: Membership) -> Membership:
    """Return Ada as the platform knows her since it made her anew."""
    return a_member(session, of=ada.context, name="Ada A.")


@pytest.fixture
def team(session: Session, ada: Membership) -> Group:
    return a_group(session, ada, "team", "Team X")


def a_group(session: Session, member: Membership, kind: str, name: str) -> Group:
    """Build a group of a member's course, with nobody in it."""
    group = Group(context_id=member.context_id, kind=kind, external_id=name, name=name)
    session.add(group)
    session.flush()
    return group


def is_in(
    session: Session,
    team: Group,
    member: Membership,
    since: datetime,
    until: datetime | None = None,
) -> None:
    session.add(
        GroupMember(
            context_id=team.context_id,
            group_id=team.id,
            membership_id=member.id,
            valid_from=since,
            valid_to=until,
        )
    )
    session.flush()


def test_whoever_was_in_a_team_is_in_it_where_the_other_one_is_now(
    session: Session, now: datetime, ada: Membership, twin: Membership, team: Group
) -> None:
    is_in(session, team, ada, now - 3 * DAY, now - DAY)
    is_in(session, team, twin, now - DAY)
    before = everything(session)

    row = merged(session, ada, twin)

    assert [group.name for group in own_groups(session, ada)] == ["Team X"]
    parted(session, row)
    assert everything(session) == before


def test_two_who_are_in_a_team_are_one_there(
    session: Session, now: datetime, ada: Membership, twin: Membership, team: Group
) -> None:
    is_in(session, team, ada, now - DAY)
    is_in(session, team, twin, now - 2 * DAY)

    merged(session, ada, twin)

    assert [group.people for group in groups_of(session, ada.context)] == [1]


def test_two_teams_of_one_person_are_compared_without_one_of_them(
    session: Session, now: datetime
) -> None:
    people = a_class(session, now, [6] * 12)
    ada, twin, context = people[0], people[6], people[0].context
    told = [
        GroupTold(name, name, frozenset(member.id for member in members))
        for name, members in (("Red", people[:6]), ("Blue", people[6:]))
    ]
    set_groups(session, context, "team", told, now)
    before = everything(session)

    row = merged(session, ada, twin)

    found = teams(session, as_usual(people[1]))
    assert {team.name for team in found.rows} == {"Red", "Blue"}
    assert [group.name for group in own_groups(session, ada)] == ["Red"]
    parted(session, row)
    assert everything(session) == before


@pytest.mark.parametrize(
    ("left", "hers", "others", "together"),
    [
        ([], ["Red"], ["Blue"], ["Red"]),
        ([], [], ["Blue"], ["Blue"]),
        (["Ada"], ["Red"], ["Blue"], ["Blue"]),
        (["Ada"], ["Red"], [], ["Red"]),
        (["Ada A."], ["Red"], ["Blue"], ["Red"]),
        (["Ada", "Ada A."], ["Red"], ["Blue"], ["Red"]),
        (["Ada"], ["Green", "Red"], ["Blue", "Red"], ["Blue", "Red"]),
    ],
)
def test_of_two_teams_the_one_stays_of_who_is_here(
    session: Session,
    now: datetime,
    ada: Membership,
    twin: Membership,
    left: list[str],
    hers: list[str],
    others: list[str],
    together: list[str],
) -> None:
    names = {*hers, *others}
    groups = {name: a_group(session, ada, "team", name) for name in sorted(names)}
    for member, its in ((ada, hers), (twin, others)):
        for name in its:
            is_in(session, groups[name], member, now - DAY)
        if member.name in left:
            member.status, member.left_at = "left", now
    before = everything(session)

    row = merged(session, ada, twin)

    assert [group.name for group in own_groups(session, ada)] == together
    parted(session, row)
    assert everything(session) == before


def test_groups_of_another_kind_are_all_of_one_person(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    for member, name in ((ada, "Monday"), (twin, "Tuesday")):
        is_in(session, a_group(session, ada, "section", name), member, now - DAY)

    merged(session, ada, twin)

    assert [group.name for group in own_groups(session, ada)] == ["Monday", "Tuesday"]


def test_who_left_the_course_is_not_counted_in_a_team(
    session: Session, now: datetime, ada: Membership, twin: Membership, team: Group
) -> None:
    is_in(session, team, ada, now - DAY)
    is_in(session, team, twin, now - DAY)
    twin.status, twin.left_at = "left", now
    session.flush()

    assert [group.people for group in groups_of(session, ada.context)] == [1]


def test_an_award_that_is_over_makes_room_for_one_that_holds(
    session: Session, now: datetime, ada: Membership, twin: Membership
) -> None:
    badge = a_badge(session, of=ada.context)
    over = an_award(session, ada, badge, now - 10 * DAY, expires_at=now - DAY)
    valid = an_award(session, twin, badge, now - 2 * DAY)

    row = merged(session, ada, twin, now)

    assert (valid.membership_id, valid.ended_at) == (ada.id, None)
    parted(session, row)
    session.expire_all()
    assert (over.membership_id, over.end_reason) == (ada.id, "expired")
    assert (valid.membership_id, valid.ended_at) == (twin.id, None)


def test_an_id_that_was_given_up_means_who_was_kept_until_they_part(
    session: Session, ada: Membership, twin: Membership
) -> None:
    third = a_member(session, of=ada.context, name="Ada B.")
    elsewhere = a_context(session, tenant=ada.context.tenant)
    first = merged(session, twin, third)
    second = merged(session, ada, twin)
    old = third.user.public_id

    known = people_of(session, ada.context, {old, "nobody"})
    assert {name: one.membership_id for name, one in known.items()} == {old: ada.id}
    assert member_meant(session, ada.context_id, old) == ada
    assert member_meant(session, elsewhere.id, old) is None

    parted(session, second)
    assert member_meant(session, ada.context_id, old) == twin
    parted(session, first)
    assert member_meant(session, ada.context_id, old) == third
    known = people_of(session, ada.context, {old})
    assert known[old].membership_id == third.id
