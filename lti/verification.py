"""Whether an id_token is a launch we began (Security Framework 5.1.3).

No database is touched: the login is at hand, and only an unknown key of the platform
costs a request. Nothing is used up here, so a bad token harms no one's launch.
"""

import base64
import binascii
import hmac
import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.exception import LtiException

from lti.adapters import (
    DbToolConf,
    PartitionedCookieService,
    StrictSessionService,
    request_of,
)
from lti.errors import (
    AddressRefused,
    LaunchRejected,
    LTIError,
    PlatformKeysMissing,
    PlatformUnavailable,
)
from lti.launch import DEPLOYMENT_ID, LONGEST_ID, TARGET_LINK_URI, Launch
from lti.platform_keys import PlatformKeys
from models import Login, Registration

ALGORITHM = "RS256"
LONGEST_TOKEN = 64 * 1024
LEEWAY = timedelta(seconds=10)
OLDEST = timedelta(hours=1)
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
        token = self._get_request_param("id_token")
        parts = token.split(".")
        if len(token) > LONGEST_TOKEN or len(parts) != 3 or not token.isascii():
            raise LaunchRejected("not_a_jwt")
        header, body = (_json_object(part) for part in parts[:2])
        if header.get("alg") != ALGORITHM:
            raise LaunchRejected("algorithm")
        kid = header.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_ID:
            raise LaunchRejected("kid")
        if "crit" in header:
            raise LaunchRejected("critical_header")
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
        audience = self._jwt["body"].get("aud")
        parties = self._jwt["body"].get("azp")
        ours = self._login.registration.client_id
        audiences = audience if isinstance(audience, list) else [audience]
        if ours not in audiences or not all(isinstance(a, str) for a in audiences):
            raise LaunchRejected("audience")
        if (len(audiences) > 1 and parties is None) or parties not in (None, ours):
            raise LaunchRejected("authorized_party")
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
        if not any(self._is_signed_by(key, token) for key in self._candidates()):
            raise LaunchRejected("signature")
        self._validate_times()
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
        """Accept a resource link launch to where the login said it goes."""
        claims = self._jwt["body"]
        self._launch = Launch.from_claims(claims)
        target = claims.get(TARGET_LINK_URI)
        if target != self._login.target_link_uri:
            raise LaunchRejected("target_link_uri")
        super().validate_message()
        return self

    def save_launch_data(self) -> "StrictMessageLaunch":
        """Keep nothing: claims are personal, and we have read what we use."""
        return self

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key) or ""

    def _candidates(self) -> list[Any]:
        try:
            kid = self._jwt["header"]["kid"]
            found = self._keys.find(self._login.registration, kid, self._now)
        except (PlatformUnavailable, AddressRefused):
            raise PlatformKeysMissing("platform_keys") from None
        if not found:
            raise LaunchRejected("kid_unknown")
        return list(found)

    def _is_signed_by(self, key: Any, token: str) -> bool:  # noqa: ANN401 -- any key of cryptography's
        # The times are ours to check: a course may live by another clock than ours.
        options: Any = {
            "require": REQUIRED,
            "verify_exp": False,
            "verify_iat": False,
            "verify_nbf": False,
            "verify_sub": False,
            "verify_jti": False,
        }
        registration = self._login.registration
        try:
            jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=registration.client_id,
                issuer=registration.issuer,
                options=options,
            )
        except jwt.InvalidSignatureError:
            return False
        except jwt.InvalidTokenError:
            raise LaunchRejected("not_a_jwt") from None
        return True

    def _validate_times(self) -> None:
        claims, now = self._jwt["body"], self._now.timestamp()
        leeway = LEEWAY.total_seconds()
        if _seconds(claims, "exp") <= now - leeway:
            raise LaunchRejected("expired")
        issued = _seconds(claims, "iat")
        if not now - OLDEST.total_seconds() - leeway <= issued <= now + leeway:
            raise LaunchRejected("issued_at")
        if "nbf" in claims and _seconds(claims, "nbf") > now + leeway:
            raise LaunchRejected("not_before")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LaunchRejected("timestamps")
    return value


def _json_object(part: str) -> dict[str, Any]:
    """Decode one part of a JWT strictly: an object, no doubled names, no NaN."""
    try:
        raw = base64.b64decode(
            part + "=" * (-len(part) % 4), altchars=b"-_", validate=True
        )
        value = json.loads(
            raw.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError, binascii.Error):
        raise LaunchRejected("not_a_jwt") from None
    if not isinstance(value, dict):
        raise LaunchRejected("not_a_jwt")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("A name appears twice.")
    return members


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("A number is too large.")
    return number
