"""A verified id_token in our words; the only file that knows what launches claim.

LTI Core 1.3, section 5: https://www.imsglobal.org/spec/lti/v1p3#required-message-claims
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from lti.deep_linking_settings import DeepLinkingSettings
from lti.errors import LaunchRejected
from lti.roles import role_of
from lti.rows import text_of

CLAIM: Final = "https://purl.imsglobal.org/spec/lti/claim/"
DEPLOYMENT_ID: Final = CLAIM + "deployment_id"
MESSAGE_TYPE: Final = CLAIM + "message_type"
VERSION: Final = CLAIM + "version"
TARGET_LINK_URI: Final = CLAIM + "target_link_uri"
RESOURCE_LINK: Final = CLAIM + "resource_link"
ROLES: Final = CLAIM + "roles"
CONTEXT: Final = CLAIM + "context"
CUSTOM: Final = CLAIM + "custom"
TOOL_PLATFORM: Final = CLAIM + "tool_platform"
LAUNCH_PRESENTATION: Final = CLAIM + "launch_presentation"
NOTICE: Final = CLAIM + "notice"
ORIGIN_CONTEXTS: Final = CLAIM + "origin_contexts"
AGS: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
DEEP_LINKING: Final = (
    "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
)

RESOURCE_LINK_REQUEST: Final = "LtiResourceLinkRequest"
DEEP_LINKING_REQUEST: Final = "LtiDeepLinkingRequest"
PANELS: Final = (
    "overview",
    "badges",
    "leaderboard",
    "progress",
    "dashboard",
    "badge",
)
LONGEST_ID: Final = 255
LONGEST_TEXT: Final = 255
LONGEST_URL: Final = 2048
LONGEST_SCOPE: Final = 255
MOST_SCOPES: Final = 20
LONGEST_HISTORY: Final = 65_536
MOST_ORIGINS: Final = 100
"""So many of the nearest courses: those before them are long over."""


@dataclass(frozen=True, kw_only=True)
class Launch:
    """Who opened what, where and as whom, by the word of the platform.

    Empty where the platform says nothing. Addresses are as sent: whether we call
    them is decided by lti.arrival.
    """

    deployment_id: str
    sub: str
    name: str
    role: str
    context_id: str
    context_title: str
    context_label: str
    resource_link_id: str
    resource_link_title: str
    target_link_uri: str
    panel: str
    badge: str
    locale: str
    family: str
    return_url: str
    memberships_url: str
    lineitems_url: str
    ags_scopes: tuple[str, ...]
    context_history: tuple[str, ...] = ()
    """The courses of which this one is a copy, the nearest first."""
    deep_linking: DeepLinkingSettings | None = None
    """There when somebody wants to pick links; such a launch comes from none."""

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Self:
        """Read the claims of a resource link launch or of a deep linking request.

        Raises LaunchRejected for a required claim that is missing or malformed
        (LTI Core 5.3); of the others a malformed one counts as missing.
        """
        picking = _is_picking(claims)
        link = {} if picking else _members(claims, RESOURCE_LINK)
        link_id = "" if picking else _identifier(link.get("id"), "resource_link")
        deployment_id = _identifier(claims.get(DEPLOYMENT_ID), "deployment_id")
        context = _members(claims, CONTEXT)
        place = f"resource-link:{link_id}" if link_id else f"site:{deployment_id}"
        custom = _members(claims, CUSTOM)
        panel = _text(custom, "panel")
        presentation = _members(claims, LAUNCH_PRESENTATION)
        return cls(
            deployment_id=deployment_id,
            sub=_identifier(claims.get("sub"), "sub"),
            name=_name(claims),
            role=role_of(_roles(claims)),
            context_id=_context_id(context, place),
            context_title=_text(context, "title"),
            context_label=_text(context, "label"),
            resource_link_id=link_id,
            resource_link_title=_text(link, "title"),
            target_link_uri=_url(claims, TARGET_LINK_URI),
            panel=panel if panel in PANELS else PANELS[0],
            badge=_text(custom, "badge")[:128],
            locale=_locale(presentation, claims),
            family=_text(
                _members(claims, TOOL_PLATFORM), "product_family_code"
            ).lower()[:32],
            return_url=_url(presentation, "return_url"),
            memberships_url=_url(_members(claims, NRPS), "context_memberships_url"),
            lineitems_url=_url(_members(claims, AGS), "lineitems"),
            ags_scopes=_scopes(_members(claims, AGS)),
            context_history=_history(custom),
            deep_linking=_settings(claims) if picking else None,
        )

    def as_stored(self) -> dict[str, Any]:
        """Return what `restored` needs, as JSON can hold it."""
        return asdict(self)

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return the launch that `as_stored` wrote down."""
        picking = stored.get("deep_linking")
        settings = DeepLinkingSettings.restored(picking) if picking else None
        lists = {
            name: tuple(stored.get(name, ()))
            for name in ("ags_scopes", "context_history")
        }
        return cls(**{**stored, **lists, "deep_linking": settings})


