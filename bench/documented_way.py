"""The same tool with PyLTI1p3 2.0.0 used as its documentation says, to compare with.

The same: the application and its settings, database, tables and rows, what a launch
writes down (`views.opening.write_down`: people, session, fact in the log), the finished
page with its queries, its own files, the web server, workers, threads and logging.

Different: the login, the proof of the launch and the way from there to the page. They
follow the section "Usage with Flask" of the library's README: `FlaskOIDCLogin(…)`
`.redirect(…)`; `FlaskMessageLaunch` and `get_launch_data()`, then, in its words, "your
user creation/update/login logic and redirect to tool content"; the content page takes
the launch up again with `FlaskMessageLaunch.from_cache(…)`. A `ToolConfDict` has the
issuer and client ids; Flask's cookie session has state, nonce, claims and launch id,
and the key of the tool's own session, by which the page finds course and person in one
query. Laurel has neither redirect: its login is a page with a script, for browsers
without third-party cookies, and its launch answers the panel.

`/documented/direct` is the same without the second redirect, as the README does not do
it: the launch answers the page at once. It tells how much of the difference that is.

In the documented way's favour: the configuration is made once a process and not once
a request; the cookie check page, which costs a request more, is left out; and the
platform is on this very machine, so that fetching its keys costs no time on a network.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, redirect, url_for
from flask import session as cookie_session
from flask_openapi3.openapi import OpenAPI
from pylti1p3.contrib.flask.cookie import FlaskCookieService
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.contrib.flask.session import FlaskSessionService
from pylti1p3.tool_config.dict import TJsonData, ToolConfDict
from werkzeug.wrappers import Response as WSGIResponse

import app as laurel
from jobs.clock import now
from lti import registrations
from lti.arrival import Gate
from lti.launch import Launch
from lti.sessions import find_session
from models import Registration
from models.db import db
from models.locks import begin_write
from views.opening import answer, enter, write_down
from views.panel import first_page

if TYPE_CHECKING:
    from config import Config

PATH = "/documented"


def create_app() -> OpenAPI:
    """Return Laurel with the documented login and launch beside its own."""
    app = laurel.create_app()
    with app.app_context():
        (registration,) = registrations.every(db.session())
        deployments = registrations.deployments_of(db.session(), registration)
        lti_ids = [deployment.lti_id for deployment in deployments]
        add_to(app, registration, lti_ids)
        db.session.remove()
        # The workers are forked from here: none may inherit a connection.
        db.engine.dispose()
    return app


def add_to(app: OpenAPI, registration: Registration, lti_ids: list[str]) -> None:
    """Add the documented ways, with redirect and direct, for one registration."""
    tool_conf = ToolConfDict(_settings(registration, lti_ids))
    config: Config = app.extensions["laurel"]
    gate = Gate(registration_id=registration.id, development=config.is_development)
    app.register_blueprint(_documented(tool_conf, gate))
    app.register_blueprint(_direct(tool_conf, gate))


def _documented(tool_conf: ToolConfDict, gate: Gate) -> Blueprint:
    bp = Blueprint("documented", __name__, url_prefix=PATH)
    bp.add_url_rule("/login", "login", _login_of(tool_conf), methods=["POST"])

    @bp.post("/launch")
    def launch() -> WSGIResponse:
        message_launch = FlaskMessageLaunch(FlaskRequest(), tool_conf)
        claims = message_launch.get_launch_data()
        begin_write(db.session())
        _, token = write_down(Launch.from_claims(claims), gate)
        db.session().commit()
        cookie_session.update(
            launch_id=message_launch.get_launch_id(), laurel_token=token
        )
        return redirect(url_for("documented.content"))

    @bp.get("/content")
    def content() -> Response:
        launch_id = cookie_session["launch_id"]
        message_launch = FlaskMessageLaunch.from_cache(
            launch_id, FlaskRequest(), tool_conf
        )
        message_launch.get_launch_data()
        token = cookie_session["laurel_token"]
        opened = find_session(db.session(), token, now())
        if opened is None:
            abort(403)
        return answer(opened, first_page(opened), token)

    return bp


def _direct(tool_conf: ToolConfDict, gate: Gate) -> Blueprint:
    bp = Blueprint("documented_direct", __name__, url_prefix=f"{PATH}/direct")
    bp.add_url_rule("/login", "login", _login_of(tool_conf), methods=["POST"])

    @bp.post("/launch")
    def launch() -> Response:
        message_launch = FlaskMessageLaunch(FlaskRequest(), tool_conf)
        claims = message_launch.get_launch_data()
        begin_write(db.session())
        return enter(Launch.from_claims(claims), gate)

    return bp


def _login_of(tool_conf: ToolConfDict) -> Callable[[], Any]:
    def login() -> Any:  # noqa: ANN401 -- the library does not type its answer
        request = FlaskRequest()
        oidc_login = FlaskOIDCLogin(
            request=request,
            tool_config=tool_conf,
            session_service=FlaskSessionService(request),
            cookie_service=FlaskCookieService(request),
        )
        return oidc_login.redirect(request.get_param("target_link_uri"))

    return login


def _settings(registration: Registration, lti_ids: list[str]) -> TJsonData:
    return {
        registration.issuer: [
            {
                "default": True,
                "client_id": registration.client_id,
                "auth_login_url": registration.auth_login_url,
                "auth_token_url": registration.token_url,
                "auth_audience": None,
                "key_set_url": registration.jwks_url,
                "key_set": None,
                "deployment_ids": lti_ids,
            }
        ]
    }
