"""What a webhook was told, over the API."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from jobs.api_keys import WEBHOOKS_WRITE
from models import Award, Context, Delivery, Membership, OutboundWebhook
from tests.support.launches import Caller
from tests.support.programs import a_program
from tests.support.statements import statements
from tests.support.webhooks import a_delivery, a_webhook

HOOKS = "/api/v1/webhooks"


@pytest.fixture
def program(session: Session, client: FlaskClient, course: Context) -> Caller:
    return a_program(session, client, course, WEBHOOKS_WRITE)


def test_deliveries_are_listed_and_sent_anew(
    program: Caller, session: Session, ada: Membership, delivery: Delivery
) -> None:
    delivery.state, delivery.attempts, delivery.status = "dead", 6, 500
    delivery.reason, delivery.next_attempt_at = "Answered 500.", None
    session.commit()
    path = f"{HOOKS}/the-webhook/deliveries"

    dead: Any = program.get(f"{path}?state=dead").json
    anew: Any = program.send("POST", f"{path}/the-delivery/retry")
    after: Any = program.get(f"{path}?state=dead").json

    (row,) = dead["items"]
    assert row == {
        "id": "the-delivery",
        "kind": "award_granted",
        "occurred_at": "2026-11-22T10:00:00Z",
        "course": ada.context.public_id,
        "user": "ada",
        "badge": "helper",
        "award": delivery.body["award"],
        "state": "dead",
        "attempts": 6,
        "status": 500,
        "reason": "Answered 500.",
        "next_attempt_at": None,
        "delivered_at": None,
    }
    due = {"state": "waiting", "attempts": 0, "status": None, "reason": None}
    due["next_attempt_at"] = "2026-11-22T10:00:00Z"
    assert (anew.status_code, anew.json) == (200, {**row, **due})
    assert after["items"] == []


def test_lists_go_on_and_cost_the_same(
    app: OpenAPI,
    program: Caller,
    session: Session,
    course: Context,
    delivery: Delivery,
) -> None:
    costs = []
    for path in (HOOKS, f"{HOOKS}/the-webhook/deliveries"):
        for _ in range(2):
            with statements(app) as sent:
                assert program.get(path).status_code == 200
            costs.append(len(sent))
            more = a_webhook(session, course.tenant)
            award = an_award_again(session, delivery)
            for webhook in (session.merge(more), the_webhook(session)):
                a_delivery(session, webhook, award, f"d{webhook.id}-{len(costs)}")
            session.commit()
        first: Any = program.get(f"{path}?limit=1").json
        second: Any = program.get(f"{path}?limit=1&cursor={first['next']}").json
        assert first["items"] != second["items"] != []

    assert costs[0] == costs[1]
    assert costs[2] == costs[3]
    assert program.get(f"{HOOKS}?cursor=x").status_code == 422
    assert program.get(f"{HOOKS}/the-webhook/deliveries?cursor=x").status_code == 422


def the_webhook(session: Session) -> OutboundWebhook:
    query = sa.select(OutboundWebhook).where(OutboundWebhook.public_id == "the-webhook")
    return session.scalars(query).one()


def an_award_again(session: Session, delivery: Delivery) -> Award:

    session.rollback()
    named = Award.public_id == delivery.body["award"]
    return session.scalars(sa.select(Award).where(named)).one()
