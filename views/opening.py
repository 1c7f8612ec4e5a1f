"""What a launch sets going: the one place where LTI meets the rules."""

from datetime import datetime
from http import HTTPStatus
from random import SystemRandom
from typing import TYPE_CHECKING

from flask import Response, current_app, g, make_response

from gamification.activity import Fact, record
from gamification.metrics.people import is_ranked
from gamification.standings import aliases
from gamification.standings.upkeep import refresh
from gamification.switches import switch_of
from jobs.catalog import adopt_catalog
from jobs.clock import now
from jobs.settling import settle
from jobs.sync import request_sync
from lti import history
from lti.adapters import cookie_name, set_pair
from lti.arrival import Arrival, Gate, arrive
from lti.deep_linking import admit, settings_of
from lti.errors import LaunchRejected
from lti.login import use
from lti.sessions import open_session
from models import LaunchSession, Login
from models.db import db
from models.locks import begin_write, retried
from views import pages, picker
from views.headers import forms_go_to, framed_by
from views.pages import Page, settings
from views.panel import first_page

if TYPE_CHECKING:
    from lti.launch import Launch
    from lti.platform_keys import PlatformKeys


def open_launch(login: Login, launch: "Launch") -> Response:
    """Use the login up, write the launch down and answer its first panel.

    Raises LaunchRejected when somebody else used the login up a moment before.
    """
    session = db.session()

    def opened() -> Response:
        begin_write(session)
        if not use(session, login, now()):
            raise LaunchRejected("state_used")
        return enter(launch, _gate(login))

    response = retried(session, opened)
    set_pair(response, cookie_name(login.state), "", 0)
    return response


def enter(launch: "Launch", gate: Gate) -> Response:
    """Write a launch down that is proven and used up, and answer its first panel.

    Ends the transaction; whoever proves the launch begins it, as a writer.
    """
    opened, token = write_down(launch, gate)
    # Asked before the commit: a transaction more would cost more than the answers.
    page = first_page(opened) if launch.deep_linking is None else picker.page(opened)
    db.session.commit()
    return answer(opened, page, token)


def write_down(launch: "Launch", gate: Gate) -> tuple[LaunchSession, str]:
    """Write a launch down; return its session and token. Whoever calls it commits."""
    session, moment = db.session(), now()
    arrival = arrive(session, launch, gate, moment)
    admit(launch, arrival.registration, development=gate.development)
    if arrival.course_is_new:
        history.propose_by_launch(session, arrival.context, launch, moment)
    opened, token = open_session(session, arrival, launch, moment)
    _tell_the_rules(arrival, opened.token_hash, moment)
    return opened, token


def answer(opened: LaunchSession, page: Page, token: str) -> Response:
    """Answer the page of a launch, in its platform's frame."""
    g.launch = opened
    framed_by(opened.registration)
    picking = settings_of(opened)
    if picking is None:
        return make_response(pages.shell(page, opened, token))
    forms_go_to(picking.return_url)
    status = HTTPStatus.BAD_REQUEST if picking.obstacle else HTTPStatus.OK
    return make_response(picker.shell(page, opened, token), status)


def _gate(login: Login) -> Gate:
    keys: PlatformKeys = current_app.extensions["platform_keys"]
    return Gate(
        registration_id=login.registration_id,
        development=settings().is_development,
        key_set=keys.fetched(login.registration),
    )


def _tell_the_rules(arrival: Arrival, attempt: str, moment: datetime) -> None:
    """Let the course have its badges and the log its fact; off, its settings alone."""
    session, context, member = db.session(), arrival.context, arrival.membership
    if arrival.role_changed and not arrival.is_new:
        refresh(session, context, [member.id])
    environment = settings().gamification_enabled
    if not switch_of(context, environment=environment).on:
        # A course that is on is settled by the worker, and whoever turns one on settles
        # it. Who is known here holds no lock, and waits for nobody's.
        if arrival.course_is_new or arrival.is_new:
            settle(session, context, moment)
        return
    if not member.alias and is_ranked(member):
        aliases.assign(session, context, SystemRandom(), [member.id])
    adopt_catalog(session, context, moment)
    launched = Fact(
        context_id=context.id,
        membership_id=member.id,
        kind="launched",
        occurred_at=moment,
        source="launch",
        attempt=attempt[:32],
    )
    record(session, [launched], moment, environment=environment)
    request_sync(session, context, moment)
