"""The login a platform begins (Security Framework 5.1.1): who asks, and from where.

It ends in a page, not in a redirect: the page's script first finds a way in which
this browser can prove, after the launch, that it was the one that began.
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

import sqlalchemy as sa
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.exception import OIDCException
from sqlalchemy.orm import Session

from lti import platforms
from lti.adapters import (
    LOGIN_SECONDS,
    DbLaunchDataStorage,
    DbToolConf,
    PartitionedCookieService,
    StrictSessionService,
    cookie_name,
    request_of,
    visible_name,
)
from lti.addresses import Origin, origin
from lti.errors import LoginRejected, PlatformPending, TooManyLogins
from models import Login, Registration

LONGEST = {
    "iss": 512,
    "client_id": 255,
    "login_hint": 4096,
    "lti_message_hint": 16_384,
    "target_link_uri": 2048,
    "lti_deployment_id": 255,
    "deployment_id": 255,
}
NEW_WINDOW_LEAVES_OUT = "lti_storage_target"
MOST_OPEN, WITHIN = 600, timedelta(minutes=1)
"""So many logins of one platform may wait for their launch at a time."""
ASKING = (
    sa.select(
        Registration,
        sa.select(sa.func.count())
        .select_from(Login)
        .where(
            Login.registration_id == Registration.id,
            Login.used_at.is_(None),
            Login.created_at > sa.bindparam("since"),
        )
        .scalar_subquery(),
    )
    .where(Registration.state == "active")
    .where(Registration.issuer == sa.bindparam("issuer"))
    .where(
        sa.bindparam("client_id", type_=sa.String).is_(None)
        | (Registration.client_id == sa.bindparam("client_id"))
    )
    .where(
        sa.bindparam("public_id", type_=sa.String).is_(None)
        | (Registration.public_id == sa.bindparam("public_id"))
    )
    .limit(2)
)
FRAME_NAME = re.compile(r"(?!__)[A-Za-z0-9_.-]{1,255}")


@dataclass(frozen=True)
class Door:
    """Where logins arrive: our origin, and the registration of a login address."""

    public_url: str
    registration: str | None = None

    @property
    def redirect_uri(self) -> str:
        return f"{self.public_url}/lti/launch"


@dataclass(frozen=True)
class Started:
    """A login that waits for its launch, and what its page needs."""

    state: str
    authorization_url: str
    registration: Registration
    storage_target: str | None
    cookies: PartitionedCookieService

    @property
    def storage_origin(self) -> str:
        """The only origin that may keep our state or give it back (lti-pm-s)."""
        return str(origin(self.registration.auth_login_url))

    @property
    def storage_key(self) -> str:
        return cookie_name(self.state)

    @property
    def visible_cookie(self) -> str:
        """The cookie by which the page sees whether the browser keeps ours."""
        return visible_name(self.storage_key)


class StrictOIDCLogin(FlaskOIDCLogin):
    """The library's login, without its redirect: one state, one nonce, one row."""

    def prepare(self, redirect_uri: str) -> tuple[str, str, Registration]:
        """Remember a login; return its state, where to go on and who asked.

        Raises OIDCException for a login that names no platform of ours.
        """
        self.validate_oidc_login()
        registration: Registration = self._tool_config.row
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        hint = platforms.of(registration).deployment_hint(self._get_request_param)
        self._session_service.save_state_params(
            state,
            {
                "nonce": nonce,
                "registration_id": registration.id,
                "target_link_uri": self._get_request_param("target_link_uri"),
                "deployment_hint": hint,
                "storage_target": self._get_request_param("lti_storage_target"),
            },
        )
        self._cookie_service.set_cookie(state, state, LOGIN_SECONDS)
        parameters = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": registration.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
            "login_hint": self._get_request_param("login_hint"),
        }
        message_hint = self._get_request_param("lti_message_hint")
        if message_hint:
            parameters["lti_message_hint"] = message_hint
        return state, _with_query(registration.auth_login_url, parameters), registration


