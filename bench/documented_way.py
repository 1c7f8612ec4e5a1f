"""The same tool with PyLTI1p3 2.0.0 used as its documentation says, to compare with.

The same: the application and its settings, database, tables and rows, what a launch
writes down (`views.opening.enter`: people, session, fact in the log), the finished
page with its queries, its own files, the web server, workers, threads and logging.

Different: the login and the proof of the launch. They follow the section "Usage with
Flask" of the library's README: `FlaskOIDCLogin(…).redirect(…)`, `FlaskMessageLaunch`
and `get_launch_data()`, a `ToolConfDict` with issuer and client ids, Flask's cookie
session for state, nonce and claims. The redirect is HTTP's, so there is no login page
with a script as Laurel has it for browsers without third-party cookies.

In the documented way's favour: the configuration is made once a process and not once
a request; the launch answers the page at once, where the README redirects to it; the
cookie check page, which costs a request more, is left out; and the platform is on
this very machine, so that fetching its keys costs no time on a network.
"""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response
from flask_openapi3.openapi import OpenAPI
from pylti1p3.contrib.flask.cookie import FlaskCookieService
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.contrib.flask.request import FlaskRequest
from pylti1p3.contrib.flask.session import FlaskSessionService
from pylti1p3.tool_config.dict import TJsonData, ToolConfDict

import app as laurel
from lti import registrations
from lti.arrival import Gate
from lti.launch import Launch
from models import Registration
from models.db import db
from models.locks import begin_write
from views.opening import enter

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
    """Add `/documented/login` and `/documented/launch` for one registration."""
    tool_conf = ToolConfDict(_settings(registration, lti_ids))
    config: Config = app.extensions["laurel"]
    gate = Gate(registration_id=registration.id, development=config.is_development)
    bp = Blueprint("documented", __name__, url_prefix=PATH)

    @bp.post("/login")
    def login() -> Any:  # noqa: ANN401 -- the library does not type its answer
        request = FlaskRequest()
        oidc_login = FlaskOIDCLogin(
            request=request,
            tool_config=tool_conf,
            session_service=FlaskSessionService(request),
            cookie_service=FlaskCookieService(request),
        )
        return oidc_login.redirect(request.get_param("target_link_uri"))

    @bp.post("/launch")
    def launch() -> Response:
        message_launch = FlaskMessageLaunch(
            request=FlaskRequest(), tool_config=tool_conf
        )
        claims = message_launch.get_launch_data()
        begin_write(db.session())
        return enter(Launch.from_claims(claims), gate)

    app.register_blueprint(bp)


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
