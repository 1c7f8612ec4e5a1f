"""How a platform opens us: the login, the launch and our public keys.

LTI Core 1.3, section 4.1; 1EdTech Security Framework 5.1.1. A launch carries no
cookie further: what it opens lives by a bearer token in the page.
"""

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)

from jobs.clock import now
from lti import login as logins
from lti import pending, registrations
from lti.adapters import cookie_name
from lti.addresses import origin
from lti.errors import LaunchRejected, PlatformSaidNo
from lti.keys import CACHED, KeyRing
from lti.platform_keys import PlatformKeys
from lti.verification import verify
from models import Login
from models.db import db
from models.locks import begin_write
from views.headers import framed_by
from views.opening import open_launch
from views.pages import settings

if TYPE_CHECKING:
    from config import Config
    from lti.launch import Launch

bp = Blueprint("lti", __name__, url_prefix="/lti")

OIDC_ERRORS = {
    "access_denied",
    "consent_required",
    "interaction_required",
    "invalid_request",
    "invalid_request_object",
    "invalid_scope",
    "launch_no_longer_valid",
    "login_required",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
}


def register(app: Flask) -> None:
    """Add the addresses platforms know, and the keys they need."""
    config: Config = app.extensions["laurel"]
    app.extensions["key_ring"] = KeyRing(config.encryption_keys)
    app.extensions["platform_keys"] = PlatformKeys(development=config.is_development)
    app.register_blueprint(bp)


@bp.route("/login", methods=["GET", "POST"])
@bp.route("/login/<registration>", methods=["GET", "POST"])
def login(registration: str | None = None) -> Response:
    """Answer a login with a page that goes on by itself once it can prove itself."""
    config = settings()
    parameters = (request.args if request.method == "GET" else request.form).to_dict()
    session = db.session()
    begin_write(session)
    door = logins.Door(config.public_url, registration)
    started = logins.begin(session, parameters, door, now())
    framed_by(started.registration)
    here = config.public_url + url_for("lti.login", registration=registration)
    page = render_template(
        "lti/login.html",
        authorization_url=started.authorization_url,
        window_url=logins.again_in_a_window(parameters, here),
        proofs={
            "cookie": started.visible_cookie,
            "key": started.storage_key,
            "state": started.state,
            "target": started.storage_target,
            "origin": started.storage_origin,
        },
    )
    session.commit()
    response = make_response(page)
    started.cookies.update_response(response)
    return response


@bp.post("/launch")
def launch() -> Response:
    """Open a launch, or ask the browser first to prove that it began it."""
    form, session = request.form.to_dict(), db.session()
    found = logins.find(session, form.get("state", ""), now())
    g.registration = found.registration if found else None
    # The platform may be asked for its keys now: hold no transaction meanwhile.
    session.commit()
    if "id_token" not in form and "error" in form:
        raise _refused_by_the_platform(form["error"], found)
    verified = verify(found, form, current_app.extensions["platform_keys"], now())
    if found is None:
        raise LaunchRejected("state_unknown")
    if logins.is_proven(request.cookies, found.state):
        return open_launch(found, verified)
    return _ask_for_proof(found, verified)


@bp.post("/launch/finish")
def finish() -> Response:
    """Open a launch whose browser has shown the state it had put away."""
    # The page that asks here is ours. Elsewhere somebody may know the state of a
    # launch of their own, and want another person's browser to show it.
    if not _is_from_our_page():
        raise LaunchRejected("foreign_page")
    form, session = request.form.to_dict(), db.session()
    begin_write(session)
    waiting = pending.take(session, form.get("pending", ""), now())
    session.commit()
    if waiting is None:
        raise LaunchRejected("pending_unknown")
    found = logins.find(session, waiting.state, now())
    session.commit()
    g.registration = found.registration if found else None
    if found is None or not waiting.is_proven_by(form.get("proof", "")):
        raise LaunchRejected("browser_unproven")
    return open_launch(found, waiting.launch)


@bp.get("/again/<registration>")
def again(registration: str) -> Response:
    """Say where a panel is opened: here ends a reload, and a step back into one."""
    found = registrations.find(db.session(), registration)
    if found is not None:
        framed_by(found)
    return make_response(render_template("lti/again.html"), 401)


@bp.get("/jwks.json")
def jwks() -> Response:
    """Answer our public keys, the current and for a day the previous."""
    ring: KeyRing = current_app.extensions["key_ring"]
    session = db.session()
    keys = ring.public_key_set(session, now())
    if not keys["keys"]:
        session.rollback()
        begin_write(session)
        ring.rotate(session, now())
        session.commit()
        keys = ring.public_key_set(session, now())
    response = jsonify(keys)
    response.cache_control.public = True
    response.cache_control.max_age = int(CACHED.total_seconds())
    return response


def _ask_for_proof(found: Login, verified: "Launch") -> Response:
    session = db.session()
    begin_write(session)
    name = pending.hold(session, found, verified, now())
    session.commit()
    framed_by(found.registration)
    page = render_template(
        "lti/finish.html",
        proofs={
            "pending": name,
            "key": cookie_name(found.state),
            "target": found.storage_target,
            "origin": str(origin(found.registration.auth_login_url)),
        },
    )
    # Nobody has entered yet, and many never do.
    return make_response(page, 401)


def _refused_by_the_platform(error: str, found: Login | None) -> PlatformSaidNo:
    """Close the login the platform refused; its words are not repeated."""
    if found is not None:
        session = db.session()
        begin_write(session)
        logins.use(session, found, now())
        session.commit()
    return PlatformSaidNo(f"platform_{error if error in OIDC_ERRORS else 'error'}")


def _is_from_our_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    return (
        request.headers.get("Origin") == settings().public_url or site == "same-origin"
    )
