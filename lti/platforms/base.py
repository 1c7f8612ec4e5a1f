"""A platform that does what the specifications say, to the letter."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from lti.groups import Groups
from models.platform import Registration

# Not requests' own: that one cuts addresses at a semicolon.
LINK = re.compile(r"<([^>]*)>([^<]*)")
RELATION = re.compile(r';\s*rel\s*=\s*"?([^";,]*)', re.IGNORECASE)
CUSTOM = {
    "timezone": "$Person.address.timezone",
    "context_history": "$Context.id.history",
    "term_start": "$CourseSection.timeFrame.begin",
    "term_end": "$CourseSection.timeFrame.end",
}


class Platform:
    """One method for each thing that some platform does in its own way."""

    def deployment_hint(self, parameter: Callable[[str], str | None]) -> str | None:
        """Return the deployment a login names, if it names one (LTI Core 4.1.2)."""
        return parameter("lti_deployment_id")

    def service_url(self, url: str, registration: Registration) -> str:  # noqa: ARG002 -- platforms need it
        """Return a service's address as it was meant."""
        return url

    def frame_sources(self, registration: Registration) -> set[str]:  # noqa: ARG002 -- platforms need it
        """Return who may frame us besides the known origins (CSP source list)."""
        return set()

    def resizes_frames(self) -> bool:
        """Tell whether our frame grows when we ask the page around it."""
        return False

    def owns(self, host: str, registration: Registration) -> bool:  # noqa: ARG002 -- platforms need it
        """Tell whether a host is the platform's though no registered address is."""
        return False

    def roster_url(self, memberships_url: str, context_id: str) -> str:  # noqa: ARG002 -- platforms need it
        """Return where the roster's first page is."""
        return memberships_url

    def groups_of(self, custom: Mapping[str, object]) -> Groups:  # noqa: ARG002 -- platforms need it
        """Return the sections and groups that a roster's custom parameters name."""
        return {}

    def line_items_url(self, line_items_url: str) -> str:
        """Return where the first page of line items is."""
        return line_items_url

    def results_url(self, line_item_url: str) -> str:
        """Return where a line item's results are: its path plus `/results`.

        A query stays where it is (AGS 2.0, 3.3.2).
        """
        path, mark, query = line_item_url.partition("?")
        return f"{path.rstrip('/')}/results{mark}{query}"

    def next_url(self, link: str) -> str | None:
        """Return the next page's address in a Link header (RFC 8288), if any.

        As it is written: addresses are opaque, and capitals matter.
        """
        for url, parameters in LINK.findall(link):
            relation = RELATION.search(parameters)
            if relation and "next" in relation[1].lower().split():
                return str(url)
        return None

    def may_call_itself(self, issuer: str) -> bool:  # noqa: ARG002 -- platforms need it
        """Return whether it may name an issuer on a host that is not its own."""
        return False

    def token_audience(self, authorization_server: str | None) -> str | None:
        """Return whom a token request is for, if not the token address (3.3.2)."""
        return authorization_server

    def renews(self, token: str) -> bool:  # noqa: ARG002 -- platforms need it
        """Tell whether a registration token changes a tool that is there already."""
        return False

    def names_columns(self) -> bool:
        """Tell whether a picked link's column has the name that we give it."""
        return True

    def custom_parameters(self) -> dict[str, str]:
        """Return the variables that every launch shall tell us (LTI Core, B)."""
        return dict(CUSTOM)

    def messages(self, target: str) -> list[dict[str, Any]]:
        """Return the launches we know, for a registration (3.4)."""
        return [
            {"type": "LtiResourceLinkRequest", "target_link_uri": target},
            {
                "type": "LtiDeepLinkingRequest",
                "target_link_uri": target,
                "label": "Laurel",
                "placements": ["ContentArea"],
            },
        ]

    def tool_extensions(self) -> dict[str, str]:
        """Return what this platform adds to a tool's description."""
        return {}

    def content_item(self, members: dict[str, Any]) -> dict[str, Any]:
        """Return a link that a teacher picked, as this platform reads it."""
        return members

    tells_acts = False
    """Whether `acted_at` is the learner's act, not the last change of their mark."""

    def acted_at(self, result: Mapping[str, object]) -> object:  # noqa: ARG002 -- platforms need it
        """Return when the learner acted, as the platform wrote it; AGS has no word."""
        return None

    def scores_url(self, line_item_url: str) -> str:
        """Return where a line item takes scores: its path plus `/scores`.

        A query stays where it is (AGS 2.0, 3.4.1).
        """
        path, mark, query = line_item_url.partition("?")
        return f"{path.rstrip('/')}/scores{mark}{query}"

    def score_step(self) -> timedelta:
        """Return by how much a score must be later than the one before it."""
        return timedelta(microseconds=1)

    def score_extension(self) -> dict[str, object]:
        """Return what a score says besides what AGS has words for."""
        return {}

    def is_too_late(self, status: int, body: bytes) -> bool:  # noqa: ARG002 -- platforms need it
        """Return whether a refusal means: a later score is there (AGS 2.0, 3.4.9)."""
        return status == 409

    def refuses_person(self, status: int) -> bool:
        """Return whether a refused score means: not of this person, others may be.

        AGS has no status for it. These are HTTP's for a body that is understood and
        cannot be used (RFC 9110, 15.5.1 and 15.5.21).
        """
        return status in {400, 422}

    def keeps_line_item(self, status: int, body: bytes) -> bool:  # noqa: ARG002 -- platforms need it
        """Return whether a refused deletion means: it goes with its activity alone."""
        return False

    def is_throttled(self, status: int, body: bytes) -> bool:  # noqa: ARG002 -- platforms need it
        """Return whether a refusal means: later, please."""
        return status == 429

    def lacks_scope(self, status: int, body: bytes) -> bool:  # noqa: ARG002 -- platforms need it
        """Return whether a refusal means that our token may not do this."""
        return status == 403


def with_query(url: str, query: str) -> str:
    """Return an address with one more parameter; the others stay as written."""
    return f"{url}{'&' if '?' in url else '?'}{query}"
