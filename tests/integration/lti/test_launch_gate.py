"""Which launches are let in, and which of their addresses are kept."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lti import audit
from lti.errors import DeploymentPending, LaunchRejected
from models import (
    AuditEntry,
    Context,
    Deployment,
    Membership,
    User,
)
from tests.factories import a_registration
from tests.support.arriving import arrived


def test_a_listed_platform_lets_no_unknown_deployment_in(
    session: Session, now: datetime
) -> None:
    registration = a_registration(session, deployments="listed")

    with pytest.raises(DeploymentPending):
        arrived(session, registration, now)

    assert counts(session) == {Deployment: 0, Context: 0, User: 0, Membership: 0}


@pytest.mark.parametrize("state", ["pending", "disabled"])
def test_a_deployment_that_is_not_active_lets_nobody_in(
    session: Session, now: datetime, state: str
) -> None:
    registration = a_registration(session)
    arrived(session, registration, now).deployment.state = state
    session.flush()

    with pytest.raises(DeploymentPending):
        arrived(session, registration, now)


def test_a_platform_disabled_meanwhile_lets_nobody_in(
    session: Session, now: datetime
) -> None:
    registration = a_registration(session, state="disabled")

    with pytest.raises(LaunchRejected, match="registration_inactive"):
        arrived(session, registration, now)


def test_an_address_elsewhere_is_not_kept(session: Session, now: datetime) -> None:
    registration = a_registration(session)

    arrival = arrived(
        session, registration, now, lineitems_url="https://elsewhere.example/items"
    )

    (entry,) = session.scalars(sa.select(AuditEntry))
    assert arrival.context.lineitems_url is None
    assert arrival.context.memberships_url == "https://lms.example/members"
    assert (entry.action, entry.details) == (
        "service_address_refused",
        {"service": "lineitems_url"},
    )


def test_of_a_flood_of_addresses_elsewhere_the_first_are_noted(
    session: Session, now: datetime
) -> None:
    registration = a_registration(session)

    for _ in range(audit.MOST_REFUSALS + 3):
        arrived(session, registration, now, lineitems_url="https://elsewhere.example/")

    actions = sa.select(AuditEntry.action).order_by(AuditEntry.id)
    assert Counter(session.scalars(actions)) == {
        "service_address_refused": audit.MOST_REFUSALS,
        "alerts_unnoted": 1,
    }
    minute = now + timedelta(minutes=1)
    arrived(session, registration, minute, lineitems_url="https://elsewhere.example/")
    assert session.scalars(actions).all()[-1] == "service_address_refused"
    assert audit.refusals_noted(session, registration, minute) == 0


def counts(session: Session) -> Mapping[type, int | None]:
    models = (Deployment, Context, User, Membership)
    return {
        model: session.scalar(sa.select(sa.func.count()).select_from(model))
        for model in models
    }
