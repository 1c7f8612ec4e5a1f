"""What a platform says of itself: read strictly, and believed of its own host alone.

LTI Dynamic Registration 1.0, 3.3; OpenID Connect Discovery 1.0, section 3.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti import platforms
from lti.addresses import LOOPBACK, Origin, is_callable, origin
from lti.platforms.base import Platform
from lti.registration.errors import RegistrationFailed
from lti.registration.words import PLATFORM
from lti.rows import text_of

LONGEST_ISSUER, LONGEST_URL, LONGEST_FAMILY, LONGEST_NAME = 512, 1024, 32, 255
FIRST_FREE_PORT = 1024
CANVAS = "https://canvas.instructure.com/lti/"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """A platform's addresses, and what it calls itself."""

    url: str
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    authorization_server: str | None = None
    scopes: frozenset[str] | None = None
    """The scopes it has; None if it does not say."""
    family: str = ""
    name: str = ""
    domain: str | None = None
    """The origin where its people see it, if it names one."""

    @property
    def platform(self) -> Platform:
        """The ways of its product."""
        return platforms.FAMILIES.get(self.family, Platform)()

    @property
    def audience(self) -> str | None:
        """Whom its token requests are for, if not the token address."""
        return self.platform.token_audience(self.authorization_server)

    @property
    def own_host(self) -> str:
        return origin(self.url).host

    @property
    def called(self) -> tuple[str, ...]:
        """The addresses that we or a browser will call."""
        return self.authorization_endpoint, self.token_endpoint, self.jwks_uri

    @property
    def unproven_hosts(self) -> list[str]:
        """The hosts it names that are neither its own nor below it."""
        hosts = {origin(url).host for url in (self.issuer, *self.called)}
        return sorted(host for host in hosts if not _is_below(host, self.own_host))


def read_configuration(body: bytes, url: str, *, development: bool) -> Configuration:
    """Read a platform's configuration, fetched from `url`.

    Raises RegistrationFailed for one that lacks something, names an address that we
    would not call, or speaks for somebody else.
    """
    members = json_object(body)
    product = _object(members.get(PLATFORM))
    found = Configuration(
        url=url,
        issuer=_text(members, "issuer", LONGEST_ISSUER),
        authorization_endpoint=_text(members, "authorization_endpoint", LONGEST_URL),
        token_endpoint=_text(members, "token_endpoint", LONGEST_URL),
        jwks_uri=_text(members, "jwks_uri", LONGEST_URL),
        registration_endpoint=_text(members, "registration_endpoint", LONGEST_URL),
        authorization_server=text_of(members.get("authorization_server"), LONGEST_URL)
        or None,
        scopes=_scopes(members.get("scopes_supported")),
        family=text_of(product.get("product_family_code"), LONGEST_FAMILY).lower(),
        name=_name(product),
        domain=_domain(product, development=development),
    )
    _refuse_other_ways(members)
    _refuse_bad_addresses(found, development=development)
    _refuse_audience_elsewhere(found)
    return found


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in an answer. Raises RegistrationFailed."""
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise RegistrationFailed(
            "unreadable", "Your learning platform's answer is no JSON object."
        )
    return members


def refuse_bad_url(url: str, *, development: bool) -> None:
    """Raise RegistrationFailed for an address where no configuration can be.

    https, on the usual port or a free one; in development also our own machine.
    """
    found = Origin.of(url)
    if found is None or not is_callable(url, development=development):
        raise RegistrationFailed(
            "configuration_address",
            "The address of your learning platform's configuration must be https, "
            "without a user name.",
        )
    _refuse_bad_port(found, found, development=development)


def _refuse_bad_addresses(found: Configuration, *, development: bool) -> None:
    own = origin(found.url)
    urls = (found.issuer, *found.called, found.registration_endpoint)
    for url in urls:
        there = Origin.of(url)
        if there is None or not is_callable(url, development=development):
            raise RegistrationFailed(
                "endpoint_address",
                "Your learning platform names an address that is not https.",
            )
        _refuse_bad_port(there, own, development=development)
    issuer = origin(found.issuer).host
    if issuer != own.host and not found.platform.may_call_itself(found.issuer):
        raise RegistrationFailed(
            "issuer_elsewhere",
            f"The configuration comes from {own.host} and speaks for {issuer}.",
        )
    if origin(found.registration_endpoint) != own:
        raise RegistrationFailed(
            "registration_elsewhere",
            f"The configuration comes from {own} and wants us to register at "
            f"{origin(found.registration_endpoint)}.",
        )


def _refuse_audience_elsewhere(found: Configuration) -> None:
    """Refuse one that would be sent what we sign for another's token address."""
    host = origin(found.token_endpoint).host
    if found.audience is None:
        return
    there = Origin.of(found.audience)
    if there is None or there.host != host:
        raise RegistrationFailed(
            "audience_elsewhere",
            f"Access tokens are asked of {host}, and the authorization server that "
            "your learning platform names is not there.",
        )


def _refuse_bad_port(there: Origin, own: Origin, *, development: bool) -> None:
    if development and there.host in LOOPBACK:
        return
    is_free = there.port >= FIRST_FREE_PORT and there.port == own.port
    if there.port != 443 and not is_free:
        raise RegistrationFailed(
            "port", f"Nothing is asked of port {there.port} of {there.host}."
        )


def _refuse_other_ways(members: Mapping[str, Any]) -> None:
    """Refuse a platform that says it cannot do what LTI 1.3 asks of it."""
    needed = {
        "id_token_signing_alg_values_supported": "RS256",
        "token_endpoint_auth_methods_supported": "private_key_jwt",
        "response_types_supported": "id_token",
    }
    for name, value in needed.items():
        offered = members.get(name)
        if isinstance(offered, list) and value not in offered:
            raise RegistrationFailed(
                "other_ways", f"Your learning platform does not offer {value}."
            )


def _is_below(host: str, own: str) -> bool:
    return host == own or host.endswith(f".{own}")


def _text(members: Mapping[str, Any], name: str, longest: int) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise RegistrationFailed(
            f"no_{name}", f"Your learning platform's configuration has no {name}."
        )
    if not value.isascii() or not value.isprintable():
        raise RegistrationFailed(
            f"odd_{name}", f"Your learning platform's {name} has odd characters."
        )
    return value


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _scopes(value: object) -> frozenset[str] | None:
    if not isinstance(value, list):
        return None
    return frozenset(scope for scope in value if isinstance(scope, str))


def _name(product: Mapping[str, Any]) -> str:
    account = text_of(product.get(f"{CANVAS}account_name"), LONGEST_NAME)
    family = text_of(product.get("product_family_code"), LONGEST_FAMILY)
    version = text_of(product.get("version"), LONGEST_FAMILY)
    return account or f"{family} {version}".strip()


def _domain(product: Mapping[str, Any], *, development: bool) -> str | None:
    url = f"https://{text_of(product.get(f'{CANVAS}account_domain'), LONGEST_NAME)}"
    found = Origin.of(url) if is_callable(url, development=development) else None
    return str(found) if found else None
