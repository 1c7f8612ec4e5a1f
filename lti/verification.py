"""Whether an id_token is a launch we began (Security Framework 5.1.3).

No database is touched: the login is at hand, and only an unknown key of the platform
costs a request. Nothing is used up here, so a bad token harms no one's launch.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.exception import LtiException

from lti import jwts
from lti.adapters import (
    DbToolConf,
    PartitionedCookieService,
    StrictSessionService,
    request_of,
)
from lti.errors import LaunchRejected, LTIError
from lti.launch import DEPLOYMENT_ID, TARGET_LINK_URI, Launch
from lti.platform_keys import PlatformKeys
from models import Login, Registration

REQUIRED = ["exp", "iat", "iss", "aud", "nonce"]


def verify(
    login: Login | None,
    parameters: Mapping[str, str],
    keys: PlatformKeys,
    now: datetime,
) -> Launch:
    """Return the launch that `id_token` and `state` make, verified in full.

    Raises LaunchRejected with a reason of ours, whatever was sent.
    """
    if login is None:
        raise LaunchRejected("state_unknown")
    return StrictMessageLaunch.of(login, parameters, keys, now).verified()


class StrictMessageLaunch(FlaskMessageLaunch):
    """The library's launch, with the checks it leaves out."""

    _jwt: Any
    _login: Login
    _keys: PlatformKeys
    _now: datetime
    _launch: Launch | None = None

    @classmethod
    def of(
        cls,
        login: Login,
        parameters: Mapping[str, str],
        keys: PlatformKeys,
        now: datetime,
    ) -> "StrictMessageLaunch":
        """Return an unverified launch of a login."""

        def find(issuer: str, client_id: str | None) -> Registration | None:
            row = login.registration
            is_meant = (issuer, client_id) == (row.issuer, row.client_id)
            return row if is_meant and row.state == "active" else None

        request = request_of(parameters)
        message = cls(
            request,
            DbToolConf(find),
            StrictSessionService(request),
            PartitionedCookieService(request),  # type: ignore[no-untyped-call] # as above
        )
        message._login, message._keys, message._now = login, keys, now
        return message

    def verified(self) -> Launch:
        """Return the launch after all checks."""
        self.validate()
        if self._launch is None:
            raise LaunchRejected("message_type")
        return self._launch

    def validate(self) -> "StrictMessageLaunch":
        """Run every check; whatever goes wrong is a LaunchRejected."""
        try:
            super().validate()
        except LTIError:
            raise
        except LtiException:
            raise LaunchRejected("not_a_launch") from None
        except Exception as error:  # noqa: BLE001 -- a stranger's token must never be an error of ours
            raise LaunchRejected(f"unreadable_{type(error).__name__}") from None
        return self

    def validate_state(self) -> "StrictMessageLaunch":
        """Accept the state of a login that waits; the browser's proof comes later."""
        state = self._get_request_param("state")
        if not hmac.compare_digest(state.encode(), self._login.state.encode()):
            raise LaunchRejected("state_unknown")
        if self._login.used_at is not None:
            raise LaunchRejected("state_used")
        if self._login.expires_at <= self._now:
            raise LaunchRejected("state_expired")
        return self

    def validate_jwt_format(self) -> "StrictMessageLaunch":
        """Accept three parts, two of them JSON objects, and one algorithm."""
        header, body = jwts.parts(self._get_request_param("id_token"))
        self._jwt = {"header": header, "body": body}
        return self

    def validate_nonce(self) -> "StrictMessageLaunch":
        """Accept the nonce of this very login."""
        nonce = self._jwt["body"].get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(
            nonce.encode(errors="replace"), self._login.nonce.encode()
        ):
            raise LaunchRejected("nonce")
        return self

    def get_client_id(self) -> str:
        """Return our client id if the token is meant for it (5.1.3, steps 3 to 5)."""
        ours = self._login.registration.client_id
        jwts.check_party(self._jwt["body"], ours)
        return ours

    def validate_registration(self) -> "StrictMessageLaunch":
        """Accept the issuer this login began with, and no other one."""
        if self._jwt["body"].get("iss") != self._login.registration.issuer:
            raise LaunchRejected("issuer")
        super().validate_registration()
        return self

    def validate_jwt_signature(self) -> "StrictMessageLaunch":
        """Accept a signature by one of the platform's keys, of the last hour."""
        token = self._get_request_param("id_token")
        registration = self._login.registration
        keys = jwts.candidates(self._keys, registration, self._jwt["header"], self._now)
        if not any(
            jwts.is_signed_by(key, token, registration, REQUIRED) for key in keys
        ):
            raise LaunchRejected("signature")
        jwts.check_times(self._jwt["body"], self._now)
        return self

    def validate_deployment(self) -> "StrictMessageLaunch":
        """Accept the deployment the login named, if it named one."""
        deployment = self._jwt["body"].get(DEPLOYMENT_ID)
        hint = self._login.deployment_hint
        if not isinstance(deployment, str) or (hint and hint != deployment):
            raise LaunchRejected("deployment_id")
        super().validate_deployment()
        return self

    def validate_message(self) -> "StrictMessageLaunch":
        """Accept a message we know, to where the login said it goes."""
        claims = self._jwt["body"]
        self._launch = Launch.from_claims(claims)
        target = claims.get(TARGET_LINK_URI)
        if target != self._login.target_link_uri:
            raise LaunchRejected("target_link_uri")
        # The library refuses a place that takes no links of ours; we have an answer.
        if not _is_dead_end(self._launch):
            super().validate_message()
        return self

    def save_launch_data(self) -> "StrictMessageLaunch":
        """Keep nothing: claims are personal, and we have read what we use."""
        return self

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key) or ""


def _is_dead_end(launch: Launch) -> bool:
    return launch.deep_linking is not None and bool(launch.deep_linking.obstacle)
