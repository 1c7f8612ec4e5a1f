"""Webhooks for tests: their rows, and a receiver that verifies what it is told."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import sqlalchemy as sa
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.orm import Session

from campus.server import STOPS_WITHIN
from jobs.worker import JOBS
from models import Award, Context, Delivery, OutboundWebhook, Tenant
from models.webhooks import TOLD
from tests.factories import a_member
from tests.support.clock import NOW
from tests.support.launches import hand_in

ANYWHERE = "https://badges.example/laurel"


def a_webhook(
    session: Session,
    tenant: Tenant,
    public_id: str = "",
    **columns: Any,  # noqa: ANN401 -- any other column of the row
) -> OutboundWebhook:
    """Build a webhook whose secret nobody can read: it is told, and sent nothing."""
    values = {
        "url": ANYWHERE,
        "secret": "unreadable",
        "kinds": list(TOLD),
        "created_by": "operator",
        "created_at": NOW,
        **columns,
    }
    named = {"public_id": public_id} if public_id else {}
    webhook = OutboundWebhook(tenant_id=tenant.id, **values, **named)
    session.add(webhook)
    session.flush()
    return webhook


def a_delivery(
    session: Session, webhook: OutboundWebhook, award: Award, public_id: str
) -> Delivery:
    context = session.get_one(Context, award.context_id)
    about = {"course": context.public_id, "award": award.public_id}
    delivery = Delivery(
        public_id=public_id,
        webhook_id=webhook.id,
        context_id=context.id,
        key=f"by-hand:{public_id}",
        kind="award_granted",
        occurred_at=NOW,
        body={**about, "user": "ada", "badge": "helper", "state": "open"},
        next_attempt_at=NOW,
        created_at=NOW,
    )
    session.add(delivery)
    session.flush()
    return delivery


@dataclass
class Receiver:
    """A program that keeps what it was told, if the signature is right."""

    url: str = ""
    secret: str = ""
    answers: list[int] = field(default_factory=list)
    """What it answers next; then 204."""
    told: list[dict[str, Any]] = field(default_factory=list)
    forged: int = 0
    asked: int = 0

    def take(self, headers: Any, body: bytes) -> int:  # noqa: ANN401 -- an HTTP message
        """Verify a POST by what its headers say; return the status to answer."""
        self.asked += 1
        signed = headers["Laurel-Timestamp"].encode() + b"." + body
        mine = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"sha256={mine}", headers["Laurel-Signature"]):
            self.forged += 1
            return 401
        status = self.answers.pop(0) if self.answers else 204
        said = json.loads(body)
        assert said["id"] == headers["Laurel-Delivery"]
        if status // 100 == 2:
            self.told.append(said)
        return status


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on this machine."""
    receiver = Receiver()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(receiver.take(self.headers, body))
            if receiver.url:
                self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing in between the tests' own lines."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/laurel"
        thread = Thread(target=server.serve_forever, args=(STOPS_WITHIN,), daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


def added(app: OpenAPI, course: Context, url: str, *more: str) -> tuple[str, str]:
    words = ("webhook", "add", "--tenant", course.tenant.key, "--url", url, *more)
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 0, done.output
    public_id, secret = done.stdout.split()
    return public_id, secret


def earned(session: Session, course: Context, people: int = 1) -> None:
    """Let so many learners earn a badge."""
    session.rollback()
    for _ in range(people):
        hand_in(session, a_member(session, of=course), times=1)
    session.commit()


def sent(app: OpenAPI) -> object:
    with app.app_context():
        return JOBS["send_deliveries"]()


def rows(session: Session) -> list[Delivery]:
    session.rollback()
    query = sa.select(Delivery).order_by(Delivery.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def the_row(session: Session) -> Delivery:
    (row,) = rows(session)
    return row


def the_webhook(session: Session) -> OutboundWebhook:
    session.rollback()
    query = sa.select(OutboundWebhook).execution_options(populate_existing=True)
    return session.scalars(query).one()
