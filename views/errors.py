"""Which exception is which page: a status, and what a person can do about it."""

import logging
import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from sqlalchemy.exc import NoResultFound, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from jobs.api_keys import PREFIX
from jobs.clock import now
from lti import audit, registrations
from lti.errors import (
    DeploymentPending,
    LaunchRejected,
    LinkingRefused,
    LoginRejected,
    LTIError,
    NoticeRejected,
    PickerForbidden,
    PlatformKeysMissing,
    PlatformPending,
    PlatformSaidNo,
    TooManyLogins,
)
from lti.registration.errors import InvitationUnknown, RegistrationFailed
from models.db import db
from models.locks import begin_write
from views.guards import KeyRefused, LaunchRefused, OtherFormat
from views.headers import framed_by

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """What a person is told; never what was sent, nor where in us it failed."""

    status: HTTPStatus
    title: str
    advice: str


AGAIN = "Please open it again from your course."
PAGES: dict[type[Exception], Page] = {
    InvitationUnknown: Page(
        HTTPStatus.FORBIDDEN,
        "This invitation is not good any more",
        "Each one is good once and for some days. Please ask whoever runs Laurel for "
        "a new one.",
    ),
    RegistrationFailed: Page(
        HTTPStatus.BAD_REQUEST,
        "Your learning platform was not added",
        "Please begin again there.",
    ),
    PlatformPending: Page(
        HTTPStatus.FORBIDDEN,
        "This platform waits for approval",
        "It has registered itself; whoever runs Laurel has to let it in. Please try "
        "it again from your course later.",
    ),
    LoginRejected: Page(
        HTTPStatus.BAD_REQUEST,
        "This page cannot be opened like this",
        "Please open it from your course. If you did, your administrator can check "
        "how the tool is set up there.",
    ),
    TooManyLogins: Page(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many people at once",
        "Please wait a minute, then open it again from your course.",
    ),
    DeploymentPending: Page(
        HTTPStatus.UNAUTHORIZED,
        "Not yet allowed here",
        "Please ask your administrator to allow the tool in this place, then open it "
        "again from your course.",
    ),
    PlatformKeysMissing: Page(
        HTTPStatus.UNAUTHORIZED,
        "Your learning platform does not answer",
        "Please try it again from your course in a few minutes.",
    ),
    PlatformSaidNo: Page(
        HTTPStatus.UNAUTHORIZED,
        "Your learning platform did not let you through",
        "Please check that you are signed in there, then open it again from your "
        "course.",
    ),
    PickerForbidden: Page(
        HTTPStatus.FORBIDDEN,
        "Not for this role",
        "Somebody who teaches this course can choose what it shows.",
    ),
    LinkingRefused: Page(
        HTTPStatus.BAD_REQUEST, "Nothing can be added from here", AGAIN
    ),
    LaunchRejected: Page(HTTPStatus.UNAUTHORIZED, "This did not open", AGAIN),
    NoticeRejected: Page(
        HTTPStatus.BAD_REQUEST, "This is no notice for us", "Nothing was kept."
    ),
    LTIError: Page(HTTPStatus.BAD_GATEWAY, "Your learning platform is busy", AGAIN),
    NoResultFound: Page(HTTPStatus.NOT_FOUND, "There is nothing here", AGAIN),
    OperationalError: Page(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Out of breath for a moment",
        "Please try it again in a minute.",
    ),
    PoolTimeout: Page(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Out of breath for a moment",
        "Please try it again in a minute.",
    ),
}
OUR_FAULT = Page(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something went wrong on our side",
    "Please try it again. If it stays like this, tell us the number below.",
)
STATUS_PAGES = {
    401: ("This page is over", AGAIN),
    403: ("Not for this role", "Somebody who teaches this course can open it."),
    404: ("There is nothing here", AGAIN),
    405: ("This cannot be done here", AGAIN),
    413: ("That is too much at once", "Please send less."),
    415: ("That is not JSON", "Please send application/json."),
    429: ("Too often", "Please wait a minute."),
}
A_KEY = (
    "Please send a key that is good as `Authorization: Bearer laurel_…`; whoever runs "
    "Laurel makes them with `flask api-key create`."
)
TO_PROGRAMS = {
    401: ("No key that is good", A_KEY),
    404: ("There is nothing here", "Nothing that this key reaches has this address."),
    405: ("This cannot be done here", "`Allow` names what can."),
}
"""What is said in place of AGAIN to a program, which has no course to open."""
NOWHERE = "Nothing has this address: `/api/v1/openapi.json` has those there are."
TO_KEYLESS = {**TO_PROGRAMS, 404: ("There is nothing here", NOWHERE)}
LINKING = {
    "accept_types": "This place in your course takes no links to tools. Please choose "
    "another one.",
    "document_targets": "Your learning platform does not say how it would show what "
    "you choose. Its administrator can tell who made it.",
    "return_url_missing": "Your learning platform does not say where your choice "
    "should go. Its administrator can tell who made it.",
    "return_url_elsewhere": "Your choice would go to a host that your learning "
    "platform is not known by here. Please ask whoever runs Laurel to add the host of "
    "your course's address to the platform's frame origins.",
}
"""What a teacher can do where a platform asks for links that we cannot give."""
PROBLEMS = ("/api", "/lti/deep-linking")
"""What programs ask; the rest is read by people."""


