"""`flask webhook …`, as an operator types it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from click.testing import Result
from cryptography.fernet import Fernet
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from models import AuditEntry, Award, Context, Delivery, OutboundWebhook
from tests.factories import a_badge, a_context, a_member, a_registration, a_tenant
from tests.support.awarding import an_award
from tests.support.webhooks import ANYWHERE, Receiver, a_delivery

Flask = Callable[..., Result]
NO_WEBHOOK = "Error: There is no such webhook: `flask webhook list`.\n"


@pytest.fixture
def flask(app: OpenAPI) -> Flask:
    """Run a command as `flask …` would."""
    return lambda *words: app.test_cli_runner().invoke(args=["webhook", *words])


@pytest.fixture
def course(session: Session) -> Context:
    """Build a course of tenant acme; there is a tenant beta, too."""
    tenant = a_tenant(session, key="acme")
    course = a_context(session, registration=a_registration(session, tenant=tenant))
    a_tenant(session, key="beta")
    session.commit()
    return course


def added(flask: Flask, url: str = ANYWHERE, *more: str) -> tuple[str, str]:
    done = flask("add", "--tenant", "acme", "--url", url, *more)
    assert done.exit_code == 0, done.output
    public_id, secret = done.stdout.split()
    return public_id, secret


def an_award_of(session: Session, course: Context) -> Award:
    badge = a_badge(session, of=course, key="helper", threshold=1_000)
    return an_award(session, a_member(session, of=course), badge)


def test_a_webhook_is_added_listed_switched_and_removed(
    flask: Flask, session: Session, course: Context
) -> None:
    public_id, secret = added(flask, ANYWHERE, "--kind", "award_ended")
    words = ("disable", "disable", "enable", "enable", "disable")

    outputs = [flask(word, public_id).output for word in words]
    listed = [flask("list", *more).output for more in ((), ("--tenant", "beta"))]
    removed = flask("remove", public_id).output

    assert outputs == [
        f"{public_id} disabled\n",
        f"{public_id} was disabled already\n",
        f"{public_id} enabled\n",
        f"{public_id} was enabled already\n",
        f"{public_id} disabled\n",
    ]
    said = f"{public_id} disabled (by the operator) award_ended {ANYWHERE}\n"
    assert listed == [said, ""]
    assert removed == f"{public_id} removed\n"
    assert flask("list").output == ""
    noted = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [one.action for one in noted] == [
        "webhook_added",
        "webhook_disabled",
        "webhook_enabled",
        "webhook_disabled",
        "webhook_removed",
    ]
    assert {one.details["by"] for one in noted} == {"operator"}
    assert secret not in str([one.details for one in noted])


@pytest.mark.parametrize(
    "words", [("--url", "http://badges.example/"), ("--url", "https://a@b.example/")]
)
def test_what_is_not_called_is_refused(
    words: tuple[str, str], flask: Flask, course: Context
) -> None:
    done = flask("add", "--tenant", "acme", *words)

    said = "Error: url: it has to be https, without a user name, a password or a #\n"
    assert (done.exit_code, done.output) == (1, said)


def test_nobody_elses_webhook_is_there(
    flask: Flask, session: Session, course: Context
) -> None:
    public_id, _ = added(flask)
    session.rollback()
    webhook = session.scalars(sa.select(OutboundWebhook)).one()
    a_delivery(session, webhook, an_award_of(session, course), "the-delivery")
    session.commit()
    of_beta = ("--tenant", "beta")

    done = [
        flask(word, public_id, *of_beta)
        for word in ("disable", "enable", "remove", "test", "deliveries")
    ]
    retried = flask("retry", "the-delivery", *of_beta)

    assert {(one.exit_code, one.output) for one in done} == {(1, NO_WEBHOOK)}
    said = "Error: There is no such delivery: `flask webhook deliveries ID`.\n"
    assert (retried.exit_code, retried.output) == (1, said)


def test_a_ping_says_what_came_of_it(
    flask: Flask, course: Context, session: Session, receiver: Receiver
) -> None:
    public_id, receiver.secret = added(flask, receiver.url)
    receiver.answers = [200, 302]

    fine, bad = flask("test", public_id), flask("test", public_id)

    assert (fine.exit_code, fine.output) == (0, f"{public_id} answered 200\n")
    said = "Error: Answered 302: redirects are not followed.\n"
    assert (bad.exit_code, bad.output) == (1, said)
    (ping,) = receiver.told
    assert {name: ping[name] for name in ("kind", "tenant")} == {
        "kind": "ping",
        "tenant": "acme",
    }
    assert session.scalars(sa.select(Delivery)).all() == []


def test_deliveries_are_listed_and_sent_anew(
    flask: Flask, session: Session, course: Context
) -> None:
    public_id, _ = added(flask)
    session.rollback()
    webhook = session.scalars(sa.select(OutboundWebhook)).one()
    award = an_award_of(session, course)
    # It was told of the award itself, too.
    row = a_delivery(session, webhook, award, "the-delivery")
    row.state, row.attempts, row.reason = "dead", 6, "Answered 500."
    session.commit()

    dead = flask("deliveries", public_id, "--state", "dead").output
    anew = flask("retry", "the-delivery").output
    after = flask("deliveries", public_id).output.splitlines()

    name = award.public_id
    assert (
        dead == f"the-delivery dead 6 award_granted {name} 2026-11-22 Answered 500.\n"
    )
    assert anew == "the-delivery is sent anew\n"
    assert after[0] == f"the-delivery waiting 0 award_granted {name} 2026-11-22"
    assert len(after) == 2


def test_another_encryption_key_opens_the_secrets_once_keys_were_rotated(
    app: OpenAPI, flask: Flask, course: Context, receiver: Receiver
) -> None:
    public_id, receiver.secret = added(flask, receiver.url)
    config = app.extensions["laurel"]
    new = Fernet.generate_key().decode()
    both = (new, *config.encryption_keys)
    app.extensions["laurel"] = replace(config, encryption_keys=both)

    rotated = app.test_cli_runner().invoke(args=["keys", "rotate"])
    app.extensions["laurel"] = replace(config, encryption_keys=(new,))
    tested = flask("test", public_id)
    app.extensions["laurel"] = config
    lost = app.test_cli_runner().invoke(args=["keys", "rotate"])

    assert (rotated.exit_code, rotated.stderr) == (0, "")
    assert tested.output == f"{public_id} answered 204\n"
    said = f"{public_id} is sent nothing, for no key opens its secret: add it anew.\n"
    assert (lost.exit_code, lost.stderr) == (0, said)
