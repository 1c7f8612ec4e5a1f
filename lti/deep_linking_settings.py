"""What a platform lets a teacher pick, and where the choice goes.

Deep Linking 2.0, 3.4.1: https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-settings
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from lti.errors import LinkingRefused
from lti.rows import text_of

RESOURCE_LINK_TYPE: Final = "ltiResourceLink"
TARGETS: Final = "accept_presentation_document_targets"
SHOWN_IN: Final = frozenset({"embed", "frame", "iframe", "window"})
"""Document targets in which a link of ours can be shown."""
LONGEST_RETURN_URL: Final = 8192
"""Canvas keeps its own state in it."""
LONGEST_TEXT: Final = 255


@dataclass(frozen=True, kw_only=True)
class DeepLinkingSettings:
    """How a platform takes links; where it says nothing, the least is assumed.

    `return_url` is as sent: whether it lies at the platform is decided by
    lti.deep_linking.
    """

    return_url: str
    targets: tuple[str, ...]
    accept_multiple: bool
    accept_line_item: bool
    """Off only where the platform says so: most take line items and do not tell."""
    auto_create: bool
    title: str
    text: str
    data: str | None
    """The platform's own, as JSON: it goes back as it came. None: nothing came."""
    obstacle: str = ""
    """The member that keeps our links out of this place, if one does."""

    @classmethod
    def from_members(cls, members: Mapping[str, Any]) -> Self:
        """Read the settings claim.

        Raises LinkingRefused where there is no address to answer to.
        """
        types = _texts(members, "accept_types")
        targets = _texts(members, TARGETS)
        return cls(
            return_url=_address(members.get("deep_link_return_url")),
            targets=targets,
            accept_multiple=members.get("accept_multiple") is True,
            accept_line_item=members.get("accept_lineitem") is not False,
            auto_create=members.get("auto_create") is True,
            title=text_of(members.get("title"), LONGEST_TEXT),
            text=text_of(members.get("text"), LONGEST_TEXT),
            data=json.dumps(members["data"]) if "data" in members else None,
            obstacle=_obstacle(types, targets),
        )

    def as_stored(self) -> dict[str, Any]:
        """Return what `restored` needs, as JSON can hold it."""
        return asdict(self)

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """Return the settings that `as_stored` wrote down."""
        return cls(**{**stored, "targets": tuple(stored["targets"])})


def _obstacle(types: tuple[str, ...], targets: tuple[str, ...]) -> str:
    if RESOURCE_LINK_TYPE not in types:
        return "accept_types"
    return "document_targets" if SHOWN_IN.isdisjoint(targets) else ""


def _texts(members: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = members.get(name)
    if not isinstance(values, list):
        return ()
    return tuple(value for value in values if isinstance(value, str))


def _address(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_RETURN_URL:
        raise LinkingRefused("return_url_missing")
    if not (value.isascii() and value.isprintable()):
        raise LinkingRefused("return_url_elsewhere")
    return value
