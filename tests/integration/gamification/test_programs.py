"""What other programs are told of awards: every change once, by ids alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gamification.activity import record
from gamification.awards import evaluate, evaluate_silently
from gamification.awards.decisions import Revocation, lift, renew, revoke
from gamification.awards.expiring import end_expired
from gamification.catalog import Criterion
from models import Badge, BadgeVersion, Context, Delivery, Membership
from tests.factories import a_badge, a_context, a_member, a_registration
from tests.integration.gamification.conftest import ON, Counting, a_fact
from tests.support.awarding import IRIS, an_award
from tests.support.webhooks import a_webhook

DAY = timedelta(days=1)
SAID = {"course", "user", "badge", "version", "award", "tenant", "state"}


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course of whose awards one program is told."""
    course = a_context(session)
    a_badge(session, of=course, key="first", metric="events", threshold=1)
    a_webhook(session, course.tenant)
    return course


def told(session: Session) -> list[tuple[str, str]]:
    session.flush()
    rows = session.scalars(sa.select(Delivery).order_by(Delivery.id))
    return [(row.kind, row.body["state"]) for row in rows]


def acted(session: Session, *people: Membership, **named: Any) -> None:  # noqa: ANN401 -- any field of a fact
    facts = [a_fact(one, **named) for one in people]
    record(
        session, facts, named.get("occurred_at", facts[0].occurred_at), environment=True
    )


def test_an_award_is_told_once_however_often_it_is_looked_at(
    session: Session, course: Context, now: datetime
) -> None:
    ada = a_member(session, of=course, name="Ada Ahorn")

    for _ in range(2):
        acted(session, ada)
        evaluate(session, course, now, switch=ON)
        evaluate_silently(session, course, now + DAY, switch=ON)

    row = session.scalars(sa.select(Delivery)).one()
    award = row.body["award"]
    assert row.body == {
        "tenant": course.tenant.key,
        "course": course.public_id,
        "user": ada.user.public_id,
        "badge": "first",
        "version": 1,
        "award": award,
        "state": "open",
    }
    assert (row.kind, row.occurred_at, row.next_attempt_at) == (
        "award_granted",
        now,
        now,
    )
    assert (row.state, row.attempts, row.context_id) == ("waiting", 0, course.id)


def test_silent_ways_are_told_too(
    session: Session, course: Context, now: datetime
) -> None:
    course.enabled = False
    acted(session, a_member(session, of=course))
    course.enabled = True
    session.flush()

    evaluate_silently(session, course, now, switch=ON)

    assert told(session) == [("award_granted", "open")]


def test_what_people_decide_is_told_without_their_words(
    session: Session, course: Context, now: datetime
) -> None:
    badge = a_badge(session, of=course, key="helper", threshold=1_000)
    award = an_award(session, a_member(session, of=course), badge, reason="Ada helped")

    renew(session, award, now + DAY, now)
    renew(session, award, now + 2 * DAY, now + timedelta(hours=1))
    revoke(session, award, Revocation("Ada copied"), IRIS, now + timedelta(hours=2))
    lift(session, award, now + timedelta(hours=3))

    assert told(session) == [
        ("award_granted", "open"),
        ("award_renewed", "open"),
        ("award_renewed", "open"),
        ("award_ended", "revoked"),
        ("award_lifted", "revoked"),
    ]
    rows = session.scalars(sa.select(Delivery)).all()
    assert {frozenset(row.body) for row in rows} == {frozenset(SAID)}
    assert not any("Ada" in str(row.body) for row in rows)


@pytest.mark.parametrize("way", ["look", "worker", "giving"])
def test_the_end_of_its_time_is_told_by_whoever_notices(
    way: str, session: Session, course: Context, now: datetime
) -> None:
    badge = a_badge(session, of=course, key="helper", threshold=1_000)
    ada = a_member(session, of=course)
    an_award(session, ada, badge, expires_at=now + DAY)
    later = now + 2 * DAY

    if way == "look":
        evaluate(session, course, later, switch=ON, members=[ada.id])
    elif way == "worker":
        end_expired(session, course.id, later, named=1)
    else:
        an_award(session, ada, badge, later)

    assert told(session)[:2] == [("award_granted", "open"), ("award_ended", "expired")]
    ended = session.scalars(sa.select(Delivery).where(Delivery.kind == "award_ended"))
    assert ended.one().occurred_at == now + DAY


