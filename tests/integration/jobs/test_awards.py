"""The nightly look at every course, and the evaluation of one."""

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards import Recomputed
from jobs.awards import Scope, evaluate_course, recompute_all
from jobs.worker import recompute
from models import Award, Badge, Context
from tests.factories import a_badge, a_context, a_registration, a_tenant
from tests.support.syncing import Desk


def awards(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(Award)) or 0


def recomputed(app: OpenAPI, scope: Scope) -> list[tuple[str, Recomputed]]:
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

    assert found == [("acme", Recomputed(2, 2))]
    assert awards(desk.session) == before


def test_one_course_or_one_tenant_may_be_meant(desk: Desk) -> None:
    with_a_new_badge(desk)
    context_id = desk.context.id
    desk.session.rollback()

    elsewhere = recomputed(desk.app, Scope(context_id=context_id + 1))
    nobody = recomputed(desk.app, Scope(tenant="nobody"))
    here = recomputed(desk.app, Scope(tenant="acme", context_id=context_id))

    assert elsewhere == [("acme", Recomputed())]
    assert nobody == []
    assert here == [("acme", Recomputed(2, 2))]


def test_what_is_off_is_left_alone(app: OpenAPI, session: Session) -> None:
    tenant = a_tenant(session, key="quiet", enabled=False)
    a_context(session, registration=a_registration(session, tenant=tenant))
    session.commit()

    assert recomputed(app, Scope()) == [("quiet", Recomputed())]
    assert session.scalar(sa.select(sa.func.count()).select_from(Badge)) == 0
    assert set(session.scalars(sa.select(Context.catalog_digest))) == {""}
