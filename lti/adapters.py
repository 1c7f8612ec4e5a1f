"""PyLTI1p3's parts, made strict: where it looks things up and what it remembers.

The library is the protocol core alone. It never touches our database while a
platform is asked, keeps no session and sets no cookie but these.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from flask import Response
from pylti1p3.contrib.flask.cookie import FlaskCookieService
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.contrib.flask.session import FlaskSessionService
from pylti1p3.deployment import Deployment
from pylti1p3.launch_data_storage.base import LaunchDataStorage
from pylti1p3.registration import Registration as ProtocolRegistration
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy.orm import Session, joinedload

from models import Login, Registration

LOGIN_SECONDS = 600
COOKIE_PATH = "/lti"

# Statements are built once: building costs more than asking.
ADD = sa.insert(cast("sa.Table", Login.__table__))
BY_STATE = (
    sa.select(Login)
    .options(joinedload(Login.registration))
    .where(Login.state == sa.bindparam("wanted"))
)
TAKE = (
    sa.update(Login)
    .where(Login.state == sa.bindparam("wanted"), Login.used_at.is_(None))
    .where(Login.expires_at > sa.bindparam("now"))
    .values(used_at=sa.bindparam("now"))
    .returning(Login.id)
    .execution_options(synchronize_session=False)
)

FindRegistration = Callable[[str, str | None], Registration | None]


def request_of(
    parameters: Mapping[str, str], cookies: Mapping[str, str] | None = None
) -> FlaskRequest:
    """Return a request as the library reads it; the first of doubled values counts."""
    # Never an empty mapping: the library would then read Flask's own request.
    filled = {"": "", **parameters}
    return FlaskRequest(  # type: ignore[no-untyped-call] # the library's Flask part has no types
        cookies=cookies or {},
        session={},
        request_data=filled,
        request_is_secure=True,
    )


class DbToolConf(ToolConfAbstract[FlaskRequest]):
    """The registrations, as a function that finds one; `row` is the one found."""

    def __init__(self, find: FindRegistration) -> None:
        self._find = find
        self.row: Registration | None = None

    def check_iss_has_one_client(self, iss: str) -> bool:  # noqa: ARG002 -- the library's signature
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:  # noqa: ARG002 -- the library's signature
        return True

    def find_registration_by_issuer(
        self,
        iss: str,
        *_args: object,
        **_kwargs: object,
    ) -> Any:  # noqa: ANN401 -- the library does not say that it may be None
        return self.find_registration_by_params(iss, None)

    def find_registration_by_params(
        self,
        iss: str,
        client_id: str | None,
        *_args: object,
        **_kwargs: object,
    ) -> Any:  # noqa: ANN401 -- the library does not say that it may be None
        """Return exactly one active registration, or None; it never raises."""
        self.row = self._find(iss, client_id)
        if self.row is None:
            return None
        found = ProtocolRegistration()
        found.set_issuer(self.row.issuer).set_client_id(self.row.client_id)
        found.set_auth_login_url(self.row.auth_login_url)
        return found.set_key_set_url(self.row.jwks_url)

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        return self.find_deployment_by_params(iss, deployment_id, "")

    def find_deployment_by_params(
        self,
        iss: str,  # noqa: ARG002 -- the library's signature
        deployment_id: str,
        client_id: str,  # noqa: ARG002 -- the library's signature
        *_args: object,
        **_kwargs: object,
    ) -> Deployment | None:
        """Return it by name alone: lti.arrival lets it in, or not."""
        return Deployment().set_deployment_id(deployment_id)


class DbLaunchDataStorage(LaunchDataStorage[Any]):
    """One row a login, by its state: all that is remembered until the launch."""

    def __init__(self, session: Session, now: datetime) -> None:
        super().__init__()
        self._session = session
        self._now = now

    def get_session_cookie_name(self) -> str | None:
        return None

    def can_set_keys_expiration(self) -> bool:
        return True

    def set_value(self, key: str, value: Any, exp: int | None = None) -> None:  # noqa: ANN401 -- the library's signature
        seconds = LOGIN_SECONDS if exp is None else exp
        expires_at = self._now + timedelta(seconds=seconds)
        row = {"state": key, "created_at": self._now, "expires_at": expires_at}
        self._session.execute(ADD, {**row, **value})

    def get_value(self, key: str) -> Login | None:
        """Return the login of a state with its registration, whatever its age."""
        return self._session.scalar(BY_STATE, {"wanted": key})

    def check_value(self, key: str) -> bool:
        """Tell whether a login still waits for its launch."""
        login = self.get_value(key)
        return login is not None and login.used_at is None and _lives(login, self._now)

    def take_value(self, key: str) -> bool:
        """Use a login up; of all who try at once, one is told True."""
        return bool(self._session.scalar(TAKE, {"wanted": key, "now": self._now}))


class StrictSessionService(FlaskSessionService):
    """The library's session: a state with its nonce, and nothing after the launch."""

    def save_state_params(self, state: str, params: dict[str, object]) -> None:
        self.data_storage.set_value(state, params, LOGIN_SECONDS)

    def get_state_params(self, state: str) -> Any:  # noqa: ANN401 -- the library's signature
        return self.data_storage.get_value(state)

    def save_nonce(self, nonce: str) -> None:
        """Do nothing: the nonce lies in the row of its state."""

    def check_nonce(self, nonce: str) -> bool:  # noqa: ARG002 -- the library's signature
        """Never accept a nonce by itself: only with the login it belongs to."""
        return False

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:  # noqa: ARG002 -- the library's signature
        """Never accept a state because it was seen before."""
        return False

    def set_state_valid(self, state: str, id_token_hash: str) -> None:
        """Do nothing: a state is used up by its launch."""

    def save_launch_data(self, key: str, jwt_body: Mapping[str, Any]) -> None:
        """Do nothing: claims are personal, and we keep what we use."""


class PartitionedCookieService(FlaskCookieService):
    """Cookies that work in a frame on another site.

    Each comes as a pair: one that proves, out of reach of scripts, and one with the
    same attributes by which a script sees whether the browser keeps them.
    https://developer.mozilla.org/docs/Web/Privacy/Guides/Third-party_cookies/Partitioned_cookies
    """

    def update_response(self, response: Response) -> None:
        """Set the cookies: Secure, SameSite=None, Partitioned."""
        for name, cookie in self._cookie_data_to_set.items():
            set_pair(response, name, cookie["value"], cookie["exp"])

    def _get_key(self, key: str) -> str:
        return cookie_name(key)


def cookie_name(state: str) -> str:
    """Return the name of the cookie of a state, which does not tell the state."""
    return f"lti_state_{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def set_pair(response: Response, name: str, value: str, seconds: int) -> None:
    """Set a proof and its visible twin; no seconds take both away."""
    for key, content in ((name, value), (visible_name(name), "1")):
        response.set_cookie(
            key,
            content,
            max_age=seconds,
            path=COOKIE_PATH,
            secure=True,
            httponly=key == name,
            samesite="None",
            partitioned=True,
        )


def visible_name(name: str) -> str:
    """Return the name of a proof's twin."""
    return name.replace("lti_state_", "lti_seen_")


def _lives(login: Login, now: datetime) -> bool:
    return login.expires_at > now
