"""How an LMS is added: by an invitation, or by hand from a page to copy from."""

import secrets
from http import HTTPStatus

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)

from jobs.clock import now
from lti import audit, registrations
from lti.addresses import Origin, is_callable
from lti.login import Door
from lti.registration import invitations
from lti.registration.by_hand import canvas_key, login_url, moodle_fields
from lti.registration.conversation import Conversation
from lti.registration.errors import InvitationUnknown, RegistrationFailed
from lti.registration.keeping import Told, keep, refuse_another
from models import Invitation, Registration
from models.db import db
from models.locks import begin_write
from views.headers import framed_by
from views.pages import settings

bp = Blueprint("registration", __name__, url_prefix="/lti")

KEPT_SECONDS = 600
LONGEST_URL = 16_384
RENEWAL_UNASKED = (
    "This learning platform has Laurel already, and the button that was pressed would "
    "cut it off from its courses. Choose to register a new tool; or ask whoever runs "
    "Laurel for an invitation that updates (`flask platform invite --update`)."
)


@bp.get("/register")
def uninvited() -> Response:
    """Refuse whoever comes without an invitation."""
    raise InvitationUnknown


@bp.get("/register/<invitation>")
def register(invitation: str) -> Response:
    """Register with the platform that opens an invitation (Dynamic Registration 3).

    Nothing is kept open while the platform is asked; an invitation of which nothing
    came is good again.
    """
    url = request.args.get("openid_configuration", "")[:LONGEST_URL]
    session = db.session()
    if not url:
        return _where_to_paste(invitation)
    _let_frame(url)
    begin_write(session)
    claimed = invitations.claim(session, invitation, now())
    session.commit()
    if claimed is None:
        raise InvitationUnknown
    try:
        told = _converse(claimed, url)
    except RegistrationFailed as failed:
        if not failed.left_behind:
            begin_write(session)
            invitations.give_back(session, claimed)
            session.commit()
        raise
    made = _keep(claimed, told)
    framed_by(made)
    page = render_template(
        "registration/done.html",
        registration=made,
        deployment_id=told.answer.deployment_id,
        is_placed=_is_placed(made, told.answer.deployment_id),
    )
    return make_response(page)


@bp.get("/canvas.json")
@bp.get("/canvas/<registration>.json")
def canvas(registration: str | None = None) -> Response:
    """Answer the JSON of a Canvas developer key."""
    response = jsonify(canvas_key(_door(registration)))
    response.cache_control.public = True
    response.cache_control.max_age = KEPT_SECONDS
    return response


@bp.get("/setup")
@bp.get("/setup/<registration>")
def setup(registration: str | None = None) -> str:
    """Show what to paste where an LMS is told of us by hand; addresses alone."""
    door = _door(registration)
    own = f"/{registration}" if registration else ""
    return render_template(
        "registration/setup.html",
        moodle=moodle_fields(door),
        canvas=[
            ("Redirect URIs", door.redirect_uri),
            ("JSON URL", f"{door.public_url}/lti/canvas{own}.json"),
        ],
        other=[
            ("Login URL", login_url(door)),
            ("Redirect URI", door.redirect_uri),
            ("Target link URI", door.redirect_uri),
            ("Key set URL", f"{door.public_url}/lti/jwks.json"),
        ],
    )


def _converse(claimed: Invitation, url: str) -> Told:
    config = settings()
    talk = Conversation(claimed.internal_hosts, development=config.is_development)
    configuration = talk.discover(url)
    known = claimed.registration
    token = request.args.get("registration_token", "")
    if known:
        refuse_another(known, configuration)
    elif configuration.platform.renews(token):
        raise RegistrationFailed("renewal_unasked", RENEWAL_UNASKED)
    public_id = known.public_id if known else secrets.token_hex(11)
    door = Door(config.public_url, public_id)
    return Told(configuration, talk.register(configuration, door, token), public_id)


def _keep(claimed: Invitation, told: Told) -> Registration:
    session = db.session()
    begin_write(session)
    made = keep(session, claimed, told, now())
    audit.note(
        session,
        "platform_registered",
        now(),
        registration=made,
        invitation=claimed.id,
        scopes_said=len(told.answer.scopes),
    )
    session.commit()
    return made


def _is_placed(made: Registration, named: str | None) -> bool:
    """Tell whether the place that was named may launch once all else is approved.

    A platform that named none knows the old ones only if nothing has changed.
    """
    if made.deployments == "any":
        return True
    places = registrations.deployments_of(db.session(), made)
    let_in = {place.lti_id for place in places if place.state == "active"}
    return named in let_in if named else bool(let_in) and made.state == "active"


def _where_to_paste(invitation: str) -> Response:
    """Say what the address is for: a person opened it, or a preview of a message."""
    if not invitations.is_open(db.session(), invitation, now()):
        raise InvitationUnknown
    page = render_template("registration/paste.html")
    return make_response(page, HTTPStatus.BAD_REQUEST)


def _let_frame(url: str) -> None:
    """Let the platform that asks show in its frame how that went.

    It may be any: what it sees has no secret and nothing to press that acts.
    """
    origin = Origin.of(url)
    if origin and is_callable(url, development=settings().is_development):
        g.frame_sources = [str(origin)]


def _door(registration: str | None) -> Door:
    if registration and registrations.find(db.session(), registration) is None:
        abort(HTTPStatus.NOT_FOUND)
    return Door(settings().public_url, registration)
