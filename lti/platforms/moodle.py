"""Moodle's own ways, as measured on 4.3 and read in the source of later versions."""

from collections.abc import Mapping
from datetime import timedelta
from html import unescape

import jwt

from lti.platforms.base import Platform, with_query

# One page while a course has fewer people: pages are an offset into a list that may
# change between two of them.
ROSTER_PAGE = 2000
QUOTES = str.maketrans({"“": '"', "”": '"'})


class Moodle(Platform):
    def roster_url(self, memberships_url: str, context_id: str) -> str:  # noqa: ARG002 -- the base's signature
        """Ask for pages: without a limit the answer has no bound.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/service/memberships/classes/local/resources/contextmemberships.php
        """
        return with_query(memberships_url, f"limit={ROSTER_PAGE}")

    def next_url(self, link: str) -> str | None:
        """Read links in curly quotes, with `&amp;` in their addresses.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/service/gradebookservices/classes/local/resources/lineitems.php
        """
        # Headers are read as Latin-1; Moodle writes UTF-8 into them.
        text = link.encode("latin-1", "replace").decode("utf-8", "replace")
        found = super().next_url(text.translate(QUOTES))
        return unescape(found) if found else None

    def renews(self, token: str) -> bool:
        """Read which button was pressed: Update, or Register as a new external tool.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/startltiadvregistration.php
        """
        try:
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return False
        return claims.get("scope") == "reg-update"

    def names_columns(self) -> bool:
        """Give a column the name of its activity, whatever the line item is called.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/locallib.php
        """
        return False

    def custom_parameters(self) -> dict[str, str]:
        """Ask for the learner's groups, too; Moodle keeps these for the whole tool.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/classes/local/ltiopenid/registration_helper.php
        """
        groups = {"group_ids": "$Moodle.Person.userGroupIds"}
        return super().custom_parameters() | groups

    def acted_at(self, result: Mapping[str, object]) -> object:
        """Return when the grade was last changed: Moodle tells, though AGS does not.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/service/gradebookservices/classes/local/service/gradebookservices.php
        """
        return result.get("timestamp")

    def score_step(self) -> timedelta:
        """Take a whole second: fractions are cut off before they are compared.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/service/gradebookservices/classes/local/resources/scores.php
        """
        return timedelta(seconds=1)

    def lacks_scope(self, status: int, body: bytes) -> bool:
        """Recognise a missing scope, which Moodle answers with 401 and no word more.

        https://github.com/moodle/moodle/blob/MOODLE_403_STABLE/mod/lti/service/gradebookservices/classes/local/resources/lineitems.php
        """
        return status == 401 or super().lacks_scope(status, body)
