"""A badge that asks for another one follows what people decide about that."""

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from gamification.awards.decisions import Revocation
from gamification.awards.giving import Gift, Giver
from jobs import decisions
from jobs.clock import now
from models import Award, Badge, Context, Membership
from tests.factories import a_badge, a_context, a_member

IRIS = Giver("iris", "instructor", "hand")


def a_chain(session: Session) -> tuple[Context, Membership]:
    """Make a course where `crew` is had by whoever has `helper`."""
    context = a_context(session, enabled=True)
    context.tenant.enabled = True
    a_badge(session, of=context, key="helper", threshold=1_000)
    rule = {"all": [{"badge": "helper"}]}
    a_badge(session, of=context, key="crew", criterion=rule, policy="revoke")
    member = a_member(session, of=context, sub="ada")
    session.commit()
    return context, member


def held(session: Session) -> list[str]:
    query = (
        sa.select(Badge.key)
        .join(Award, Award.badge_id == Badge.id)
        .where(Award.ended_at.is_(None))
    )
    return sorted(session.scalars(query))


def test_what_was_given_and_taken_back_is_followed_at_once(
    app: OpenAPI, session: Session
) -> None:
    context, member = a_chain(session)

    with app.app_context():
        gift = Gift(user=member.user.public_id, badge="helper")
        decisions.grant(session, context, [gift], IRIS, now())
        given = held(session)
        award = session.scalars(
            sa.select(Award)
            .join(Badge, Badge.id == Award.badge_id)
            .where(Badge.key == "helper")
        ).one()
        decisions.revoke(
            session, award, Revocation("a mistake", bars=True), IRIS, now()
        )
        session.commit()

    assert given == ["crew", "helper"]
    assert held(session) == []
