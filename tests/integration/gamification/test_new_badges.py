"""Which badges are new to somebody: those awarded since their visit before this one."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.awards import badges_for
from gamification.awards.measuring import MEASURED
from models import Award, Membership
from tests.factories import a_badge, a_contribution, a_member
from tests.integration.gamification.conftest import ON, Act

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def ada(session: Session, act: Act) -> Membership:
    """Return somebody with one badge; `awarded` says since when."""
    ada = a_member(session)
    a_badge(session, of=ada.context, metric="events", threshold=1)
    act(ada)
    return ada


def awarded(session: Session, at: datetime) -> None:
    session.execute(sa.update(Award).values(granted_at=at))


def is_new(session: Session, member: Membership, now: datetime) -> bool:
    """Tell whether the badge is new to somebody who opens the panel now."""
    (badge,) = badges_for(session, member, now, switch=ON, visit=now).badges
    assert badge.earned
    return badge.is_new


@pytest.mark.parametrize(
    ("ago", "visits", "new"),
    [
        (3 * DAY, [7 * DAY], True),
        (3 * HOUR, [2 * HOUR], False),
        (3 * DAY, [9 * DAY, 7 * DAY, 2 * DAY], False),
        (3 * DAY, [9 * DAY, 7 * DAY], True),
        (23 * HOUR, [], True),
        (25 * HOUR, [], False),
    ],
    ids=[
        "weekly visitor",
        "frequent visitor",
        "the last of many visits saw it",
        "the last of many visits did not",
        "first visit, of the last day",
        "first visit, older",
    ],
)
def test_a_badge_is_new_if_the_visit_before_this_one_could_not_show_it(
    ago: timedelta,
    visits: list[timedelta],
    new: bool,
    session: Session,
    now: datetime,
    ada: Membership,
) -> None:
    awarded(session, now - ago)
    for visit in visits:
        a_contribution(session, by=ada, kind="launched", at=now - visit)

    assert is_new(session, ada, now) is new


def test_neither_this_visit_nor_what_others_or_other_facts_did_makes_it_old(
    session: Session, now: datetime, ada: Membership
) -> None:
    awarded(session, now - 2 * HOUR)
    a_contribution(session, by=ada, kind="launched", at=now - DAY)
    a_contribution(session, by=ada, kind="launched", at=now)
    a_contribution(session, by=ada, kind="posted", at=now - HOUR)
    other = a_member(session, of=ada.context)
    a_contribution(session, by=other, kind="launched", at=now - HOUR)

    assert is_new(session, ada, now)


def test_a_badge_that_comes_while_the_panel_is_open_is_new(
    session: Session, now: datetime, ada: Membership
) -> None:
    awarded(session, now)
    a_contribution(session, by=ada, kind="launched", at=now - 2 * HOUR)
    visit = now - HOUR

    (badge,) = badges_for(session, ada, now, switch=ON, visit=visit).badges

    assert badge.is_new


def test_an_award_about_to_be_written_is_new_and_what_is_not_earned_never_is(
    session: Session, now: datetime, ada: Membership
) -> None:
    session.execute(sa.delete(Award))
    a_badge(session, of=ada.context, metric="events", threshold=2)

    badges = badges_for(session, ada, now, switch=ON, visit=now).badges

    assert [(badge.earned, badge.is_new) for badge in badges] == [
        (True, True),
        (False, False),
    ]


def test_without_a_visit_nothing_that_was_awarded_is_new(
    session: Session, now: datetime, ada: Membership
) -> None:
    awarded(session, now)

    (badge,) = badges_for(session, ada, now, switch=ON).badges

    assert (badge.earned, badge.is_new) == (True, False)


def test_the_last_visit_is_found_in_an_index_of_its_own(
    session: Session, now: datetime, ada: Membership
) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        # With so few rows it would read them all.
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    given = {"course": ada.context_id, "person": ada.id, "moment": now, "visit": now}
    asked = MEASURED.params(given).compile(
        session.get_bind(), compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"

    plan = session.execute(sa.text(f"{explain} {asked}".replace(":", r"\:")))

    assert "ix_contribution_launched" in " ".join(str(row) for row in plan)
