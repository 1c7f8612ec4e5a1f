"""What waits in the outbox, for tests."""

from flask_openapi3.openapi import OpenAPI

from jobs import outbox
from jobs.clock import now
from jobs.worker import FOR_A_COURSE
from models.db import db


def work_off(app: OpenAPI) -> None:
    """Do what the outbox holds, until it holds nothing."""
    with app.app_context():
        while rows := outbox.take(db.session(), now()):
            for row in rows:
                outbox.run(row, FOR_A_COURSE)
