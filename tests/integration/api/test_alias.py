"""Another made-up name, some times a day; and every word of consent is kept."""

from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.standings import assign_aliases
from jobs.cleaning import clean_up
from models import ConsentEntry, FormerAlias, Membership
from tests.factories import a_member
from tests.support.clock import NOW, Clock
from tests.support.launches import Caller, a_caller, a_live_course

ALIAS = "/api/v1/me/alias"
DAY = timedelta(days=1)
SOON = timedelta(minutes=10)


@pytest.fixture
def ada(session: Session) -> Membership:
    course = a_live_course(session, board_enabled=True)
    return a_member(session, of=course, alias="Keen Kestrel")


@pytest.fixture
def caller(client: FlaskClient, session: Session, ada: Membership) -> Caller:
    return a_caller(session, client, member=ada)


def test_i_get_another_alias_three_times_a_day(caller: Caller, clock: Clock) -> None:
    answers = [caller.send("POST", ALIAS) for _ in range(4)]
    clock.advance(DAY)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 409]
    names = [answer.get_json()["name"] for answer in answers[:3]]
    assert len({*names, "Keen Kestrel"}) == 4
    assert [answer.get_json()["left_today"] for answer in answers[:3]] == [2, 1, 0]


def test_a_request_that_is_sent_again_changes_the_name_once(caller: Caller) -> None:
    answers = [caller.send("POST", ALIAS, Idempotency_Key="again") for _ in range(2)]

    assert answers[0].get_json() == answers[1].get_json()


def test_whoever_has_no_alias_gets_none_by_this(
    client: FlaskClient, session: Session, ada: Membership
) -> None:
    ben = a_caller(session, client, of=ada.context)

    assert ben.send("POST", ALIAS).status_code == 409
    assert session.scalars(sa.select(FormerAlias)).all() == []


class Stubborn(Random):
    """Chance that says one pair first, and then others."""

    def __init__(self, *words: str) -> None:
        super().__init__(1)
        self._words = list(words)

    def choice(self, seq: object) -> str:  # type: ignore[override] # of words alone
        return self._words.pop(0) if self._words else super().choice(seq)  # type: ignore[arg-type] # as above


@pytest.mark.parametrize(("days", "again"), [(29, False), (31, True)])
def test_an_alias_that_was_given_back_is_nobodys_for_a_month(
    app: OpenAPI,
    session: Session,
    caller: Caller,
    clock: Clock,
    ada: Membership,
    *,
    days: int,
    again: bool,
) -> None:
    caller.send("POST", ALIAS)
    clock.advance(days * DAY)
    with app.app_context():
        clean_up()
    session.rollback()
    ben = a_member(session, of=ada.context)

    assign_aliases(session, ada.context, Stubborn("keen", "kestrel"), [ben.id])

    assert (ben.alias == "Keen Kestrel") is again


def test_every_word_of_consent_is_kept_with_its_time(
    session: Session, caller: Caller, clock: Clock, ada: Membership
) -> None:
    ada.context.board_identity = "name"
    session.commit()
    for body in ({"joined": True}, {"named": True}, {"joined": False}):
        caller.send("PUT", "/api/v1/me/board", body)
        clock.advance(SOON)

    session.rollback()
    rows = session.scalars(sa.select(ConsentEntry).order_by(ConsentEntry.id))
    assert [(row.subject, row.given, row.decided_at) for row in rows] == [
        ("board", True, NOW),
        ("name", True, NOW + SOON),
        ("board", False, NOW + 2 * SOON),
        ("name", False, NOW + 2 * SOON),
    ]
