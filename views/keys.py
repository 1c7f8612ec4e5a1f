"""API keys at the door: how often they may ask, and when they were last used."""

import logging
from typing import Any, cast

from flask import Flask, Response, current_app, g
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.exceptions import TooManyRequests

from jobs.api_keys import is_to_be_noted, note_use
from jobs.clock import now
from models import ApiKey
from models.db import db
from models.locks import Busy, unless_busy

PER_MINUTE = 600
"""Of one key, in each server process."""
A_MINUTE = 60
PATIENCE_MS = 250

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Let keys be counted and their use be noted; launches are people, and are not."""
    limiter = Limiter(_counted, app=app, storage_uri="memory://")
    app.extensions["key_limiter"] = limiter
    app.after_request(note_after_answering)


def count(key: ApiKey) -> None:
    """Count one request of a key; raise TooManyRequests after too many of them."""
    g.counted_key = key.public_id
    limiter = cast("Limiter", current_app.extensions["key_limiter"])
    limit = limiter.shared_limit(f"{PER_MINUTE} per minute", scope="api_key")
    try:
        with limit:
            pass
    except RateLimitExceeded as over:
        raise TooManyRequests(retry_after=A_MINUTE) from over
    if is_to_be_noted(key, now()):
        g.used_key = key.id


def note_after_answering(response: Response) -> Response:
    """Write down that a key was used, once its answer is sent."""
    key_id: int | None = g.pop("used_key", None)
    if key_id is None:
        return response
    proxy = cast("Any", current_app)
    app: Flask = proxy._get_current_object()  # noqa: SLF001 -- Flask's documented way

    def note() -> None:
        with app.app_context():
            note_alone(key_id)

    response.call_on_close(note)
    return response


def note_alone(key_id: int) -> None:
    """Note it in a short transaction; if others write, the next request does."""
    session = db.session()

    def noted() -> None:
        note_use(session, key_id, now())
        session.commit()

    try:
        unless_busy(session, PATIENCE_MS, noted)
    except Busy:
        log.info("The use of API key %d was not noted; others are writing.", key_id)


def _counted() -> str:
    key: str = g.counted_key
    return key
