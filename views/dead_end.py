"""A place in a course where no link of ours fits: a page that says so, and a way back.

Deep Linking 2.0, 3.6: the answer to the platform has no items, and an error message.
"""

import logging

from jobs.clock import now
from lti import audit
from lti.deep_linking_settings import DeepLinkingSettings
from lti.errors import LinkingRefused
from models import LaunchSession
from models.db import db
from views.errors import LINKING, PAGES, new_error_id
from views.pages import Page

log = logging.getLogger(__name__)


def page(launch: LaunchSession, accepted: DeepLinkingSettings) -> Page:
    """Note a launch that can pick nothing, and return the page that tells why.

    Whoever answers with it commits.
    """
    error_id = new_error_id()
    log.warning("Nothing fits a place: %s (%s)", accepted.obstacle, error_id)
    session, moment = db.session(), now()
    audit.refusal(
        session,
        "launch_refused",
        moment,
        noted=audit.refusals_noted(session, launch.registration, moment),
        registration=launch.registration,
        error_id=error_id,
        reason=accepted.obstacle,
    )
    content = {
        "advice": LINKING[accepted.obstacle],
        "error_id": error_id,
        "settings": accepted,
    }
    title = PAGES[LinkingRefused].title
    return Page("deep_linking/dead_end.html", title, "picker", "picker", content)