def begin(
    session: Session, parameters: Mapping[str, str], door: Door, now: datetime
) -> Started:
    """Begin a login; state and nonce are good for one launch within ten minutes.

    Raises LoginRejected for a login that is malformed, of no platform of ours or
    not meant for us, and TooManyLogins when a platform's logins lead nowhere.
    """
    wanted = _checked(parameters, door)
    storage = DbLaunchDataStorage(session, now)

    def find(issuer: str, client_id: str | None) -> Registration | None:
        named = {"issuer": issuer, "client_id": client_id or None}
        named["public_id"] = door.registration
        return _asking(session, named, now)

    request = request_of(wanted)
    sessions = StrictSessionService(request)
    sessions.set_data_storage(storage)
    cookies = PartitionedCookieService(request)  # type: ignore[no-untyped-call] # the library's Flask part has no types
    login = StrictOIDCLogin(request, DbToolConf(find), sessions, cookies)  # type: ignore[no-untyped-call] # as above
    try:
        state, url, registration = login.prepare(door.redirect_uri)
    except OIDCException:
        raise _rejection(session, wanted, door) from None
    return Started(state, url, registration, wanted.get("lti_storage_target"), cookies)


def find(session: Session, state: str, now: datetime) -> Login | None:
    """Return the login of a state with its registration, out of the session.

    It may be used or expired. Detached, so that it can be read while no transaction
    is open and a platform is asked for its keys.
    """
    if not state or not _is_plain(state):
        return None
    login = DbLaunchDataStorage(session, now).get_value(state)
    if login is not None:
        session.expunge(login.registration)
        session.expunge(login)
    return login


def use(session: Session, login: Login, now: datetime) -> bool:
    """Use a login up; of all who try at once, one is told True."""
    return DbLaunchDataStorage(session, now).take_value(login.state)


def is_proven(cookies: Mapping[str, str], state: str) -> bool:
    """Tell whether the browser holds the cookie of this state."""
    return hmac.compare_digest(
        cookies.get(cookie_name(state), "").encode(errors="replace"),
        state.encode(errors="replace"),
    )


def again_in_a_window(parameters: Mapping[str, str], address: str) -> str:
    """Return the address that begins the same login in a window of its own.

    There cookies are first-party, and no frame of the platform is at hand.
    """
    kept = {
        name: value
        for name, value in parameters.items()
        if name in LONGEST and name != NEW_WINDOW_LEAVES_OUT
    }
    return _with_query(address, kept)


def _checked(parameters: Mapping[str, str], door: Door) -> dict[str, str]:
    for name, longest in LONGEST.items():
        if len(parameters.get(name, "")) > longest:
            raise LoginRejected("too_long")
    target = parameters.get("target_link_uri", "")
    if not _is_plain(target) or Origin.of(target) != Origin.of(door.public_url):
        raise LoginRejected("target_link_uri")
    for name in ("iss", "client_id", "lti_deployment_id", "deployment_id"):
        if not parameters.get(name, "").isprintable():
            raise LoginRejected("malformed")
    if not _is_plain(door.registration or ""):
        raise LoginRejected("malformed")
    wanted = {name: parameters[name] for name in LONGEST if parameters.get(name)}
    target_frame = parameters.get("lti_storage_target")
    if target_frame:
        is_name = FRAME_NAME.fullmatch(target_frame)
        wanted["lti_storage_target"] = target_frame if is_name else "_parent"
    return wanted


def _asking(
    session: Session, named: Mapping[str, str | None], now: datetime
) -> Registration | None:
    """Return the one active platform that a login can mean, if it is just one.

    Raises TooManyLogins when too many of its logins wait for their launch.
    """
    found = session.execute(ASKING, {**named, "since": now - WITHIN}).all()
    if len(found) != 1:
        return None
    registration, open_logins = found[0]
    if open_logins >= MOST_OPEN:
        raise TooManyLogins("Too many logins wait for their launch.")
    return cast("Registration", registration)


def _rejection(
    session: Session, wanted: Mapping[str, str], door: Door
) -> LoginRejected:
    """Return why nobody may log in: a platform that waits is told so."""
    query = sa.select(Registration).filter_by(
        state="pending", issuer=wanted.get("iss", ""), public_id=door.registration
    )
    waiting = session.scalar(query) if door.registration else None
    return PlatformPending(waiting) if waiting else LoginRejected("unknown_platform")


def _is_plain(text: str) -> bool:
    # PostgreSQL takes no NUL in a text, not even to look for it.
    return text.isascii() and text.isprintable()


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"
