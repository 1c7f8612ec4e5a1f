"""Whoever has a badge that does not last is told so, once before and once after."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards import expiring
from jobs.reminders import remind
from jobs.runs import Unfinished
from models import Award, Context
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import an_award, award_named, told
from tests.support.clock import NOW, Clock
from tests.support.triggers import refuse_rows

DAY = timedelta(days=1)


def an_ending_award(
    session: Session, *, of: Context | None = None, last: timedelta = 30 * DAY
) -> Award:
    ada = a_member(session, of=of)
    badge = a_badge(session, of=ada.context)
    award = an_award(session, ada, badge, expires_at=NOW + last)
    session.commit()
    return award


def reminded(app: OpenAPI) -> dict[str, object]:
    with app.app_context():
        return remind()


def kinds(session: Session) -> list[str]:
    session.rollback()
    return [kind for kind, *_ in told(session)][1:]


def test_an_award_is_warned_of_two_weeks_before_it_ends_and_once(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    award = an_ending_award(session)

    clock.advance(16 * DAY - timedelta(seconds=1))
    early = reminded(app)
    clock.advance(timedelta(seconds=1))
    due = [reminded(app) for _ in range(3)]

    assert early == {"courses": 0, "warned": 0, "expired": 0}
    assert due == [{"courses": 1, "warned": 1, "expired": 0}, early, early]
    session.rollback()
    warning = ("award_expiring", "member", award.membership_id, {"award": award.id})
    assert told(session)[1:] == [warning]


def test_an_award_that_ended_is_told_of_once_and_stays_in_the_history(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    award = an_ending_award(session)
    clock.advance(31 * DAY)

    first, second = reminded(app), reminded(app)

    assert (first["expired"], second["expired"]) == (1, 0)
    assert kinds(session) == ["award_expired"]
    award = award_named(session, award.public_id)
    assert (award.ended_at, award.end_reason) == (NOW + 30 * DAY, "expired")


def test_a_renewed_award_is_warned_of_again(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    award = an_ending_award(session)
    clock.advance(20 * DAY)
    reminded(app)
    award = award_named(session, award.public_id)
    award.expires_at, award.warned_at = NOW + 60 * DAY, None
    session.commit()

    reminded(app)
    clock.advance(30 * DAY)
    reminded(app)

    assert kinds(session) == ["award_expiring", "award_expiring"]


def test_nobody_is_warned_on_the_day_they_were_given_it(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    an_ending_award(session, last=3 * DAY)

    today = reminded(app)
    clock.advance(DAY)
    tomorrow = reminded(app)

    assert (today["warned"], tomorrow["warned"]) == (0, 1)


@pytest.mark.parametrize("change", ["off", "left", "revoked"])
def test_whom_it_does_not_concern_is_not_told(
    app: OpenAPI, session: Session, clock: Clock, change: str
) -> None:
    award = an_ending_award(session)
    clock.advance(20 * DAY)
    if change == "off":
        session.get_one(Context, award.context_id).enabled = False
    elif change == "left":
        session.execute(sa.text("UPDATE membership SET status = 'left'"))
    else:
        award.ended_at, award.end_reason = NOW, "copied"
    session.commit()

    reminded(app)
    clock.advance(20 * DAY)
    reminded(app)

    assert kinds(session) == []


def test_a_large_course_is_told_in_small_transactions(
    app: OpenAPI, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = a_context(session)
    monkeypatch.setattr(expiring, "AT_ONCE", 2)
    for _ in range(5):
        an_ending_award(session, of=course)
    clock.advance(20 * DAY)

    assert reminded(app) == {"courses": 1, "warned": 5, "expired": 0}
    assert kinds(session).count("award_expiring") == 5


def test_a_course_that_fails_stops_no_other_one(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    award, _ = an_ending_award(session), an_ending_award(session)
    clock.advance(20 * DAY)
    refuse_rows(session, "stream_event", f"NEW.context_id = {award.context_id}")

    with pytest.raises(Unfinished) as unfinished:
        reminded(app)

    assert str(unfinished.value) == "Courses whose people were not told: 1"
    assert unfinished.value.details == {"courses": 1, "warned": 1, "expired": 0}
    session.rollback()
    assert award_named(session, award.public_id).warned_at is None
