"""Every HTTP face: parse, ask, render."""

from flask_openapi3.openapi import OpenAPI

from views import api, assets, errors, headers, health, lti, panel
from views.wording import FILTERS


def register(app: OpenAPI) -> None:
    """Add every face to the application."""
    headers.register(app)
    errors.register(app)
    app.jinja_env.globals["static_url"] = assets.static_url
    app.jinja_env.filters.update(FILTERS)
    for blueprint in (assets.bp, health.bp, panel.bp):
        app.register_blueprint(blueprint)
    lti.register(app)
    api.register(app)
