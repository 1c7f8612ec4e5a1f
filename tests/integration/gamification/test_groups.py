"""Groups of a course: told whole, kept over time, and counted for staff alone."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.metrics.people import people_of
from gamification.standings.groups import (
    GroupTold,
    Regrouped,
    groups_of,
    own_groups,
    set_groups,
    version_of,
)
from models import Context, GroupMember, Membership
from tests.factories import a_context, a_member
from tests.integration.gamification.conftest import Counting


def told(key: str, *members: Membership) -> GroupTold:
    return GroupTold(key, key.title(), frozenset(member.id for member in members))


def listed(session: Session, context: Context) -> list[tuple[str, str, int | None]]:
    return [(row.kind, row.name, row.people) for row in groups_of(session, context)]


def test_a_complete_list_replaces_what_was_and_keeps_it_as_history(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    ada, ben = (a_member(session, of=context) for _ in range(2))
    later = now + timedelta(days=1)

    first = set_groups(session, context, "team", [told("red", ada, ben)], now)
    second = set_groups(
        session, context, "team", [told("red", ada), told("blue", ben)], later
    )

    spells = session.execute(
        sa.select(
            GroupMember.membership_id, GroupMember.valid_from, GroupMember.valid_to
        ).order_by(GroupMember.id)
    ).all()
    assert (first, second) == (Regrouped(1, 2, 0), Regrouped(2, 1, 1))
    assert listed(session, context) == [("team", "Blue", 1), ("team", "Red", 1)]
    assert sorted(map(tuple, spells), key=str) == sorted(
        [(ada.id, now, None), (ben.id, now, later), (ben.id, later, None)], key=str
    )


def test_a_group_that_comes_back_is_the_same_group(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    ids = []
    for groups in ([told("red", ada)], [], [told("red", ada)]):
        set_groups(session, context, "team", groups, now)
        ids.append([row.id for row in groups_of(session, context)])

    assert ids[1] == []
    assert ids[0] == ids[2] != []


def test_one_kind_is_not_the_others_business(session: Session, now: datetime) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    set_groups(session, context, "section", [told("a", ada)], now)

    set_groups(session, context, "team", [told("a", ada)], now)
    set_groups(session, context, "team", [], now)

    assert listed(session, context) == [("section", "A", 1)]


def test_telling_the_same_again_changes_nothing(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    ada = a_member(session, of=context)
    set_groups(session, context, "team", [told("red", ada)], now)
    before = version_of(session, context, "team")

    again = set_groups(session, context, "team", [told("red", ada)], now)

    assert again == Regrouped(1, 0, 0)
    assert version_of(session, context, "team") == before


def test_nobody_of_another_course_gets_into_a_group(
    session: Session, now: datetime
) -> None:
    context, stranger = a_context(session), a_member(session)
    found = people_of(session, context, {stranger.user.public_id})

    with pytest.raises(sa.exc.IntegrityError):
        set_groups(session, context, "team", [told("red", stranger)], now)

    assert found == {}


def test_a_learner_reads_their_own_groups_and_no_count(
    session: Session, now: datetime
) -> None:
    context = a_context(session)
    ada, ben = (a_member(session, of=context) for _ in range(2))
    set_groups(session, context, "team", [told("red", ada), told("blue", ben)], now)

    rows = own_groups(session, ada)

    assert [(row.name, row.people) for row in rows] == [("Red", None)]


@pytest.mark.parametrize("people", [3, 30])
def test_the_statements_do_not_grow_with_the_people(
    session: Session, now: datetime, statements: Counting, people: int
) -> None:
    context = a_context(session)
    members = [a_member(session, of=context) for _ in range(people)]
    set_groups(session, context, "team", [told("red", *members[:2])], now)

    with statements() as asked:
        set_groups(session, context, "team", [told("blue", *members)], now)
        groups_of(session, context)
        own_groups(session, members[0])

    # SQLite needs no lock of its own.
    assert len([one for one in asked if "advisory" not in one]) == 8
