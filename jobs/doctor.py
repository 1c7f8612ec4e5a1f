"""What an operator asks of a platform: does it answer, and does it let us in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa
from cryptography.fernet import InvalidToken
from flask import current_app
from sqlalchemy.orm import Session, joinedload

from jobs.clock import now
from jobs.connections import connected
from jobs.freshness import SCORES, sentence_of
from jobs.steps import Course
from lti import grades, roster
from lti.connector import StrictServiceConnector
from lti.errors import LTIError, PlatformNotApproved, PlatformUnavailable
from lti.rights import short
from models import Context, Registration, SyncState
from models.db import db

if TYPE_CHECKING:
    from lti.platform_keys import PlatformKeys

CHECK_ADDRESS = "Check its address (`flask platform add`), and that we may reach it."
NO_KEYS = "It holds no RSA key of 2048 bits or more: no launch can be verified."
NO_COURSE = "not tried: open the tool in a course once, then ask again"
NOT_OFFERED = "not tried: the course offers none; allow it for this tool to have it"
WAITS = "It waits for your word: `flask platform approve {id}`."
IS_OFF = "It is disabled; `flask platform approve {id}` lets it in again."
LOCKED = (
    "None of ENCRYPTION_KEYS opens our signing key: bring the right one back, or run "
    "`flask keys rotate`."
)


@dataclass(frozen=True)
class Finding:
    """One check: whether it went well, and what was found or is to be mended."""

    check: str
    ok: bool
    said: str


def patients(public_id: str | None) -> list[tuple[int, str]]:
    """Return the registration of this id, or all that are not disabled, by name."""
    query = sa.select(Registration).options(joinedload(Registration.tenant))
    if public_id is None:
        query = query.where(Registration.state != "disabled")
    else:
        query = query.where(Registration.public_id == public_id)
    session = db.session()
    rows = session.scalars(query.order_by(Registration.id)).all()
    found = [(row.id, f"{row.public_id} {row.tenant.key} {row.issuer}") for row in rows]
    session.rollback()
    return found


def examine(registration_id: int) -> list[Finding]:
    """Try a platform's keys, a token, and roster and line items of its latest course.

    What is read is not kept, except what the token was good for. Every request is
    bounded, 20 seconds at most once its host is found. One that is not active is told
    nothing of ours: what we sign for an address that nobody approved could be shown
    to another platform.
    """
    session = db.session()
    registration = session.get_one(Registration, registration_id)
    if registration.state != "active":
        finding = _state(registration)
        session.rollback()
        return [finding]
    course = _latest_course(session, registration_id)
    findings = [*_scores(session, course)]
    session.expunge(registration)  # nothing is locked while a platform thinks
    session.rollback()
    findings.append(_tried("keys", lambda: _keys(registration), CHECK_ADDRESS))
    try:
        with connected(session, registration_id) as connector:
            findings += _services(connector, course)
    except InvalidToken:
        findings.append(Finding("token", ok=False, said=LOCKED))
    except PlatformNotApproved as error:  # while it was asked for its keys
        findings.append(Finding("state", ok=False, said=str(error)))
    return findings


def _latest_course(session: Session, registration_id: int) -> Course | None:
    context = session.scalar(
        sa.select(Context)
        .where(Context.registration_id == registration_id)
        .where(sa.or_(Context.memberships_url != "", Context.lineitems_url != ""))
        .order_by(Context.last_launch_at.desc().nulls_last(), Context.id.desc())
        .limit(1)
    )
    return Course.of(context) if context else None


def _state(registration: Registration) -> Finding:
    why = WAITS if registration.state == "pending" else IS_OFF
    return Finding("state", ok=False, said=why.format(id=registration.public_id))


def _scores(session: Session, course: Course | None) -> Iterator[Finding]:
    """Tell what the last try to send scores met with, where there was one."""
    state = session.get(SyncState, (course.id, SCORES)) if course else None
    if state is not None:
        said = state.error or "sent without a complaint"
        yield Finding("scores", ok=state.error is None, said=said)


def _services(
    connector: StrictServiceConnector, course: Course | None
) -> Iterator[Finding]:
    scopes = _scopes(course)
    yield _tried("token", lambda: _token(connector, scopes), CHECK_ADDRESS)
    if course is None:
        yield Finding("roster", ok=True, said=NO_COURSE)
        yield Finding("grades", ok=True, said=NO_COURSE)
        return
    for check, url, work in (
        ("roster", course.memberships_url, _roster),
        ("grades", course.lineitems_url, _line_items),
    ):
        if url:
            yield _tried(check, partial(work, connector, course))
        else:
            yield Finding(check, ok=True, said=NOT_OFFERED)


def _scopes(course: Course | None) -> list[str]:
    """Return what a token is asked for: all that the course's launches named."""
    if course is None:
        return [roster.SCOPE]
    return [*course.ags_scopes, *([roster.SCOPE] if course.memberships_url else [])]


def _tried(check: str, work: Callable[[], str], advice: str = "") -> Finding:
    try:
        return Finding(check, ok=True, said=work())
    except LTIError as error:
        is_silent = isinstance(error, PlatformUnavailable)
        said = f"{error} {advice}" if is_silent and advice else sentence_of(error)
        return Finding(check, ok=False, said=said)


def _keys(registration: Registration) -> str:
    keys: PlatformKeys = current_app.extensions["platform_keys"]
    found = keys.look(registration, now())
    if not found.keys:
        raise PlatformUnavailable(NO_KEYS)
    return f"{len(found.keys)} that may sign a launch"


def _token(connector: StrictServiceConnector, scopes: list[str]) -> str:
    connector.get_access_token(scopes)
    return f"good for {', '.join(map(short, sorted(connector.granted)))}"


def _roster(connector: StrictServiceConnector, course: Course) -> str:
    page = next(roster.pages(connector, course.memberships_url, course.lti_id))
    return f"{len(page.members)} people on the first page"


def _line_items(connector: StrictServiceConnector, course: Course) -> str:
    scopes = grades.reading_scopes(course.ags_scopes)
    page = next(grades.line_item_pages(connector, course.lineitems_url, scopes))
    return f"{len(page.line_items)} line items on the first page"