def _is_picking(claims: Mapping[str, Any]) -> bool:
    """Tell the two messages apart that we take. Raises LaunchRejected for others."""
    message = claims.get(MESSAGE_TYPE)
    if message not in (RESOURCE_LINK_REQUEST, DEEP_LINKING_REQUEST):
        raise LaunchRejected("message_type")
    if claims.get(VERSION) != "1.3.0":
        raise LaunchRejected("version")
    return bool(message == DEEP_LINKING_REQUEST)


def _settings(claims: Mapping[str, Any]) -> DeepLinkingSettings:
    return DeepLinkingSettings.from_members(_members(claims, DEEP_LINKING))


def _identifier(value: object, claim: str) -> str:
    """Return an identifier: 1 to 255 printable ASCII characters (LTI Core 5.3)."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise LaunchRejected(claim)
    if not (value.isascii() and value.isprintable()):
        raise LaunchRejected(claim)
    return value


def _context_id(context: Mapping[str, Any], place: str) -> str:
    if context.get("id") in (None, ""):
        # A launch need not come from a course: then its place stands for one.
        kind, _, name = place.partition(":")
        digest = hashlib.sha256(name.encode()).hexdigest()
        return place if len(place) <= LONGEST_ID else f"{kind}:{digest}"
    return _identifier(context["id"], "context")


def _roles(claims: Mapping[str, Any]) -> list[str]:
    roles = claims.get(ROLES)
    if not isinstance(roles, list):
        raise LaunchRejected("roles")
    return [role for role in roles if isinstance(role, str)]


def _name(claims: Mapping[str, Any]) -> str:
    parts = (_text(claims, "given_name"), _text(claims, "family_name"))
    return _text(claims, "name") or " ".join(filter(None, parts))[:LONGEST_TEXT]


def _locale(presentation: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    locale = _text(presentation, "locale") or _text(claims, "locale")
    return locale if len(locale) <= 35 and locale.isascii() else ""


def _scopes(endpoint: Mapping[str, Any]) -> tuple[str, ...]:
    scopes = endpoint.get("scope")
    if not isinstance(scopes, list):
        return ()
    kept = (s for s in scopes if isinstance(s, str) and len(s) <= LONGEST_SCOPE)
    return tuple(kept)[:MOST_SCOPES]


def _history(custom: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids in `$Context.id.history`, which commas part.

    Canvas may end it with `truncated` or `timed out`, which are no courses.
    """
    told = text_of(custom.get("context_history"), LONGEST_HISTORY).split(",")
    ids = (one.strip() for one in told)
    known = (one for one in ids if 0 < len(one) <= LONGEST_ID and one.isascii())
    return tuple(dict.fromkeys(known))[:MOST_ORIGINS]


def _members(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = claims.get(name)
    return value if isinstance(value, dict) else {}


def _url(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return ""
    return value if value.isascii() and value.isprintable() else ""


def _text(claims: Mapping[str, Any], name: str) -> str:
    """Return a text fit to be kept and shown; a variable's own name is no value."""
    return text_of(claims.get(name), LONGEST_TEXT)
