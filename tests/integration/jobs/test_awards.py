"""The nightly look at every course, and the evaluation of one."""

import pytest
import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards import Recomputed
from jobs.awards import Outcome, Scope, evaluate_course, recompute_all
from jobs.queue import Queue
from jobs.runs import Unfinished
from jobs.schedule import schedule
from jobs.worker import JOBS, recompute
from models import Award, Badge, Context, JobRun
from tests.factories import a_badge, a_context, a_member, a_registration, a_tenant
from tests.support.clock import NOW
from tests.support.launches import hand_in
from tests.support.syncing import Desk, a_course
from tests.support.triggers import QUOTED, refuse_rows


def awards(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(Award)) or 0


def recomputed(app: OpenAPI, scope: Scope) -> list[Outcome]:
    with app.app_context():
        return list(recompute_all(scope))


def with_a_new_badge(desk: Desk) -> None:
    """Let Ada and Ben have worked before a badge came that both of them earn."""
    desk.sync()
    a_badge(
        desk.session, of=desk.context, key="worker", metric="completed", threshold=1
    )
    desk.session.commit()


def test_a_course_is_evaluated_by_its_id(desk: Desk) -> None:
    with_a_new_badge(desk)
    before, context_id = awards(desk.session), desk.context.id
    desk.session.rollback()

    with desk.app.app_context():
        evaluate_course(context_id)

    assert awards(desk.session) == before + 2


def test_the_night_awards_what_was_missed(desk: Desk) -> None:
    with_a_new_badge(desk)
    before = awards(desk.session)

    with desk.app.app_context():
        assert recompute() == {"acme": 2}
        assert recompute() == {"acme": 0}

    assert awards(desk.session) == before + 2


def test_a_trial_awards_nothing(desk: Desk) -> None:
    with_a_new_badge(desk)
    before = awards(desk.session)

    found = recomputed(desk.app, Scope(is_trial=True))

    assert found == [Outcome("acme", Recomputed(2, 2))]
    assert awards(desk.session) == before


def test_one_course_or_one_tenant_may_be_meant(desk: Desk) -> None:
    with_a_new_badge(desk)
    context_id = desk.context.id
    desk.session.rollback()

    elsewhere = recomputed(desk.app, Scope(context_id=context_id + 1))
    nobody = recomputed(desk.app, Scope(tenant="nobody"))
    here = recomputed(desk.app, Scope(tenant="acme", context_id=context_id))

    assert elsewhere == [Outcome("acme")]
    assert nobody == []
    assert here == [Outcome("acme", Recomputed(2, 2))]


def test_what_is_off_is_left_alone(app: OpenAPI, session: Session) -> None:
    tenant = a_tenant(session, key="quiet", enabled=False)
    a_context(session, registration=a_registration(session, tenant=tenant))
    session.commit()

    assert recomputed(app, Scope()) == [Outcome("quiet")]
    assert session.scalar(sa.select(sa.func.count()).select_from(Badge)) == 0
    assert set(session.scalars(sa.select(Context.catalog_digest))) == {""}


@pytest.fixture
def broken(desk: Desk, session: Session) -> Desk:
    """Return a desk with a second course, in which no award can be written."""
    with_a_new_badge(desk)
    other = a_course(session, desk.registered, lti_id="other")
    badge = a_badge(session, of=other, key="worker", metric="score", threshold=1)
    hand_in(session, a_member(session, of=other), times=3)
    session.execute(sa.delete(Award).where(Award.badge_id == badge.id))
    refuse_rows(session, "award", f"NEW.context_id = {other.id}")
    return desk


def test_one_course_that_fails_does_not_end_the_night(
    broken: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    assert recomputed(broken.app, Scope()) == [Outcome("acme", Recomputed(2, 2), 1)]
    assert "Recomputing course" in caplog.text
    assert QUOTED not in caplog.text


def test_a_night_that_failed_in_part_is_noted_with_what_was_done(
    broken: Desk, session: Session
) -> None:
    listed = schedule(broken.app.extensions["laurel"])
    nightly = next(one for one in listed if one.job == "recompute")
    queue = Queue(broken.app, JOBS)

    with pytest.raises(Unfinished):
        queue.perform(nightly)

    [run] = session.scalars(sa.select(JobRun).filter_by(job="recompute"))
    assert run.error == "Courses that could not be recomputed: 1"
    assert run.details == {"acme": 2}
    assert run.finished_at == NOW


def test_the_command_says_how_many_courses_failed_and_exits_1(broken: Desk) -> None:
    said = broken.app.test_cli_runner().invoke(args=["gamification", "recompute"])

    assert said.exit_code == 1
    assert said.stdout == "[acme] contributors=2 badges_awarded=2\n"
    assert said.stderr.startswith("[acme] 1 course could not be recomputed\n")