@pytest.mark.parametrize(
    "rule", [{}, {"criterion": {"all": [{"metric": "events", "at_least": 1}]}}]
)
def test_an_award_that_its_rule_takes_back_is_told(
    rule: dict[str, Any], session: Session, now: datetime
) -> None:
    course = a_context(session)
    a_webhook(session, course.tenant)
    named = rule or {"metric": "events", "threshold": 1}
    badge = a_badge(session, of=course, policy="revoke", **named)
    acted(session, a_member(session, of=course))

    harder = {"all": [{"metric": "events", "at_least": 9}]} if rule else None
    version = session.scalars(
        sa.select(BadgeVersion).where(BadgeVersion.badge_id == badge.id)
    ).one()
    version.criterion = (
        Criterion.from_json(harder).to_json()
        if harder
        else {"metric": "events", "at_least": 9}
    )
    session.flush()
    evaluate(session, course, now + DAY, switch=ON)

    assert told(session) == [("award_granted", "open"), ("award_ended", "unmet")]


def test_a_webhook_hears_what_it_asked_for_of_its_own_organisation(
    session: Session, course: Context
) -> None:
    a_webhook(session, course.tenant, kinds=["award_ended", "award_renewed"])
    elsewhere = a_context(session)
    a_webhook(session, elsewhere.tenant)
    ended = a_webhook(session, elsewhere.tenant, disabled_at=elsewhere.created_at)
    also_here = a_context(
        session, registration=a_registration(session, tenant=course.tenant)
    )
    a_badge(session, of=also_here, key="first", metric="events", threshold=1)

    acted(session, a_member(session, of=course), a_member(session, of=also_here))

    rows = session.scalars(sa.select(Delivery)).all()
    assert {row.body["tenant"] for row in rows} == {course.tenant.key}
    assert {row.body["course"] for row in rows} == {
        course.public_id,
        also_here.public_id,
    }
    assert (len(rows), len({row.webhook_id for row in rows})) == (2, 1)
    assert ended.id not in {row.webhook_id for row in rows}


@pytest.mark.parametrize("off", ["course", "tenant", "webhook"])
def test_nothing_is_written_while_a_switch_is_off(
    off: str, session: Session, course: Context, now: datetime
) -> None:
    badge = a_badge(session, of=course, key="helper", threshold=1_000)
    award = an_award(session, a_member(session, of=course), badge)
    session.execute(sa.delete(Delivery))
    if off == "webhook":
        session.execute(sa.text("UPDATE outbound_webhook SET disabled_at = created_at"))
    else:
        (course if off == "course" else course.tenant).enabled = False
    session.flush()

    revoke(session, award, Revocation("copied"), IRIS, now)
    acted(session, a_member(session, of=course))

    assert told(session) == []


def test_telling_costs_as_much_for_thirty_as_for_three(
    session: Session, course: Context, now: datetime, statements: Counting
) -> None:
    costs = []
    for people in (3, 30):
        course.enabled = False
        acted(session, *(a_member(session, of=course) for _ in range(people)))
        course.enabled = True
        session.flush()
        with statements() as seen:
            evaluate(session, course, now + people * DAY, switch=ON)
        costs.append(len([text for text in seen if "pg_adv" not in text]))

    # Beside the eight of any evaluation: what expired, what is unmet, and what is new.
    assert costs == [11, 11]
    assert len(told(session)) == 33


def test_a_badge_of_any_key_is_told_by_it(
    session: Session, course: Context, now: datetime
) -> None:
    badge = session.scalars(sa.select(Badge)).one()
    badge.key = 'o"\\neill ü'
    session.flush()

    acted(session, a_member(session, of=course))

    row = session.scalars(sa.select(Delivery)).one()
    assert row.body["badge"] == 'o"\\neill ü'
