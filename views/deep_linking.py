"""Deep linking: a teacher's choice becomes the answer to the learning platform.

Deep Linking 2.0: https://www.imsglobal.org/spec/lti-dl/v2p0
"""

from typing import TYPE_CHECKING, Annotated

from flask import Blueprint, Response, abort, current_app, jsonify, request
from pydantic import Field, ValidationError, field_validator

from jobs.clock import now
from lti import audit
from lti.deep_linking import Answer, Picked, response, settings_of
from lti.deep_linking_settings import LONGEST_TEXT, DeepLinkingSettings
from lti.launch import PANELS
from lti.line_items import MOST_POINTS, RESOURCE_ID, SCORE_TAG, Column
from models import STAFF
from models.db import db
from views import picker
from views.api.problems import invalid, problem
from views.api.schemas import Asked, Printable
from views.api.writing import guard
from views.guards import launch_session, requires
from views.pages import settings

if TYPE_CHECKING:
    from lti.keys import KeyRing

bp = Blueprint("deep_linking", __name__, url_prefix="/lti/deep-linking")
guard(bp)

MOST_ITEMS = 20
Line = Annotated[Printable, Field(min_length=1, max_length=LONGEST_TEXT)]


class LineItemAsked(Asked):
    label: Line
    score_maximum: int = Field(ge=1, le=MOST_POINTS, strict=True)
    resource_id: Line = RESOURCE_ID
    tag: Line = SCORE_TAG
    """Only with this one does the column take our scores."""

    def column(self) -> Column:
        return Column(self.label, self.score_maximum, self.resource_id, self.tag)


class ItemAsked(Asked):
    panel: str
    title: Line
    badge: Annotated[str, Field(max_length=128)] | None = None
    line_item: LineItemAsked | None = None

    @field_validator("panel")
    @classmethod
    def _known(cls, panel: str) -> str:
        if panel not in PANELS:
            raise ValueError(f"there are {', '.join(PANELS)}")
        return panel

    def picked(self) -> Picked:
        column = self.line_item.column() if self.line_item else None
        return Picked(self.panel, self.title, self.badge or "", column)


class ChoiceAsked(Asked):
    items: list[ItemAsked] = Field(max_length=MOST_ITEMS)


@bp.get("/preview")
@requires(*STAFF)
def preview() -> str:
    """Show what learners will see where a panel is put."""
    _settings()
    panel = request.args.get("panel", PANELS[0])
    shown = picker.preview(launch_session(), panel, request.args.get("badge", ""))
    if shown is None:
        abort(404)
    return shown


@bp.post("")
@requires(*STAFF)
def answer() -> Response:
    """Sign what was picked, for the page to post; nothing picked is a cancel."""
    launch, accepted = launch_session(), _settings()
    try:
        asked = ChoiceAsked.model_validate(request.get_json())
    except ValidationError as error:
        return invalid(error)
    fault = _fault(asked, accepted)
    if fault:
        return problem(422, fault)
    session, moment = db.session(), now()
    ring: KeyRing = current_app.extensions["key_ring"]
    key = ring.signing_key(session, moment)
    chosen = Answer([one.picked() for one in asked.items], _target())
    signed = response(session, launch, chosen, key, moment)
    audit.note(
        session,
        "links_picked",
        moment,
        registration=launch.registration,
        course=launch.context.public_id,
        links=len(asked.items),
    )
    session.commit()
    return jsonify(return_url=accepted.return_url, jwt=signed)


def _settings() -> DeepLinkingSettings:
    """Return how this launch's platform takes links; a launch that picks none: 403."""
    found = settings_of(launch_session())
    if found is None:
        abort(403)
    return found


def _target() -> str:
    return f"{settings().public_url}/lti/launch"


def _fault(asked: ChoiceAsked, accepted: DeepLinkingSettings) -> str:
    """Say what cannot be put into this place, empty if all can."""
    if asked.items and accepted.obstacle:
        return "items: this place in the course takes no links of ours."
    if len(asked.items) > 1 and not accepted.accept_multiple:
        return "items: this place in the course takes one link."
    columns = any(one.line_item for one in asked.items)
    if columns and not accepted.accept_line_item:
        return "line_item: this place in the course takes no columns for grades."
    return _badge_fault(asked)


def _badge_fault(asked: ChoiceAsked) -> str:
    if any(one.badge for one in asked.items if one.panel != picker.CARD):
        return f"badge: only the panel {picker.CARD} shows a single one."
    there = picker.badge_keys(launch_session())
    if any(one.badge not in there for one in asked.items if one.panel == picker.CARD):
        return f"badge: there are {', '.join(there) or 'none'}."
    return ""