def register(app: Flask) -> None:
    """Turn every exception into its page; one without a page is our fault."""
    app.register_error_handler(LTIError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _refused(error: LTIError) -> Response:
    page = _page_of(error)
    error_id = new_error_id()
    if isinstance(error, PlatformPending):
        g.registration = error.registration
    reason = getattr(error, "reason", type(error).__name__)
    log.warning("Refused %s: %s (%s)", request.endpoint, reason, error_id)
    # Refused floods must not fill the table that login floods cannot fill.
    if not isinstance(error, TooManyLogins):
        _note(error, reason, error_id)
    return answer(page, error_id)


def _note(error: LTIError, reason: str, error_id: str) -> None:
    """Write the refusal down in a transaction of its own.

    In a flood the last one noted says that there are more; those are in the log.
    """
    session, moment, registration = db.session(), now(), g.get("registration")
    session.rollback()
    noted = audit.refusals_noted(session, registration, moment)
    session.rollback()
    if noted > audit.MOST_REFUSALS:
        return
    begin_write(session)
    if isinstance(error, DeploymentPending) and registration is not None:
        registrations.note_pending(session, registration, error.lti_id, moment)
    audit.refusal(
        session,
        _action(error),
        moment,
        noted=noted,
        registration=registration,
        error_id=error_id,
        reason=reason,
    )
    session.commit()


def _action(error: LTIError) -> str:
    if isinstance(error, InvitationUnknown | RegistrationFailed):
        return "registration_refused"
    if isinstance(error, NoticeRejected):
        return "notice_refused"
    return "login_refused" if isinstance(error, LoginRejected) else "launch_refused"


def _http(error: HTTPException) -> Response:
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    status = HTTPStatus(code)
    title, advice = STATUS_PAGES.get(code, (status.phrase, AGAIN))
    if isinstance(error, KeyRefused | LaunchRefused | OtherFormat):
        title, advice = error.title, str(error.description)
    response = answer(Page(status, title, advice), new_error_id())
    if error.response is None:
        allowed = [h for h in error.get_headers() if h[0] in {"Allow", "Retry-After"}]
        response.headers.extend(allowed)
    return response


def _failed(error: Exception) -> Response:
    db.session.rollback()
    error_id = new_error_id()
    # The frames alone: an exception's message may hold what was sent.
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("Failed: %s (%s)\n%s", type(error).__name__, error_id, where)
    return answer(_page_of(error), error_id)


def _page_of(error: Exception) -> Page:
    kinds = (PAGES[kind] for kind in type(error).__mro__ if kind in PAGES)
    page = next(kinds, OUR_FAULT)
    if isinstance(error, RegistrationFailed):
        return replace(page, advice=error.advice)
    if isinstance(error, LinkingRefused):
        return replace(page, advice=LINKING.get(error.reason, page.advice))
    return page


def new_error_id() -> str:
    """Return a number that joins a page, a log line and an audit entry."""
    return secrets.token_hex(5)


def answer(page: Page, error_id: str) -> Response:
    """Answer as the caller reads it: a problem, a fragment or a whole page."""
    if _is_program():
        response = _problem(page, error_id)
    else:
        registration = g.get("registration")
        if registration is not None:
            framed_by(registration)
        part = "fragment" if request.path.startswith("/panel") else "page"
        text = render_template(f"errors/{part}.html", page=page, error_id=error_id)
        response = make_response(text, page.status)
    is_launch = request.path.startswith("/lti") and not _is_program()
    if page.status == HTTPStatus.UNAUTHORIZED and not is_launch:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _is_program() -> bool:
    return request.path.startswith(PROBLEMS)


def _said_instead() -> Mapping[int, tuple[str, str]]:
    """Return what is said in place of AGAIN to whoever asks; to people, nothing."""
    token = request.authorization.token if request.authorization else None
    if not request.path.startswith("/api"):
        return {}
    if not token:
        return TO_KEYLESS
    return TO_PROGRAMS if token.startswith(PREFIX) else {}


def _problem(page: Page, error_id: str) -> Response:
    """Return a problem (RFC 9457)."""
    title, advice = page.title, page.advice
    if advice == AGAIN:
        title, advice = _said_instead().get(page.status, (title, advice))
    response = jsonify(
        type="about:blank",
        title=title,
        status=page.status,
        detail=advice,
        error_id=error_id,
    )
    response.status_code = page.status
    response.content_type = "application/problem+json"
    return response
