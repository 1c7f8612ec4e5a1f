"""A launch's own badges; a page that finds more than is written asks for the rest.

Pages do not award: what a rule gives and nobody has written yet, a worker writes.
"""

import logging
from typing import Any, cast

from flask import Flask, Response, current_app, g, request

from gamification.activity import EVALUATE_COURSE
from gamification.activity import request as ask_for
from gamification.awards import BadgeRoster, badges_and_past, badges_for
from jobs import outbox
from jobs.clock import now
from models import LaunchSession
from models.db import db
from models.locks import Busy, unless_busy
from views.pages import switch_now

SAFE = {"GET", "HEAD"}
PATIENCE_MS = 250
"""So long the thread of a page that was answered waits for who writes."""

log = logging.getLogger(__name__)


def badges_of(launch: LaunchSession, past: str = "") -> BadgeRoster:
    """Return the badges of a launch's own person, as they are earned.

    `past` is the key of one that is among them even where it is retired and no longer
    theirs, if it ever was.

    If one is earned and its award is not there yet, an evaluation of the course is
    asked for: with the caller's transaction if that writes, else after the answer.
    """
    session, context = db.session(), launch.context
    switch, visit = switch_now(context), launch.created_at
    member, moment = launch.membership, now()
    if past and switch.on:
        roster = badges_and_past(session, member, moment, past, visit)
    else:
        roster = badges_for(session, member, moment, switch=switch, visit=visit)
    if not any(badge.earned and badge.granted_at is None for badge in roster.badges):
        return roster
    if request.method in SAFE:
        if not outbox.is_waiting(session, context.id, EVALUATE_COURSE):
            g.to_evaluate = context.id
    else:
        _ask(context.id)
    return roster


def ask_after_reading(response: Response) -> None:
    """Ask for the evaluation that a page found wanting, once its answer is sent."""
    context_id: int | None = g.pop("to_evaluate", None)
    if context_id is None:
        return
    proxy = cast("Any", current_app)
    app: Flask = proxy._get_current_object()  # noqa: SLF001 -- Flask's documented way

    def ask() -> None:
        with app.app_context():
            _ask_alone(context_id)

    response.call_on_close(ask)


def _ask_alone(context_id: int) -> None:
    """Ask in a short transaction; if others write, the next page asks, or the night."""
    session = db.session()

    def asked() -> None:
        _ask(context_id)
        session.commit()

    try:
        unless_busy(session, PATIENCE_MS, asked)
    except Busy:
        log.warning("Course %d is to be evaluated; others are writing.", context_id)


def _ask(context_id: int) -> None:
    moment = now()
    ask_for(db.session(), EVALUATE_COURSE, context_id, moment, moment)
    outbox.wake_after_commit(db.session())
