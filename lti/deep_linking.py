"""Deep linking: who may pick links for a course, and the answer to its platform.

Deep Linking 2.0: https://www.imsglobal.org/spec/lti-dl/v2p0
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from sqlalchemy.orm import Session

from lti import platforms
from lti.deep_linking_settings import (
    RESOURCE_LINK_TYPE,
    SHOWN_IN,
    TARGETS,
    DeepLinkingSettings,
)
from lti.errors import LinkingRefused, PickerForbidden
from lti.keys import SigningKey
from lti.launch import DEPLOYMENT_ID, MESSAGE_TYPE, VERSION, Launch
from lti.line_items import Column
from lti.origins import is_at_home
from models import STAFF, Deployment, LaunchSession, Registration

CLAIM: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
CONTENT_ITEMS: Final = CLAIM + "content_items"
DATA: Final = CLAIM + "data"
MESSAGE: Final = CLAIM + "msg"
ERROR_MESSAGE: Final = CLAIM + "errormsg"
ERROR_LOG: Final = CLAIM + "errorlog"
ERRORS: Final = {
    "accept_types": (
        "Laurel added nothing: this place in your course takes no links to tools.",
        f"accept_types names no {RESOURCE_LINK_TYPE}, and the tool has nothing else.",
    ),
    "document_targets": (
        "Laurel added nothing: this place names no way to show a link that Laurel knows.",
        f"{TARGETS} names none of {', '.join(sorted(SHOWN_IN))}.",
    ),
}
"""What a teacher is shown, and an administrator finds, by what is in the way."""
LASTS = timedelta(minutes=5)
PANEL_SIZE, CARD_SIZE = (800, 640), (480, 420)
"""Width and height of a frame for a whole panel, and for one badge's card."""


@dataclass(frozen=True)
class Picked:
    """One link that a teacher picked; only the panel `badge` names a badge."""

    panel: str
    title: str
    badge: str = ""
    line_item: Column | None = None


@dataclass(frozen=True)
class Answer:
    """What a teacher picked, and the address that every link opens."""

    items: Sequence[Picked]
    target: str


def admit(launch: Launch, registration: Registration, *, development: bool) -> None:
    """Let staff pick links for a page that lies where the platform is.

    Raises PickerForbidden and LinkingRefused. A launch that picks nothing passes.
    """
    settings = launch.deep_linking
    if settings is None:
        return
    if launch.role not in STAFF:
        raise PickerForbidden("not_staff")
    # The answer carries our signature, and goes where a stranger could read it.
    if not is_at_home(registration, settings.return_url, development=development):
        raise LinkingRefused("return_url_elsewhere")


def settings_of(opened: LaunchSession) -> DeepLinkingSettings | None:
    """Return how a session's platform takes links; None where it picks none."""
    stored = opened.deep_linking
    return DeepLinkingSettings.restored(stored) if stored else None


def response(
    session: Session,
    opened: LaunchSession,
    answer: Answer,
    key: SigningKey,
    now: datetime,
) -> str:
    """Return the signed LtiDeepLinkingResponse; without items it cancels (3.6).

    Where no link of ours fits it says why. Raises LinkingRefused for a session that
    picks no links.
    """
    settings, registration = settings_of(opened), opened.registration
    if settings is None:
        raise LinkingRefused("not_picking")
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": registration.client_id,
        "aud": registration.issuer,
        "iat": issued,
        "exp": issued + int(LASTS.total_seconds()),
        "nonce": secrets.token_urlsafe(32),
        "jti": secrets.token_urlsafe(16),
        DEPLOYMENT_ID: session.get_one(Deployment, opened.deployment_id).lti_id,
        MESSAGE_TYPE: "LtiDeepLinkingResponse",
        VERSION: "1.3.0",
        CONTENT_ITEMS: _content_items(registration, settings, answer),
        **_said(settings, answer),
    }
    if settings.data is not None:
        claims[DATA] = json.loads(settings.data)
    headers = {"kid": key.kid}
    return jwt.encode(claims, key.private, algorithm="RS256", headers=headers)


def _content_items(
    registration: Registration, settings: DeepLinkingSettings, answer: Answer
) -> list[dict[str, Any]]:
    platform = platforms.of(registration)
    return [
        platform.content_item(_content_item(item, settings, answer.target))
        for item in answer.items
    ]


def _content_item(
    item: Picked, settings: DeepLinkingSettings, target: str
) -> dict[str, Any]:
    """Return a link as the specification has it (appendix A)."""
    custom = {"panel": item.panel} | ({"badge": item.badge} if item.badge else {})
    members: dict[str, Any] = {
        "type": RESOURCE_LINK_TYPE,
        "title": item.title,
        "url": target,
        "custom": custom,
    }
    if "iframe" in settings.targets:
        width, height = CARD_SIZE if item.badge else PANEL_SIZE
        members["iframe"] = {"width": width, "height": height}
    elif "window" in settings.targets:
        members["window"] = {"targetName": "_blank"}
    if item.line_item is not None:
        members["lineItem"] = item.line_item.as_json()
    return members


def _said(settings: DeepLinkingSettings, answer: Answer) -> dict[str, str]:
    """Return what the platform may show and log; of a cancel there is nothing."""
    if settings.obstacle:
        message, log = ERRORS[settings.obstacle]
        return {ERROR_MESSAGE: message, ERROR_LOG: log}
    count = len(answer.items)
    if not count:
        return {}
    return {MESSAGE: "1 link added." if count == 1 else f"{count} links added."}
