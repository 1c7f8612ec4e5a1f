from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import Event

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from lti import members
from lti.arrival import Gate, arrive
from lti.roster import Member
from models import (
    Base,
    Context,
    Deployment,
    Membership,
    Registration,
    ResourceLink,
    User,
)
from models.db import db
from models.locks import begin_write, lock_course
from tests.factories import a_context, a_registration
from tests.support.arriving import LAUNCH
from views.opening import enter


def all_at_once(
    engine: sa.Engine, session: Session, subs: list[str], now: datetime
) -> None:
    """Let these people launch for the first time, in the same moment."""
    gate = Gate(registration_id=a_registration(session).id, development=False)
    session.commit()

    def come(sub: str) -> None:
        with Session(engine) as own:
            begin_write(own)
            arrive(own, replace(LAUNCH, sub=sub), gate, now)
            own.commit()

    with ThreadPoolExecutor(max_workers=len(subs)) as threads:
        list(threads.map(come, subs))


def counted(session: Session, model: type[Base]) -> int | None:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_a_class_that_comes_at_once_makes_one_course(
    engine: sa.Engine, session: Session, now: datetime
) -> None:
    all_at_once(engine, session, [f"learner-{n}" for n in range(8)], now)

    assert counted(session, Deployment) == 1
    assert counted(session, Context) == 1
    assert counted(session, ResourceLink) == 1
    assert (counted(session, User), counted(session, Membership)) == (8, 8)


def test_a_person_in_eight_tabs_is_one_person(
    engine: sa.Engine, session: Session, now: datetime
) -> None:
    all_at_once(engine, session, ["ada"] * 8, now)

    assert (counted(session, User), counted(session, Membership)) == (1, 1)


@contextmanager
def about_to_wait(app: OpenAPI) -> Iterator[Event]:
    """Tell when the application asks to be the one who writes."""
    asked = Event()

    def note(*arguments: object) -> None:
        if any(word in str(arguments[2]) for word in ("IMMEDIATE", "pg_advisory")):
            asked.set()

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("before", ["unknown", "had left"])
def test_a_launch_and_the_roster_that_names_the_same_person_get_on(
    app: OpenAPI, session: Session, before: str, now: datetime
) -> None:
    course = a_context(session, lti_id=LAUNCH.context_id)
    zoe = [Member("zoe", "Zoe", "learner")]
    if before == "had left":
        members.store(session, course, zoe, now)
        session.execute(sa.update(Membership).values(status="left", left_at=now))
    course_id, gate = course.id, Gate(course.registration_id, development=True)
    session.commit()

    def launch() -> int:
        with app.test_request_context():
            begin_write(db.session())
            return enter(replace(LAUNCH, sub="zoe", name="Zoe"), gate).status_code

    with about_to_wait(app) as asked, ThreadPoolExecutor() as threads:
        lock_course(session, course_id)
        launching = threads.submit(launch)
        assert asked.wait(10)
        members.store(session, course, zoe, now)
        session.commit()

        assert launching.result() == 200
    assert (counted(session, User), counted(session, Membership)) == (1, 1)
    assert session.scalars(sa.select(Membership.status)).all() == ["active"]


def test_a_launch_that_waits_for_the_course_holds_up_no_other(
    app: OpenAPI, session: Session, now: datetime
) -> None:
    course = a_context(session, lti_id=LAUNCH.context_id)
    course_id, gate = course.id, Gate(course.registration_id, development=True)
    session.commit()

    def launch() -> int:
        with app.test_request_context():
            begin_write(db.session())
            return enter(LAUNCH, gate).status_code

    with about_to_wait(app) as asked, ThreadPoolExecutor() as threads:
        lock_course(session, course_id)
        launching = threads.submit(launch)
        assert asked.wait(10)
        row = sa.select(Registration.id).with_for_update(nowait=True)
        free = session.scalars(row).all()
        session.commit()

        assert launching.result() == 200
    assert free == [gate.registration_id]
