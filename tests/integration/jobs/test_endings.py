"""What time ends is ended within a minute, and whatever asked for it follows."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.giving import Gift, give
from jobs import following, outbox
from jobs.clock import now
from jobs.endings import end_awards
from jobs.reminders import remind
from jobs.runs import Unfinished
from jobs.worker import FOR_A_COURSE
from models import Award, Badge, Context, Outbox
from models.db import db
from tests.factories import a_badge, a_context, a_member
from tests.support.awarding import IRIS
from tests.support.clock import NOW, Clock
from tests.support.launches import a_caller, hand_in
from tests.support.triggers import refuse_rows

DAY = timedelta(days=1)


def a_chain(session: Session, people: int = 1) -> Context:
    """Let `crew` be had by whoever has `helper`, and `loner` by whoever has not."""
    context = a_context(session)
    a_badge(session, of=context, key="helper", threshold=1_000)
    rule = {"all": [{"badge": "helper"}]}
    a_badge(session, of=context, key="crew", criterion=rule, policy="revoke")
    alone = {"none": [{"badge": "helper"}]}
    a_badge(session, of=context, key="loner", criterion=alone)
    members = [a_member(session, of=context) for _ in range(people)]
    gifts = [
        Gift(user=one.user.public_id, badge="helper", expires_at=NOW + DAY)
        for one in members
    ]
    give(session, context, gifts, IRIS, NOW)
    session.commit()
    return context


def evaluated(app: OpenAPI, context: Context) -> None:
    with app.app_context():
        FOR_A_COURSE["evaluate_course"](context.id)


def ended(app: OpenAPI) -> dict[str, object]:
    with app.app_context():
        return end_awards()


def worked_off(app: OpenAPI) -> None:
    with app.app_context():
        while rows := outbox.take(db.session(), now()):
            for row in rows:
                outbox.run(row, FOR_A_COURSE)


def held(session: Session) -> dict[str, int]:
    session.rollback()
    query = (
        sa.select(Badge.key, sa.func.count())
        .join(Award, Award.badge_id == Badge.id)
        .where(Award.ended_at.is_(None))
        .group_by(Badge.key)
    )
    return dict(session.execute(query).all())


def test_what_asks_for_a_badge_follows_the_end_of_its_time(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    evaluated(app, a_chain(session))
    before = ended(app), held(session)
    clock.advance(DAY)

    after = [(ended(app), held(session)) for _ in range(2)]

    assert before == ({"courses": 0}, {"helper": 1, "crew": 1})
    assert after == [({"courses": 1}, {"loner": 1}), ({"courses": 0}, {"loner": 1})]
    assert session.scalars(sa.select(Outbox.job)).all() == []


def test_a_reminder_that_ends_awards_is_followed_too(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    evaluated(app, a_chain(session))
    clock.advance(DAY)

    with app.app_context():
        remind()

    assert held(session) == {"loner": 1}


def test_of_many_people_the_course_is_looked_at_by_a_job(
    app: OpenAPI, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 2)
    monkeypatch.setattr("jobs.endings.AT_ONCE", 2)
    evaluated(app, a_chain(session, people=3))
    clock.advance(DAY)

    ended(app)
    at_once = held(session)
    worked_off(app)

    assert at_once == {"crew": 3}
    assert held(session) == {"loner": 3}


@pytest.mark.parametrize("switch", ["course", "tenant", "environment"])
def test_while_it_is_off_nothing_is_ended(
    app: OpenAPI, session: Session, clock: Clock, switch: str
) -> None:
    context = a_chain(session)
    clock.advance(DAY)
    if switch == "course":
        context.enabled = False
    elif switch == "tenant":
        context.tenant.enabled = False
    else:
        settings = app.extensions["laurel"]
        app.extensions["laurel"] = replace(settings, gamification_enabled=False)
    session.commit()

    assert (ended(app), held(session)) == ({"courses": 0}, {"helper": 1})


def test_a_course_that_fails_does_not_hold_up_the_others(
    app: OpenAPI, session: Session, clock: Clock
) -> None:
    bad, _ = a_chain(session), a_chain(session)
    clock.advance(DAY)
    refuse_rows(session, "award", f"NEW.context_id = {bad.id}")
    session.commit()

    with pytest.raises(Unfinished, match="Courses whose awards were not ended: 1"):
        ended(app)

    assert held(session) == {"helper": 1, "loner": 1}


def test_another_term_is_looked_at_by_a_job(
    app: OpenAPI, client: FlaskClient, session: Session
) -> None:
    context = a_context(session)
    rule = {"metric": "events", "at_least": 1, "period": "term"}
    a_badge(session, of=context, key="active", criterion=rule, policy="revoke")
    a_badge(session, of=context, key="crew", criterion={"all": [{"badge": "active"}]})
    hand_in(session, a_member(session, of=context), times=1)
    teacher = a_caller(session, client, of=context, role="instructor")
    none = held(session)

    term: Any = {"start": "2026-09-01", "end": "2027-01-31"}
    changed = teacher.send("PUT", f"{teacher.course}/settings", {"term": term})
    worked_off(app)
    some = held(session)
    teacher.send("PUT", f"{teacher.course}/settings", {"enabled": True})

    assert changed.status_code == 200
    assert (none, some) == ({}, {"active": 1, "crew": 1})
    session.rollback()
    assert session.get_one(Context, context.id).term_start == date(2026, 9, 1)
    assert session.scalars(sa.select(Outbox.job)).all() == []
