"""A badge's page tells what is missing, and what became of a badge somebody had."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Award, Badge, Context, Membership
from tests.factories import a_badge, a_member, an_item
from tests.support.awarding import an_award
from tests.support.clock import NOW
from tests.support.launches import Caller, a_caller, a_live_course, hand_in
from tests.support.markup import text_of

TREE = {
    "all": [
        {"metric": "events", "at_least": 1},
        {"metric": "percent", "item": "quiz-1", "at_least": 80},
        {"any": [{"metric": "score", "at_least": 40}, {"badge": "prolific"}]},
    ]
}


@pytest.fixture
def course(session: Session) -> Context:
    return a_live_course(session)


@pytest.fixture
def ada(session: Session, course: Context) -> Membership:
    return a_member(session, of=course)


@pytest.fixture
def me(session: Session, client: FlaskClient, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


@pytest.fixture
def teacher(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_caller(session, client, of=course, role="instructor")


def badge_of(session: Session, course: Context, key: str) -> Badge:
    return session.scalars(
        sa.select(Badge).filter_by(context_id=course.id, key=key)
    ).one()


def award_of(session: Session, badge: Badge) -> Award:
    return session.scalars(sa.select(Award).filter_by(badge_id=badge.id)).one()


def read(caller: Caller, page: str) -> str:
    return text_of(caller.get(f"/panel/{page}").text)


def test_what_is_missing_of_a_rule_with_parts_is_a_list(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    an_item(session, of=course, key="quiz-1")
    a_badge(session, of=course, key="all_round", criterion=TREE)
    hand_in(session, ada, times=1)
    session.commit()

    page = read(me, "badges/all_round")

    assert "1 of 3 requirements Still to do" in page
    assert "Reach 80 % in Quiz 1 Earn 38 more points or earn the badge Prolific" in page


def test_a_badge_given_by_hand_says_by_whom_and_for_what(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    author = badge_of(session, course, "author")
    award = an_award(session, ada, author, reason="for the herbarium.")
    award.expires_at = NOW + timedelta(days=20)
    session.commit()

    page = read(me, "badges/author")

    given = "Given on 22 November 2026 by an instructor: for the herbarium."
    assert f"How it was earned {given}" in page
    assert "Good until 12 December 2026" in page
    assert ("of 5 pieces" in page, "What counts" in page) == (False, False)


def test_a_badge_taken_back_says_why_and_is_no_next_step(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    hand_in(session, ada, times=14)
    award = award_of(session, badge_of(session, course, "contributor"))
    award.ended_at, award.end_reason, award.ended_by = NOW, "a mistake", "operator"
    award.bars_regrant = True
    session.commit()

    page, overview = read(me, "badges/contributor"), read(me, "overview")

    why = "It was taken back on 22 November 2026: a mistake."
    assert f"{why} It is not given again until your instructor lifts that." in page
    assert ("to go" in page, "Not earned yet" in page) == (False, False)
    assert "Contributor Taken back Why is that? : Contributor" in overview
    assert "Next badge Prolific" in overview


def test_a_badge_that_is_held_back_says_so_to_everybody(
    me: Caller, teacher: Caller, session: Session, course: Context, ada: Membership
) -> None:
    badge_of(session, course, "prolific").held_at = NOW
    hand_in(session, ada, times=48)
    session.commit()

    page, overview = read(me, "badges/prolific"), read(me, "overview")
    listed, told = read(teacher, "badges"), read(teacher, "badges/prolific")

    assert "Held back for now Nobody is given this badge for now." in page
    assert "Prolific Held back for now Why is that?" in overview
    assert "Next badge Author" in overview
    assert "Earn 100 points Held back for now" in listed
    assert "Held back for now Nobody is given this badge for now." in told


def test_who_has_a_badge_that_is_held_back_keeps_it(
    me: Caller, session: Session, course: Context, ada: Membership
) -> None:
    hand_in(session, ada, times=14)
    badge_of(session, course, "contributor").held_at = NOW
    session.commit()

    page = read(me, "badges/contributor")

    assert "Earned on 22 November 2026" in page
    assert "for now" not in page


def test_what_can_be_no_key_is_no_badge_on_either_database(
    me: Caller,
) -> None:
    keys = ("%00", "nothing", "a" * 5_000)

    answers = [me.get(f"/panel/badges/{key}").status_code for key in keys]

    assert answers == [404] * 3
